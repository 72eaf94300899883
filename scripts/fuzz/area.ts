import type fc from 'fast-check'
import type { Target } from './target.ts'

/** A kind of hostile input: how it is made, how it is sent, and what must hold for its answer. */
export interface Area<Input> {
  /** Inputs as they come from chance; made once a run. */
  inputs(target: Target): fc.Arbitrary<Input>
  /** Inputs that were of interest before, which come first. */
  kept?(target: Target): readonly Input[]
  /**
   * Sends one, and gives how many requests that made.
   * @throws Violation when what comes back breaks a promise
   */
  send(input: Input, target: Target): Promise<number>
  /**
   * Ends what the area has started for itself.
   * @throws Violation when it does not end as it should
   */
  close?(): Promise<void>
  /** How many are sent side by side; 24 if not said. */
  lanes?: number
  /** How many inputs a run sends at most, for those that take long. */
  most?: number
}

/** A promise that was broken. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** @throws Violation unless `holds` */
export function promise(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what)
}

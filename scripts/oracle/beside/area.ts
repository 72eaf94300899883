import type { Step } from '../../../test/conformance/variants/replay.ts'
import type { Random } from '../random-objects.ts'

// biome-ignore lint/suspicious/noExplicitAny: parts of API objects
export type Part = any

/** A request without its id, which the run gives it. */
export type Asked = Omit<Step, 'id'>

/** What the real server answered; areas go on from that. */
export interface Told {
  status: number
  body: Part
}

/** Requests of a round, one after the other; each `yield` gives what the real server answered. */
export type Round = Generator<Asked, void, Told>

export interface Area {
  /** Once, before all rounds: what they need on both servers. Answers are not compared. */
  prepare?(namespace: string): Asked[]
  /** One round. `name` is its own: what it makes must be called so, or begin with it. */
  round(random: Random, namespace: string, name: string): Round
  /** How many rounds run side by side; 4 if not said. */
  lanes?: number
  /** Whether there are no more rounds; where an area tells, it counts instead of the number of requests that is wanted. */
  isDone?(): boolean
  /** What is left of `prepare` outside of the namespace, to be removed. */
  cleanUp?(): Asked[]
}

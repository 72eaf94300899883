import { newForbidden, type StatusError } from '../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import type { StrategyContext } from '../registry/strategy.ts'

/** What a plugin may look up. */
export interface AdmissionSource {
  lookup: StrategyContext['lookup']
  lookupAll: StrategyContext['lookupAll']
}

/** What the plugins of one request know of its rounds: once something from outside has changed the object, all are asked once more. */
export interface Reinvocation {
  /** This is the second round. */
  readonly again: boolean
  /** Asks for a second round. */
  request(): void
  /** What a plugin keeps from the first round for the second. */
  stateOf<T>(plugin: string, make: () => T): T
}

/** One admission plugin. Both functions throw StatusErrors to refuse. */
export interface AdmissionPlugin {
  admit?(attributes: AdmissionAttributes, reinvocation: Reinvocation): void | Promise<void>
  validate?(attributes: AdmissionAttributes): void | Promise<void>
}

/** Whether a request is for a resource itself, not for one of its subresources. */
export const isFor = ({ definition, subresource }: AdmissionAttributes, group: string, resource: string): boolean =>
  subresource === '' && definition.resource === resource && definition.group === group

/** 403 of a plugin. An object whose name is yet to be made up is called by the start of that name. */
export function refusal({ definition, name, object }: AdmissionAttributes, why: string): StatusError {
  const shown = name || object?.metadata?.name || object?.metadata?.generateName || 'Unknown'
  return newForbidden(definition, shown, why)
}

import { newForbidden, type StatusError } from '../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import type { StrategyContext } from '../registry/strategy.ts'

/** What a plugin may look up. */
export interface AdmissionSource {
  lookup: StrategyContext['lookup']
  lookupAll: StrategyContext['lookupAll']
}

/** One admission plugin. Both functions throw StatusErrors to refuse. */
export interface AdmissionPlugin {
  admit?(attributes: AdmissionAttributes): void | Promise<void>
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

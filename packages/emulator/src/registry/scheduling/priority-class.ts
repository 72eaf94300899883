/** PriorityClasses (apis/scheduling, registry/scheduling/priorityclass). */

import { type FieldError, fieldPath, forbidden } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { own } from '../../apimachinery/own.ts'
import { validateImmutable, validateRequiredOneOf } from '../../apimachinery/validation/index.ts'
import type { Strategy } from '../strategy.ts'

const highestUserPriority = 1_000_000_000
const systemPrefix = 'system-'
const systemClasses: Record<string, number> = {
  'system-node-critical': 2 * highestUserPriority + 1000,
  'system-cluster-critical': 2 * highestUserPriority,
}
const [valuePath, policyPath] = [fieldPath('value'), fieldPath('preemptionPolicy')]

/** Why a class with a system name is not the one that the server itself makes. */
function systemClassError({ metadata: { name = '' }, value = 0, globalDefault = false }: KubeObject): string | undefined {
  const expected = own(systemClasses, name)
  if (expected === undefined) return `${name} is not a known system priority class`
  if (value !== expected) return `value of ${name} PriorityClass must be ${expected}`
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined
}

function validateValue(object: KubeObject): FieldError[] {
  if (object.metadata.name?.startsWith(systemPrefix)) {
    const error = systemClassError(object)
    const text = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${error}`
    return error === undefined ? [] : [forbidden(fieldPath('metadata').child('name'), text)]
  }
  if ((object['value'] ?? 0) <= highestUserPriority) return []
  return [forbidden(valuePath, `maximum allowed value of a user defined priority is ${highestUserPriority}`)]
}

export const priorityClass: Strategy = {
  applyDefaults(object) {
    object['preemptionPolicy'] ??= 'PreemptLowerPriority'
  },
  prepareForCreate(object) {
    object.metadata.generation = 1
  },
  validate: (object) => [
    ...validateValue(object),
    ...validateRequiredOneOf(object['preemptionPolicy'], ['PreemptLowerPriority', 'Never'], policyPath),
  ],
  validateUpdate: (object, old) => [
    ...((object['value'] ?? 0) === (old['value'] ?? 0) ? [] : [forbidden(valuePath, 'may not be changed in an update.')]),
    ...validateImmutable(object['preemptionPolicy'], old['preemptionPolicy'], policyPath),
  ],
}

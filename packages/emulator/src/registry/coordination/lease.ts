/** Leases (apis/coordination, registry/coordination/lease). */
import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Strategy } from '../strategy.ts'

const path = fieldPath('spec')
/** Fields of coordinated leader election, which is not in force in this version. */
const gated = ['strategy', 'preferredHolder']

function validate({ spec = {} }: KubeObject): FieldError[] {
  const { leaseDurationSeconds: duration, leaseTransitions: transitions } = spec
  return [
    ...(duration !== undefined && duration <= 0 ? [invalid(path.child('leaseDurationSeconds'), duration, 'must be greater than 0')] : []),
    ...(transitions < 0 ? [invalid(path.child('leaseTransitions'), transitions, 'must be greater than or equal to 0')] : []),
  ]
}

function dropGated(object: KubeObject, old?: KubeObject): void {
  for (const field of gated) if (old?.['spec']?.[field] === undefined) delete object['spec']?.[field]
}

export const lease: Strategy = {
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  prepareForCreate: (object) => dropGated(object),
  prepareForUpdate: dropGated,
  validate,
  validateUpdate: validate,
}

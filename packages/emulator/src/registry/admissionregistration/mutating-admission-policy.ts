/** MutatingAdmissionPolicies (apis/admissionregistration, registry/admissionregistration/mutatingadmissionpolicy). */
import { type FieldError, type FieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, validateOneOf, validateRequiredOneOf } from '../../apimachinery/validation/index.ts'
import { specAndStatus } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { applyPolicyDefaults, specPath, validatePolicy } from './admission-policy.ts'
import { expressionChecks, loadExpressionChecks } from './expressions.ts'
import { reinvocationPolicies, validateMutatingOperations } from './rules.ts'
import { staticNameWarnings } from './static-suffix.ts'

/** The field that each type of patch needs; the other's is not to be set. */
const fieldsByType: Record<string, string> = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' }

function validate({ spec }: KubeObject, old?: Fields): FieldError[] {
  const mutations: Fields[] = spec.mutations ?? []
  const path = specPath.child('mutations')
  return [
    ...validatePolicy(spec, old, expressionChecks()?.checksOfPolicy(spec), (constraints) =>
      validateMutatingOperations(constraints, specPath.child('matchConstraints')),
    ),
    ...(mutations.length === 0 ? [required(path, 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((mutation, i) => validateMutation(mutation, path.index(i))),
    ...validateRequiredOneOf(spec.reinvocationPolicy, reinvocationPolicies, specPath.child('reinvocationPolicy')),
  ]
}

function validateMutation(mutation: Fields, path: FieldPath): FieldError[] {
  const type: string = mutation['patchType'] ?? ''
  const field = fieldsByType[type]
  if (type === '') return [required(path.child('patchType'))]
  if (field === undefined) return validateOneOf(type, Object.keys(fieldsByType), path.child('patchType'))
  const other = Object.values(fieldsByType).find((each) => each !== field)!
  const misplaced = invalid(path.child(other), `{${other}}`, `must not be specified when patchType is ${type}`)
  return [...validatePatch(mutation[field], path.child(field), type), ...(mutation[other] ? [misplaced] : [])]
}

function validatePatch(patch: Fields | undefined, path: FieldPath, type: string): FieldError[] {
  if (!patch) return [required(path, `must be specified when patchType is ${type}`)]
  return (patch['expression'] ?? '').trim() === '' ? [required(path.child('expression'))] : []
}

export const mutatingAdmissionPolicy: Strategy = {
  prepare: ({ writes }) => (writes ? loadExpressionChecks() : undefined),
  metadataChecksOnUpdate: ['object'],
  allowUnconditionalUpdate: false,
  applyDefaults: applyPolicyDefaults,
  ...specAndStatus({}),
  validate: (object) => validate(object),
  validateUpdate: (object, old) => validate(object, old['spec']),
  warningsOnCreate: staticNameWarnings,
  warningsOnUpdate: staticNameWarnings,
}

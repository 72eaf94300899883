/** MutatingAdmissionPolicies (apis/admissionregistration, registry/admissionregistration/mutatingadmissionpolicy). */
import { type FieldError, type FieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, validateOneOf, validateRequiredOneOf } from '../../apimachinery/validation/index.ts'
import { specAndStatus } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { applyPolicyDefaults, specPath, validatePolicy } from './admission-policy.ts'
import type { PolicyChecks } from './cel/checks.ts'
import { expressionChecks, expressionError, loadExpressionChecks } from './expressions.ts'
import { reinvocationPolicies, validateMutatingOperations } from './rules.ts'
import { staticNameWarnings } from './static-suffix.ts'

/** The field that each type of patch needs; the other's is not to be set. */
const fieldsByType: Record<string, 'applyConfiguration' | 'jsonPatch'> = {
  ApplyConfiguration: 'applyConfiguration',
  JSONPatch: 'jsonPatch',
}

function validate({ spec }: KubeObject, old?: Fields): FieldError[] {
  const mutations: Fields[] = spec.mutations ?? []
  const checks = expressionChecks()?.checksOfPolicy(spec)
  const path = specPath.child('mutations')
  return [
    ...validatePolicy(spec, old, checks, (constraints) => validateMutatingOperations(constraints, specPath.child('matchConstraints'))),
    ...(mutations.length === 0 ? [required(path, 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((mutation, i) => validateMutation(mutation, path.index(i), checks)),
    ...validateRequiredOneOf(spec.reinvocationPolicy, reinvocationPolicies, specPath.child('reinvocationPolicy')),
  ]
}

function validateMutation(mutation: Fields, path: FieldPath, checks: PolicyChecks | undefined): FieldError[] {
  const type: string = mutation['patchType'] ?? ''
  const field = fieldsByType[type]
  if (type === '') return [required(path.child('patchType'))]
  if (field === undefined) return validateOneOf(type, Object.keys(fieldsByType), path.child('patchType'))
  const other = Object.values(fieldsByType).find((each) => each !== field)!
  const misplaced = invalid(path.child(other), `{${other}}`, `must not be specified when patchType is ${type}`)
  return [...validatePatch(mutation[field], path.child(field), type, checks?.[field]), ...(mutation[other] ? [misplaced] : [])]
}

function validatePatch(
  patch: Fields | undefined,
  path: FieldPath,
  type: string,
  check: ((expression: string) => string | undefined) | undefined,
): FieldError[] {
  if (!patch) return [required(path, `must be specified when patchType is ${type}`)]
  const expression: string = patch['expression'] ?? ''
  if (expression.trim() === '') return [required(path.child('expression'))]
  return expressionError(check?.(expression.trim()), expression.trim(), path.child('expression'))
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

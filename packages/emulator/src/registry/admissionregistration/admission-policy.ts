/** What ValidatingAdmissionPolicies and MutatingAdmissionPolicies have in common (admissionregistration/validation). */
import { type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, isDNS1035Label, isDNS1123Subdomain, validateOneOf } from '../../apimachinery/validation/index.ts'
import { differ } from '../spec-and-status.ts'
import type { PolicyChecks } from './cel/checks.ts'
import { expressionError } from './expressions.ts'
import { validateMatchConditions } from './match-conditions.ts'
import { applyMatchDefaults, failurePolicies, validateMatchResources } from './rules.ts'

export const specPath = fieldPath('spec')

export function applyPolicyDefaults(object: KubeObject): void {
  object['spec'] ??= {}
  object['spec'].failurePolicy ??= 'Fail'
  if (object['spec'].matchConstraints) applyMatchDefaults(object['spec'].matchConstraints)
}

/** The first fields of both specs. `between` checks what comes after the rules of one kind alone. */
export function validatePolicy(
  spec: Fields,
  old: Fields | undefined,
  checks: PolicyChecks | undefined,
  between: (constraints: Fields) => FieldError[] = () => [],
): FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, matchConditions, variables } = spec
  const constraintsPath = specPath.child('matchConstraints')
  const sameConditions = old !== undefined && !differ(paramKind, old['paramKind']) && !differ(matchConditions, old['matchConditions'])
  return [
    ...validateOneOf(failurePolicy, failurePolicies, specPath.child('failurePolicy')),
    ...(paramKind ? validateParamKind(paramKind, specPath.child('paramKind')) : []),
    ...(matchConstraints
      ? [
          ...validateMatchResources(matchConstraints, constraintsPath),
          ...(matchConstraints.resourceRules?.length ? [] : [required(constraintsPath.child('resourceRules'))]),
          ...between(matchConstraints),
        ]
      : [required(constraintsPath)]),
    ...(sameConditions ? [] : validateMatchConditions(matchConditions, specPath.child('matchConditions'), Boolean(paramKind))),
    ...(variables ?? []).flatMap((variable: Fields, i: number) =>
      validateVariable(variable, specPath.child('variables').index(i), () => checks?.variable(i)),
    ),
  ]
}

function validateParamKind({ apiVersion = '', kind = '' }: Fields, path: FieldPath): FieldError[] {
  const kindPath = path.child('kind')
  const kindErrors = isDNS1035Label(kind.toLowerCase())
  const kindText = `may have mixed case, but should otherwise match: ${kindErrors.join(',')}`
  const errors = validateParamVersion(apiVersion, path.child('apiVersion'))
  if (kind === '') return [...errors, required(kindPath)]
  return kindErrors.length === 0 ? errors : [...errors, invalid(kindPath, kind, kindText)]
}

function validateParamVersion(apiVersion: string, path: FieldPath): FieldError[] {
  if (apiVersion === '') return [required(path)]
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/')
  if (parts.length > 2) return [invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
  const [group, version] = (parts.length === 2 ? parts : ['', ...parts]) as [string, string]
  const joined = (value: string, errors: string[]) => (errors.length === 0 ? [] : [invalid(path, value, errors.join(','))])
  return [
    ...(group === '' ? [] : joined(group, isDNS1123Subdomain(group))),
    ...(version === '' ? [invalid(path, apiVersion, 'version must be specified')] : joined(version, isDNS1035Label(version))),
  ]
}

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)
const isCELIdentifier = (name: string) => /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !reserved.has(name)

function validateVariable({ name = '', expression = '' }: Fields, path: FieldPath, check: () => string | undefined): FieldError[] {
  const namePath = path.child('name')
  const errors = name.trim() === '' ? [required(namePath, 'name is not specified')] : []
  if (errors.length === 0 && !isCELIdentifier(name)) errors.push(invalid(namePath, name, 'must be a valid CEL identifier'))
  const at = path.child('expression')
  if (expression.trim() === '') return [...errors, required(at, 'expression is not specified')]
  return [...errors, ...expressionError(check(), expression, at)]
}

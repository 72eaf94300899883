/** How a Job answers to failing Pods (batch/validation). */
import { duplicate, type FieldError, type FieldPath, invalid, required, tooMany } from '../../apimachinery/field-error.ts'
import { quoteList } from '../../apimachinery/quote.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import { check, type Fields, isQualifiedName, validateOneOf } from '../../apimachinery/validation/index.ts'
import { invalidWithoutValue } from '../field-checks.ts'

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']

/** One of the values, named in the error if there is none. */
const validateChoice = (value: string | undefined, supported: string[], path: FieldPath): FieldError[] =>
  value ? validateOneOf(value, supported, path) : [required(path, `valid values: ${quoteList(supported)}`)]

export function validatePodFailurePolicy(spec: Fields, path: FieldPath): FieldError[] {
  const rules: Fields[] = spec['podFailurePolicy'].rules ?? []
  const at = path.child('rules')
  const { containers, initContainers } = spec['template']?.spec ?? {}
  const names = [...(containers ?? []), ...(initContainers ?? [])].map(({ name }: Fields) => name)
  return [
    ...(rules.length > 20 ? [tooMany(at, rules.length, 20)] : []),
    ...rules.flatMap((rule, i) => validateRule(spec, rule, at.index(i), names)),
  ]
}

function validateRule(spec: Fields, rule: Fields, path: FieldPath, containers: string[]): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule
  const at = path.child('action')
  const needsLimit = action === 'FailIndex' && spec['backoffLimitPerIndex'] === undefined
  const conditions: Fields[] = onPodConditions ?? []
  const errors = needsLimit ? [invalid(at, action, 'requires the backoffLimitPerIndex to be set')] : validateChoice(action, actions, at)
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, path.child('onExitCodes'), containers))
  errors.push(...validateConditions(conditions, path.child('onPodConditions')))
  if (onExitCodes && conditions.length > 0) {
    errors.push(invalidWithoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  }
  if (!onExitCodes && conditions.length === 0) {
    errors.push(invalidWithoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required'))
  }
  return errors
}

function validateConditions(conditions: Fields[], path: FieldPath): FieldError[] {
  const errors = conditions.length > 20 ? [tooMany(path, conditions.length, 20)] : []
  return [
    ...errors,
    ...conditions.flatMap(({ type = '', status }, i) => [
      ...check(isQualifiedName, type, path.index(i).child('type')),
      ...validateChoice(status, ['False', 'True', 'Unknown'], path.index(i).child('status')),
    ]),
  ]
}

function validateExitCodes(requirement: Fields, path: FieldPath, containers: string[]): FieldError[] {
  const { operator, containerName, values } = requirement
  const errors = validateChoice(operator, ['In', 'NotIn'], path.child('operator'))
  if (containerName !== undefined && !containers.includes(containerName)) {
    const text = 'must be one of the container or initContainer names in the pod template'
    errors.push(invalid(path.child('containerName'), containerName, text))
  }
  return [...errors, ...validateExitCodeValues(values ?? emptiedMember(requirement, 'values'), operator, path.child('values'))]
}

function validateExitCodeValues(
  values: readonly number[] | Record<string, never> | null | undefined,
  operator: string,
  path: FieldPath,
): FieldError[] {
  const codes: readonly number[] = Array.isArray(values) ? values : []
  const errors: FieldError[] = []
  if (codes.length === 0) errors.push(invalid(path, values ?? null, 'at least one value is required'))
  else if (codes.length > 255) errors.push(tooMany(path, codes.length, 255))
  for (const [i, code] of codes.entries()) {
    if (operator === 'In' && code === 0) errors.push(invalid(path.index(i), code, 'must not be 0 for the In operator'))
    if (codes.indexOf(code) < i) errors.push(duplicate(path.index(i), code))
  }
  const ordered = codes.every((code, i) => i === 0 || codes[i - 1]! <= code)
  return ordered ? errors : [...errors, invalid(path, codes, 'must be ordered')]
}

/** Node and Pod affinity, and the node selectors that volumes share with them. */
import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import {
  check,
  type Fields,
  isDNS1123Label,
  isDNS1123Subdomain,
  isLabelValue,
  validateLabelName,
  validateLabelSelector,
} from '../../../apimachinery/validation/index.ts'
import type { PodValidationOptions } from './options.ts'
import { validateLabelKeys } from './topology.ts'

const requiredField = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredField = 'preferredDuringSchedulingIgnoredDuringExecution'

export function validateAffinity(affinity: Fields | undefined, path: FieldPath, options: PodValidationOptions): FieldError[] {
  if (!affinity) return []
  return [
    ...validateNodeAffinity(affinity.nodeAffinity, path.child('nodeAffinity'), options),
    ...validatePodAffinity(affinity.podAffinity, path.child('podAffinity'), options),
    ...validatePodAffinity(affinity.podAntiAffinity, path.child('podAntiAffinity'), options),
  ]
}

function validateNodeAffinity(affinity: Fields | undefined, path: FieldPath, options: PodValidationOptions): FieldError[] {
  if (!affinity) return []
  const errors: FieldError[] = []
  if (affinity[requiredField]) {
    errors.push(...validateNodeSelector(affinity[requiredField], path.child(requiredField), options.allowInvalidNodeAffinityValues))
  }
  for (const [i, term] of (affinity[preferredField] ?? []).entries()) {
    const at = path.child(preferredField).index(i)
    errors.push(...validateWeight(term.weight, at), ...validateNodeSelectorTerm(term.preference ?? {}, at.child('preference'), true))
  }
  return errors
}

const validateWeight = (weight = 0, path: FieldPath) =>
  weight > 0 && weight <= 100 ? [] : [invalid(path.child('weight'), weight, 'must be in the range 1-100')]

export function validateNodeSelector(selector: Fields, path: FieldPath, allowInvalidValues = false): FieldError[] {
  const at = path.child('nodeSelectorTerms')
  const terms: Fields[] = selector.nodeSelectorTerms ?? []
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')]
  return terms.flatMap((term, i) => validateNodeSelectorTerm(term, at.index(i), allowInvalidValues))
}

function validateNodeSelectorTerm(term: Fields, path: FieldPath, allowInvalidValues: boolean): FieldError[] {
  const expressions: Fields[] = term.matchExpressions ?? []
  const fields: Fields[] = term.matchFields ?? []
  return [
    ...expressions.flatMap((requirement, i) =>
      validateExpression(requirement, path.child('matchExpressions').index(i), allowInvalidValues),
    ),
    ...fields.flatMap((requirement, i) => validateMatchField(requirement, path.child('matchFields').index(i))),
  ]
}

function validateExpression({ key = '', operator = '', values = [] }: Fields, path: FieldPath, allowInvalidValues: boolean): FieldError[] {
  const errors: FieldError[] = []
  const at = path.child('values')
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) errors.push(forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.push(required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
  } else errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'))
  errors.push(...validateLabelName(key, path.child('key')))
  if (allowInvalidValues) return errors
  return [...errors, ...values.flatMap((value: string, i: number) => check(isLabelValue, value, at.index(i)))]
}

function validateMatchField({ key = '', operator = '', values = [] }: Fields, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'))
  else if (values.length !== 1) {
    errors.push(required(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
  }
  if (key !== 'metadata.name') return [...errors, invalid(path.child('key'), key, 'not a valid field selector key')]
  return [...errors, ...values.flatMap((value: string, i: number) => check(isDNS1123Subdomain, value, path.child('values').index(i)))]
}

export function hasInvalidNodeSelectorValue(selector: Fields | undefined): boolean {
  return (selector?.nodeSelectorTerms ?? []).some((term: Fields) =>
    (term.matchExpressions ?? []).some(({ values = [] }: Fields) => values.some((value: string) => isLabelValue(value).length > 0)),
  )
}

function validatePodAffinity(affinity: Fields | undefined, path: FieldPath, options: PodValidationOptions): FieldError[] {
  if (!affinity) return []
  const errors: FieldError[] = []
  for (const [i, term] of (affinity[requiredField] ?? []).entries()) {
    errors.push(...validatePodAffinityTerm(term, path.child(requiredField).index(i), options))
  }
  for (const [i, { weight, podAffinityTerm }] of (affinity[preferredField] ?? []).entries()) {
    const at = path.child(preferredField).index(i)
    errors.push(...validateWeight(weight, at), ...validatePodAffinityTerm(podAffinityTerm ?? {}, at.child('podAffinityTerm'), options))
  }
  return errors
}

function validatePodAffinityTerm(term: Fields, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const selectorOptions = { allowInvalidValues: options.allowInvalidAffinitySelectors === true }
  const { topologyKey = '', namespaces = [], matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term
  return [
    ...validateLabelSelector(labelSelector, path.child('labelSelector'), selectorOptions),
    ...validateLabelSelector(term.namespaceSelector, path.child('namespaceSelector'), selectorOptions),
    ...namespaces.flatMap((name: string) => check(isDNS1123Label, name, path.child('namespace'))),
    ...validateLabelKeys(path, matchLabelKeys, mismatchLabelKeys, labelSelector),
    ...(topologyKey === '' ? [required(path.child('topologyKey'), 'can not be empty')] : []),
    ...validateLabelName(topologyKey, path.child('topologyKey')),
  ]
}

/** Topology spread constraints, and the label keys that they share with Pod affinity. */
import { duplicate, type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import {
  type Fields,
  type LabelSelector,
  validateLabelName,
  validateLabelSelector,
  validateOneOf,
} from '../../../apimachinery/validation/index.ts'
import type { PodValidationOptions } from './options.ts'

export function validateTopologySpreadConstraints(
  constraints: readonly Fields[],
  path: FieldPath,
  options: PodValidationOptions,
): FieldError[] {
  return constraints.flatMap((constraint, i) => validateConstraint(constraint, constraints.slice(i + 1), path.index(i), options))
}

function validateConstraint(constraint: Fields, rest: readonly Fields[], path: FieldPath, options: PodValidationOptions): FieldError[] {
  const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains, matchLabelKeys = [], labelSelector } = constraint
  const errors: FieldError[] = []
  if (maxSkew <= 0) errors.push(invalid(path.child('maxSkew'), maxSkew, 'must be greater than zero'))
  if (topologyKey === '') errors.push(required(path.child('topologyKey'), 'can not be empty'))
  errors.push(...validateOneOf(whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'], path.child('whenUnsatisfiable')))
  if (rest.some((other) => (other.topologyKey ?? '') === topologyKey && (other.whenUnsatisfiable ?? '') === whenUnsatisfiable)) {
    errors.push(duplicate(path.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`))
  }
  errors.push(...validateMinDomains(minDomains, whenUnsatisfiable, path.child('minDomains')))
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
    if (constraint[field] !== undefined) errors.push(...validateOneOf(constraint[field], ['Honor', 'Ignore'], path.child(field)))
  }
  if (options.allowInvalidSpreadKeys) errors.push(...validateLegacyKeys(path.child('matchLabelKeys'), matchLabelKeys, labelSelector))
  else errors.push(...validateLabelKeys(path, matchLabelKeys, [], labelSelector))
  return options.allowInvalidSpreadSelectors ? errors : [...errors, ...validateLabelSelector(labelSelector, path.child('labelSelector'))]
}

function validateMinDomains(minDomains: number | undefined, action: string, path: FieldPath): FieldError[] {
  if (minDomains === undefined) return []
  const errors = minDomains > 0 ? [] : [invalid(path, minDomains, 'must be greater than zero')]
  if (action === 'DoNotSchedule') return errors
  return [...errors, invalid(path, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`)]
}

/** Keys that the server turns into requirements of the selector: valid label keys, and not in conflict with what the selector says. */
export function validateLabelKeys(
  path: FieldPath,
  match: readonly string[],
  mismatch: readonly string[],
  selector: LabelSelector | undefined,
): FieldError[] {
  const errors = [
    ...validateKeys(path.child('matchLabelKeys'), match, selector),
    ...validateKeys(path.child('mismatchLabelKeys'), mismatch, selector),
  ]
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}))
  for (const { key = '' } of selector?.matchExpressions ?? []) {
    // A key that stands in the selector once may be there because the server put it there.
    if (match.includes(key) && seen.has(key)) {
      errors.push(invalid(path.index(match.lastIndexOf(key)), key, 'exists in both matchLabelKeys and labelSelector'))
    }
    seen.add(key)
  }
  match.forEach((key, i) => {
    if (mismatch.includes(key)) {
      errors.push(invalid(path.child('matchLabelKeys').index(i), key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
    }
  })
  return errors
}

function validateKeys(path: FieldPath, keys: readonly string[], selector: LabelSelector | undefined): FieldError[] {
  if (keys.length === 0) return []
  if (!selector) return [forbidden(path, 'must not be specified when labelSelector is not set')]
  return keys.flatMap((key, i) => validateLabelName(key, path.index(i)))
}

function validateLegacyKeys(path: FieldPath, keys: readonly string[], selector: LabelSelector | undefined): FieldError[] {
  if (keys.length === 0) return []
  const taken = [...Object.keys(selector?.matchLabels ?? {}), ...(selector?.matchExpressions ?? []).map(({ key }) => key)]
  return [
    ...(selector ? [] : [forbidden(path, 'must not be specified when labelSelector is not set')]),
    ...keys.flatMap((key, i) => [
      ...validateLabelName(key, path.index(i)),
      ...(taken.includes(key) ? [invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector')] : []),
    ]),
  ]
}

export const hasInvalidLabelKeys = ({ matchLabelKeys = [], labelSelector }: Fields) =>
  validateLabelKeys(fieldPath(), matchLabelKeys, [], labelSelector).length > 0

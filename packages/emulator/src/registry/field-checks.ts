/** Checks that several groups of resources share, beside those of apimachinery/validation. */

import { type FieldError, type FieldPath, invalid, required } from '../apimachinery/field-error.ts'
import { own } from '../apimachinery/own.ts'
import {
  type Fields,
  isDNS1123Subdomain,
  type LabelSelector,
  regexError,
  validateLabelSelector,
  validateNonNegative,
} from '../apimachinery/validation/index.ts'

/** An Invalid value whose value the message leaves out. */
export const invalidWithoutValue = (path: FieldPath, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field: String(path),
  message: `Invalid value: ${detail}`,
})

export const nonNegativeFields = (object: Fields, path: FieldPath, names: readonly string[]): FieldError[] =>
  names.flatMap((name) => validateNonNegative(object[name] ?? undefined, path.child(name)))

/** Numbers of a status that may not exceed another one. */
export function notAbove(status: Fields, path: FieldPath, names: readonly string[], limit: string, limitText: string): FieldError[] {
  const exceeding = names.filter((name) => (status[name] ?? 0) > (status[limit] ?? 0))
  return exceeding.map((name) => invalid(path.child(name), status[name] ?? 0, `cannot be greater than ${limitText}`))
}

/** A counter that an update lowered. */
export function notDecremented(status: Fields, old: Fields, path: FieldPath, name: string): FieldError[] {
  const lowered = old[name] !== undefined && (status[name] === undefined || status[name] < old[name])
  return lowered ? [invalid(path.child(name), status[name] ?? 0, 'cannot be decremented')] : []
}

/** A map as messages show it: keys sorted; null if it is empty. */
export function showMap(map: Record<string, string> | undefined): Record<string, string> | null {
  const entries = Object.entries(map ?? {})
  return entries.length === 0 ? null : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A label selector as messages show it. */
export function showSelector(selector: LabelSelector | undefined): unknown {
  if (selector === undefined || selector === null) return null
  const { matchLabels, matchExpressions } = selector
  const labels = showMap(matchLabels)
  return {
    ...(labels === null ? {} : { matchLabels: labels }),
    ...(matchExpressions?.length
      ? {
          matchExpressions: matchExpressions.map(({ key = '', operator = '', values }) => ({
            key,
            operator,
            ...(values?.length ? { values } : {}),
          })),
        }
      : {}),
  }
}

export const isEmptySelector = (selector: LabelSelector) =>
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0

/** Whether a selector can be used at all; an absent one can, and selects nothing. */
export const isUsableSelector = (selector: LabelSelector | undefined, path: FieldPath) => validateLabelSelector(selector, path).length === 0

/** Whether the labels satisfy the selector: an absent selector matches nothing, an empty one everything. */
export function selectorMatches(selector: LabelSelector | undefined, labels: Record<string, string> = {}): boolean {
  if (selector === undefined || selector === null) return false
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => own(labels, key) === value)
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key = '', operator, values = [] }) => {
      const value = own(labels, key)
      if (operator === 'In') return value !== undefined && values.includes(value)
      if (operator === 'NotIn') return value === undefined || !values.includes(value)
      return (operator === 'Exists') === (value !== undefined)
    })
  )
}

const httpPathFormat = String.raw`[A-Za-z0-9/\-._~%!$&'()*+,;=:]+`
const httpPathPattern = new RegExp(`^${httpPathFormat}$`)

/** `example.com/name`: what names a controller. */
export function validateDomainPrefixedPath(value: string, path: FieldPath): FieldError[] {
  if (value === '') return [required(path)]
  const slash = value.indexOf('/')
  const [host, rest] = [value.slice(0, slash), value.slice(slash + 1)]
  if (slash <= 0 || rest === '') return [invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const errors = isDNS1123Subdomain(host).map((text) => invalid(path, host, text))
  return httpPathPattern.test(rest) ? errors : [...errors, invalid(path, rest, regexError('Invalid path', httpPathFormat))]
}

/** A name of at least three segments, as webhooks have. */
export function validateFullyQualifiedName(value: string, path: FieldPath): FieldError[] {
  if (value === '') return [required(path)]
  const errors = isDNS1123Subdomain(value)
  if (errors.length > 0) return [invalid(path, value, errors.join(','))]
  return value.split('.').length < 3 ? [invalid(path, value, 'should be a domain with at least three segments separated by dots')] : []
}

/** Ports, ids, percentages and the names of headers, variables and keys (apimachinery, util/validation). */
import { type FieldError, type FieldPath, invalid } from '../field-error.ts'
import { byteLength, maxLengthError, rangeError, regexError, whole } from './text.ts'

const isNonNegativeError = 'must be greater than or equal to 0'
export const immutableError = 'field is immutable'

const within = (value: number, low: number, high: number) => (value >= low && value <= high ? [] : [rangeError(low, high)])

export const isValidPortNum = (port: number) => within(port, 1, 65535)
export const isValidUserID = (id: number) => within(id, 0, 2147483647)
export const isValidGroupID = (id: number) => within(id, 0, 2147483647)

/** The name of a port (RFC 6335, lower case only). */
export function isValidPortName(name: string): string[] {
  const errors: string[] = []
  if (byteLength(name) > 15) errors.push(maxLengthError(15))
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)')
  if (name.includes('--')) errors.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

const percentText = "a valid percent string must be a numeric string followed by an ending '%'"
export const isValidPercent = (value: string) => (whole('[0-9]+%').test(value) ? [] : [regexError(percentText, '[0-9]+%', '1%', '93%')])

const headerText = "a valid HTTP header must consist of alphanumeric characters or '-'"
export const isHTTPHeaderName = (value: string) =>
  whole('[-A-Za-z0-9]+').test(value) ? [] : [regexError(headerText, '[-A-Za-z0-9]+', 'X-Header-Name')]

/** The rule for environment variables that validation follows. */
export function isRelaxedEnvVarName(value: string): string[] {
  const errors = value === '' ? ['environment variable name must be non-empty'] : []
  if (/[^\x20-\x7e]|=/.test(value)) {
    errors.push("a valid environment variable name must consist only of printable ASCII characters other than '='")
  }
  return errors
}

const keyText = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(value: string): string[] {
  const errors = byteLength(value) > 253 ? [maxLengthError(253)] : []
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) errors.push(regexError(keyText, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'))
  return [...errors, ...dotErrors(value)]
}

function dotErrors(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}

export function validateNonNegative(value: number | undefined, path: FieldPath): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(path, value, isNonNegativeError)] : []
}

/**
 * Deep equality of values in canonical form, where an absent value and an empty list are one (Go: Semantic.DeepEqual). An empty object is
 * not: it stands for a pointer that is set.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isEmpty(a) && isEmpty(b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => semanticEqual(item, b[i]))
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => semanticEqual(left[key], right[key]))
}

const isEmpty = (value: unknown) => value === undefined || value === null || (Array.isArray(value) && value.length === 0)

export function validateImmutable(value: unknown, old: unknown, path: FieldPath): FieldError[] {
  return semanticEqual(value, old) ? [] : [invalid(path, value, immutableError)]
}

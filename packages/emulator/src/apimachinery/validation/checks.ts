/** Small checks of single fields that validation of kinds is made of. */
import { type FieldError, type FieldPath, invalid, notSupported, required } from '../field-error.ts'
import { isDNS1123Label, isDNS1123Subdomain } from './names.ts'

// biome-ignore lint/suspicious/noExplicitAny: which fields an object has is known from its schema, at run time
export type Fields = Record<string, any>

/** A rule's texts as errors of one field. */
export const check = (rule: (value: string) => string[], value: string, path: FieldPath): FieldError[] =>
  rule(value).map((text) => invalid(path, value, text))

export const checkNumber = (rule: (value: number) => string[], value: number, path: FieldPath): FieldError[] =>
  rule(value).map((text) => invalid(path, value, text))

export const validateDNS1123Label = (value: string, path: FieldPath) => check(isDNS1123Label, value, path)
export const validateDNS1123Subdomain = (value: string, path: FieldPath) => check(isDNS1123Subdomain, value, path)

/** Required unless it has a value: absent, '', [] and null are none. */
export function validatePresent(value: unknown, path: FieldPath, detail = ''): FieldError[] {
  const empty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  return empty ? [required(path, detail)] : []
}

/** One of the values, shown in the order in which they are given. */
export function validateOneOf(value: unknown, supported: readonly string[], path: FieldPath): FieldError[] {
  return supported.includes(value as string) ? [] : [notSupported(path, value, supported)]
}

/** As `validateOneOf`; '' is a missing value. */
export function validateRequiredOneOf(value: string | undefined, supported: readonly string[], path: FieldPath): FieldError[] {
  return value ? validateOneOf(value, supported, path) : [required(path)]
}

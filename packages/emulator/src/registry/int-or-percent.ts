/** Fields that hold a number or a percentage, such as maxUnavailable (apps/validation). */
import { type FieldError, type FieldPath, invalid } from '../apimachinery/field-error.ts'
import { isValidPercent, validateNonNegative } from '../apimachinery/validation/index.ts'

export type IntOrString = number | string

const percentOf = (value: IntOrString): number | undefined =>
  typeof value === 'string' && isValidPercent(value).length === 0 ? Number.parseInt(value, 10) : undefined

/** The number, or the number before the percent sign; a string that is neither counts as 0. */
export const intOrPercentValue = (value: IntOrString): number => {
  const percent = percentOf(value)
  if (percent !== undefined) return percent
  return typeof value === 'number' ? value : /^[+-]?\d+$/.test(value) ? Number(value) : 0
}

export function validatePositiveIntOrPercent(value: IntOrString, path: FieldPath): FieldError[] {
  if (typeof value === 'number') return validateNonNegative(value, path)
  return isValidPercent(value).map((text) => invalid(path, value, text))
}

export const notMoreThan100Percent = (value: IntOrString, path: FieldPath): FieldError[] =>
  (percentOf(value) ?? 0) > 100 ? [invalid(path, value, 'must not be greater than 100%')] : []

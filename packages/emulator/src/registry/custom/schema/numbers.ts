import { formatGoFloat } from './go-number.ts'
import { addErrors, emptyResult, type Result, type SchemaError } from './result.ts'
import type { JsonSchema } from './types.ts'

/** Limits and ranges of a number (kube-openapi, validate.numberValidator). */
export function validateNumber(value: number, schema: JsonSchema, types: readonly string[], format: string, path: string): Result {
  const type = types.length === 1 && (types[0] === 'integer' || types[0] === 'number') ? types[0] : ''
  const range = (checked: number, what: string) => rangeError(checked, type, format, what, path)
  const result = emptyResult()
  const checked = range(value, 'Checked')
  if (checked !== undefined) addErrors(result, [checked])
  const limits: [limit: number | undefined, name: string, check: (exact: boolean) => SchemaError | undefined][] = [
    [schema.multipleOf, 'MultipleOf', (exact) => multipleError(value, schema.multipleOf!, exact, path)],
    [schema.minimum, 'Minimum boundary', (exact) => minimumError(value, schema, exact, path)],
    [schema.maximum, 'Maximum boundary', (exact) => maximumError(value, schema, exact, path)],
  ]
  for (const [limit, name, check] of limits) {
    if (limit === undefined) continue
    const outOfRange = range(limit, name)
    // A limit that fits the type is compared as a number of that type, any other as a float.
    const error = check(outOfRange === undefined)
    addErrors(
      result,
      [outOfRange, error].filter((each) => each !== undefined),
    )
  }
  result.matches++
  return result
}

/** Whether a value is kept as an int64. */
const isInt = (value: number) => Number.isSafeInteger(value)

const other = (path: string, value: number, message: string): SchemaError => ({
  code: 'other',
  path,
  value,
  message: `${path} in body ${message}`,
})

function multipleError(value: number, factor: number, exact: boolean, path: string): SchemaError | undefined {
  const used = exact && isInt(value) ? Math.trunc(factor) : factor
  if (used <= 0) {
    return { code: 'other', path, value: used, message: `factor MultipleOf declared for ${path} must be positive: ${formatGoFloat(used)}` }
  }
  const whole = exact && isInt(value) ? value % used === 0 : isWhole(used < 1 ? (1 / used) * value : value / used)
  return whole ? undefined : other(path, value, `should be a multiple of ${formatGoFloat(used)}`)
}

/** Whole, but for what a float cannot hold. */
function isWhole(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const rounded = Math.trunc(value)
  const difference = Math.abs(value - rounded)
  if (value === rounded) return true
  if (rounded === 0 || value === 0) return difference < 1e-9 * Number.MIN_VALUE
  return difference / (Math.abs(value) + Math.abs(rounded)) < 1e-9
}

function minimumError(value: number, { minimum = 0, exclusiveMinimum = false }: JsonSchema, exact: boolean, path: string) {
  const limit = exact && isInt(value) ? Math.trunc(minimum) : minimum
  if (exclusiveMinimum ? value > limit : value >= limit) return undefined
  return other(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${formatGoFloat(limit)}`)
}

function maximumError(value: number, { maximum = 0, exclusiveMaximum = false }: JsonSchema, exact: boolean, path: string) {
  const limit = exact && isInt(value) ? Math.trunc(maximum) : maximum
  if (exclusiveMaximum ? value < limit : value <= limit) return undefined
  return other(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${formatGoFloat(limit)}`)
}

const int32 = 2 ** 31
const int64 = 2 ** 63
const maxFloat32 = 3.4028234663852886e38

function rangeError(value: number, type: string, format: string, what: string, path: string): SchemaError | undefined {
  const limit = format === 'int32' ? int32 : int64
  const fits =
    type === 'integer' ? Number.isInteger(value) && value >= -limit && value < limit : format !== 'float' || Math.abs(value) <= maxFloat32
  if (fits) return undefined
  const kind = format === '' ? '(default format)' : `with format ${format}`
  return { code: 'composite', path: '', message: `${what} value must be of type ${type} ${kind} in ${path}` }
}

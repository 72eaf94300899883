import { quote, showJSON } from './quote.ts'

/** One thing that is wrong with one field: the API's validation errors, in its words (apimachinery, util/validation/field). */
export interface FieldError {
  reason: FieldErrorReason
  field: string
  /** What follows the field in a message, such as `Invalid value: "x": must be …`. */
  message: string
}

export type FieldErrorReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

/** A path to a field: `at('spec').child('ports').index(0)`. Cheap to extend; made a string only for an error. */
export interface FieldPath {
  child(...names: string[]): FieldPath
  index(index: number): FieldPath
  key(key: string): FieldPath
  toString(): string
}

/** The path of a top-level field; without a name, the object itself. */
export const fieldPath = (name = ''): FieldPath => new Path(name)

class Path implements FieldPath {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  child(...names: string[]): FieldPath {
    let text = this.#text
    for (const name of names) if (name !== '') text = text === '' ? name : `${text}.${name}`
    return new Path(text)
  }

  index(index: number): FieldPath {
    return new Path(`${this.#text}[${index}]`)
  }

  key(key: string): FieldPath {
    return new Path(`${this.#text}[${key}]`)
  }

  toString(): string {
    return this.#text
  }
}

type At = FieldPath | string
const error = (reason: FieldErrorReason, field: At, message: string): FieldError => ({ reason, field: String(field), message })
const withDetail = (text: string, detail: string) => (detail === '' ? text : `${text}: ${detail}`)

export const required = (field: At, detail = '') => error('FieldValueRequired', field, withDetail('Required value', detail))
export const invalid = (field: At, value: unknown, detail: string) =>
  error('FieldValueInvalid', field, withDetail(`Invalid value: ${showValue(value)}`, detail))
export const duplicate = (field: At, value: unknown) => error('FieldValueDuplicate', field, `Duplicate value: ${showValue(value)}`)
export const notFound = (field: At, value: unknown) => error('FieldValueNotFound', field, `Not found: ${showValue(value)}`)
export const forbidden = (field: At, detail: string) => error('FieldValueForbidden', field, withDetail('Forbidden', detail))
const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`
export const tooLong = (field: At, maxLength: number) =>
  error('FieldValueTooLong', field, `Too long: may not be more than ${count(maxLength, 'byte')}`)
export const tooMany = (field: At, actual: number, max: number) =>
  error('FieldValueTooMany', field, `Too many: ${actual}: must have at most ${count(max, 'item')}`)
export const typeInvalid = (field: At, value: unknown, detail: string) =>
  error('FieldValueTypeInvalid', field, withDetail(`Invalid value: ${showValue(value)}`, detail))
export const internalError = (field: At, detail: string) => error('InternalError', field, `Internal error: ${detail}`)

/** `values` in the order in which they are to be shown: Kubernetes sorts them where its set has no order of its own. */
export const notSupported = (field: At, value: unknown, values: readonly string[]) =>
  error(
    'FieldValueNotSupported',
    field,
    `Unsupported value: ${showValue(value)}${values.length > 0 ? `: supported values: ${values.map((v) => JSON.stringify(v)).join(', ')}` : ''}`,
  )

/** A value as messages show it: strings quoted, numbers plain, the rest as compact JSON. */
function showValue(value: unknown): string {
  if (value === undefined) return 'null'
  return typeof value === 'string' ? quote(value) : showJSON(value)
}

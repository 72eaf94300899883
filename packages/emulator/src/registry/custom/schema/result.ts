import { type FieldError, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../../../apimachinery/field-error.ts'

/** What is wrong with a value, as the schema validator first says it. */
export interface SchemaError {
  code: 'required' | 'enum' | 'tooLong' | 'tooMany' | 'type' | 'other' | 'composite'
  /** Of the value, such as `spec.ports[0]`; errors of the whole, such as of a oneOf, have none. */
  path: string
  value?: unknown
  /** What would be valid: the values of an enum, or a limit. */
  valid?: readonly unknown[] | number
  message: string
}

/** What a schema made of a value. */
export interface Result {
  errors: SchemaError[]
  /** How many checks the value passed; the alternative with the most is the one whose errors are told. */
  matches: number
}

export const emptyResult = (): Result => ({ errors: [], matches: 0 })

export function addErrors(result: Result, errors: readonly SchemaError[]): void {
  for (const error of errors) if (!result.errors.some(({ message }) => message === error.message)) result.errors.push(error)
}

export function merge(result: Result, other: Result | undefined): void {
  if (other === undefined) return
  addErrors(result, other.errors)
  result.matches += other.matches
}

/** As errors of fields. `base`: the path of the value that was validated, '' for an object. */
export function toFieldErrors({ errors }: Result, base: string): FieldError[] {
  return errors.map((error) => {
    if (error.code === 'composite') return invalid(base, '', error.message)
    const path = error.path.replace(/^\./, '')
    return toFieldError(error, path === '' ? base : base === '' ? path : `${base}.${path}`)
  })
}

function toFieldError({ code, value, valid, message }: SchemaError, path: string): FieldError {
  switch (code) {
    case 'required':
      return required(path)
    case 'enum':
      return notSupported(
        path,
        value,
        (valid as unknown[]).map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
      )
    case 'tooLong':
      return tooLong(path, valid as number)
    case 'tooMany':
      return tooMany(path, value as number, valid as number)
    case 'type':
      return typeInvalid(path, value ?? '', message)
    default:
      return invalid(path, value ?? '', message)
  }
}

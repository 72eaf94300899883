import { deepEqual } from '../../../apimachinery/deep-copy.ts'
import { quote } from '../../../apimachinery/quote.ts'
import { compilePattern } from '../../../apimachinery/regular-expression.ts'
import { hasTextForm, isTextForm } from '../../../apimachinery/text-forms.ts'
import { type Correlated, correlatedItem, correlatedMember, isUnchanged } from './correlation.ts'
import { effectiveFormat } from './formats.ts'
import { validateNumber } from './numbers.ts'
import { addErrors, emptyResult, merge, type Result, type SchemaError } from './result.ts'
import { isMap, type JsonMap, type JsonSchema } from './types.ts'

/**
 * Validates a value by a schema, in the words of the API server (kube-openapi, validation/validate). With what it takes the place of: errors
 * of parts that did not change are forgiven.
 */
export function validateBySchema(value: unknown, schema: JsonSchema, correlated?: Correlated): Result {
  return validateValue(value, schema, '', correlated)
}

interface Place {
  path: string
  correlated: Correlated | undefined
}

function validateValue(value: unknown, schema: JsonSchema, path: string, correlated: Correlated | undefined): Result {
  const result = validateAlways(value, schema, { path, correlated })
  if (result.errors.length > 0 && isUnchanged(correlated)) result.errors = []
  return result
}

function validateAlways(value: unknown, schema: JsonSchema, place: Place): Result {
  const { path } = place
  const result = emptyResult()
  const types = typesOf(schema)
  const format = effectiveFormat(types.length === 1 ? types[0] : undefined, formatOf(schema, types))
  if (value === null) {
    merge(result, validateType(null, types, format, schema, path))
    merge(result, validateEnum(null, schema, path))
    return result
  }
  const run = (check: Result | undefined) => {
    merge(result, check)
    result.matches++
  }
  if (types.length > 0 || format !== '') run(validateType(value, types, format, schema, path))
  run(validateAlternatives(value, schema, path))
  if (typeof value === 'string') {
    run(validateString(value, schema, path))
    if (isTextForm(format)) run(validateFormat(value, format, path))
  }
  if (typeof value === 'number') run(validateNumber(value, schema, types, format, path))
  if (Array.isArray(value)) run(validateList(value, schema, place))
  run(validateEnum(value, schema, path))
  if (isMap(value)) run(validateMap(value, schema, place))
  result.matches++
  return result
}

function typesOf(schema: JsonSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string']
  return schema.type === undefined || schema.type === '' ? [] : [schema.type]
}

/** Values of several types have no format. */
const formatOf = ({ format }: JsonSchema, types: readonly string[]) => (types.length > 1 && !isTextForm(format ?? '') ? '' : format)

const failed = (...errors: SchemaError[]): Result => ({ errors, matches: 0 })

function typeError(path: string, expected: string, found: string): SchemaError {
  return { code: 'type', path, value: found, message: `${path} in body must be of type ${expected}: ${quote(found)}` }
}

function validateType(value: unknown, types: readonly string[], format: string, { nullable }: JsonSchema, path: string): Result {
  const passed = { errors: [], matches: 1 }
  if (value === null) return types.length > 0 && !nullable ? failed(typeError(path, types.join(','), 'null')) : passed
  const [found, ownFormat] = typeOf(value)
  const isText = typeof value === 'string' || Array.isArray(value)
  const fits = types.includes(found) || (found === 'integer' && types.includes('number')) || isWholeFloat(value, types)
  if (!isText && format !== '' && !fits && ownFormat !== format) return failed(typeError(path, format, ownFormat))
  if (!types.includes('number') && !types.includes('integer') && format !== '' && isText) return passed
  return fits ? passed : failed(typeError(path, types.join(','), found))
}

const isWholeFloat = (value: unknown, types: readonly string[]) =>
  typeof value === 'number' && Number.isInteger(value) && types.includes('integer')

function typeOf(value: unknown): [type: string, format: string] {
  if (Array.isArray(value)) return ['array', '']
  if (typeof value === 'number') return Number.isSafeInteger(value) ? ['integer', 'int64'] : ['number', 'float64']
  if (typeof value === 'string' || typeof value === 'boolean') return [typeof value, '']
  return ['object', '']
}

/** Nothing is forgiven in alternatives: the server's validator does not take what was before into them. */
function validateAlternatives(value: unknown, schema: JsonSchema, path: string): Result {
  const result = emptyResult()
  const place: Place = { path, correlated: undefined }
  const composite = (message: string): SchemaError => ({ code: 'composite', path: '', message: `${quote(place.path)} ${message}` })
  const { anyOf = [], oneOf = [], allOf = [], not } = schema
  if (anyOf.length > 0) {
    const results = untilValid(anyOf, value, place)
    const valid = results.find(isValid)
    if (valid === undefined) addErrors(result, [composite('must validate at least one schema (anyOf)')])
    merge(result, valid ?? best(results))
  }
  if (oneOf.length > 0) {
    const results = oneOf.map((each) => validateAlways(value, each, place))
    const valid = results.filter(isValid)
    if (valid.length === 1) merge(result, valid[0])
    else {
      const found = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`
      addErrors(result, [composite(`must validate one and only one schema (oneOf). ${found}`)])
      if (valid.length === 0) merge(result, best(results))
    }
  }
  if (allOf.length > 0) {
    const results = allOf.map((each) => validateAlways(value, each, place))
    for (const each of results) merge(result, each)
    const valid = results.filter(isValid).length
    if (valid !== results.length)
      addErrors(result, [composite(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`)])
  }
  if (not !== undefined && isValid(validateAlways(value, not, place))) addErrors(result, [composite('must not validate the schema (not)')])
  result.matches++
  return result
}

const isValid = ({ errors }: Result) => errors.length === 0

function untilValid(schemas: readonly JsonSchema[], value: unknown, place: Place): Result[] {
  const results: Result[] = []
  for (const schema of schemas) {
    const result = validateAlways(value, schema, place)
    results.push(result)
    if (isValid(result)) break
  }
  return results
}

/** The first of those that passed the most checks. */
function best(results: readonly Result[]): Result | undefined {
  let found: Result | undefined
  for (const each of results) if (found === undefined || each.matches > found.matches) found = each
  return found
}

function validateString(value: string, { maxLength, minLength, pattern }: JsonSchema, path: string): Result | undefined {
  const other = (message: string): Result => failed({ code: 'other', path, value, message: `${path} in body ${message}` })
  const length = maxLength === undefined && minLength === undefined ? 0 : characters(value)
  if (maxLength !== undefined && length > maxLength) {
    return failed({ code: 'tooLong', path, value, valid: maxLength, message: `${path} in body should be at most ${maxLength} chars long` })
  }
  if (minLength !== undefined && length < minLength) return other(`should be at least ${minLength} chars long`)
  if (pattern === undefined || pattern === '') return undefined
  const compiled = compilePattern(pattern)
  if ('error' in compiled) return other(`should match '${pattern}, but pattern is invalid: ${compiled.error}'`)
  return compiled.test(value) ? undefined : other(`should match '${pattern}'`)
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

const validateFormat = (value: string, format: string, path: string): Result | undefined =>
  hasTextForm(value, format)
    ? undefined
    : failed({ code: 'type', path, value, message: `${path} in body must be of type ${format}: ${quote(value)}` })

function validateList(
  value: readonly unknown[],
  { items, minItems, maxItems, uniqueItems }: JsonSchema,
  { path, correlated }: Place,
): Result {
  const result = emptyResult()
  if (items !== undefined) {
    for (const [i, item] of value.entries()) merge(result, validateValue(item, items, `${path}[${i}]`, correlatedItem(correlated, i)))
  }
  const size = value.length
  if (minItems !== undefined && size < minItems) {
    addErrors(result, [{ code: 'other', path, value: size, message: `${path} in body should have at least ${minItems} items` }])
  }
  if (maxItems !== undefined && size > maxItems) {
    addErrors(result, [
      { code: 'tooMany', path, value: size, valid: maxItems, message: `${path} in body should have at most ${maxItems} items` },
    ])
  }
  if (uniqueItems && value.some((item, i) => value.slice(0, i).some((other) => deepEqual(item, other)))) {
    addErrors(result, [{ code: 'other', path, message: `${path} in body shouldn't contain duplicates` }])
  }
  result.matches++
  return result
}

function validateEnum(value: unknown, { enum: allowed = [] }: JsonSchema, path: string): Result | undefined {
  if (allowed.length === 0 || (value !== null && allowed.some((each) => deepEqual(each, value)))) return undefined
  return failed({ code: 'enum', path, value, valid: allowed, message: `${path} in body should be one of [${allowed.join(' ')}]` })
}

function validateMap(value: JsonMap, schema: JsonSchema, { path, correlated }: Place): Result {
  const { properties = {}, additionalProperties, required = [], minProperties, maxProperties } = schema
  const result = emptyResult()
  const size = Object.keys(value).length
  if (minProperties !== undefined && size < minProperties) {
    addErrors(result, [{ code: 'other', path, value: size, message: `${path} in body should have at least ${minProperties} properties` }])
  }
  if (maxProperties !== undefined && size > maxProperties) {
    const message = `${path} in body should have at most ${maxProperties} properties`
    addErrors(result, [{ code: 'tooMany', path, value: size, valid: maxProperties, message }])
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name)) continue
    if (typeof additionalProperties === 'object') {
      merge(result, validateValue(value[name], additionalProperties, `${path}.${name}`, correlatedMember(correlated, name)))
    } else if (additionalProperties === false) {
      addErrors(result, [{ code: 'other', path, value: name, message: `${path}.${name} in body is a forbidden property` }])
    }
  }
  for (const [name, member] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue
    // What an object says of its type is of the version that the client speaks, before and after.
    const inner = path === '' && (name === 'apiVersion' || name === 'kind') ? undefined : correlatedMember(correlated, name)
    merge(result, validateValue(value[name], member, path === '' ? name : `${path}.${name}`, inner))
  }
  const missing = required.filter((name) => !Object.hasOwn(value, name))
  addErrors(
    result,
    missing.map((name) => ({ code: 'required', path: `${path}.${name}`, message: `${path}.${name} in body is required` })),
  )
  return result
}

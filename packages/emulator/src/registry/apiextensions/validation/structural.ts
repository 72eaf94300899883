/** Whether a schema is structural: it says of each field what it is, outside of alternatives (apiextensions, schema/validation.go, complete.go). */
import { deepEqual } from '../../../apimachinery/deep-copy.ts'
import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import { compilePattern } from '../../../apimachinery/regular-expression.ts'
import { isMap, itemSchema, type JsonSchema } from '../../custom/schema/types.ts'

const unsupported = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions']

/** Why a schema cannot even be looked at, in the order in which the API server looks (NewStructural); other checks say so too, in more detail. */
export function unsupportedKeyword(schema: JsonSchema): string | undefined {
  const keyword = unsupported.find((name) => schema[name] !== undefined && schema[name] !== '')
  if (keyword !== undefined) return `OpenAPIV3Schema '${keyword.replace('$schema', 'schema')}' is not supported`
  const { not, allOf = [], anyOf = [], oneOf = [], items, properties = {}, additionalProperties } = schema
  const inAlternatives = firstUnsupported([not, ...allOf, ...anyOf, ...oneOf])
  if (inAlternatives !== undefined) return inAlternatives
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
  }
  if (Array.isArray(items) && items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array"
  return firstUnsupported([items, ...Object.values(properties), additionalProperties])
}

function firstUnsupported(schemas: readonly unknown[]): string | undefined {
  for (const schema of schemas) {
    const found = isMap(schema) ? unsupportedKeyword(schema) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

type Level = 'root' | 'item' | 'field'

export function validateStructural(schema: JsonSchema, path: FieldPath): FieldError[] {
  const errors = [...validateInvariants(schema, 'root', path), ...validateCompleteness(schema, schema, path, path)]
  const text = ({ field, message }: FieldError) => `${field}: ${message}`
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
}

const emptyTypes: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

function validateInvariants(schema: JsonSchema, level: Level, path: FieldPath): FieldError[] {
  const { type = '', properties = {}, additionalProperties } = schema
  const items = itemSchema(schema)
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true
  const intOrString = schema['x-kubernetes-int-or-string'] === true
  const errors: FieldError[] = []
  if (type === 'array' && items === undefined) errors.push(required(path.child('items'), 'must be specified'))
  if (items !== undefined) errors.push(...validateInvariants(items, 'item', path.child('items')))
  for (const [name, member] of Object.entries(properties)) {
    errors.push(...validateInvariants(member, 'field', path.child('properties').key(name)))
  }
  if (additionalProperties !== undefined) {
    const at = path.child('additionalProperties')
    if (level === 'root') errors.push(forbidden(at, 'must not be used at the root'))
    if (isMap(additionalProperties)) errors.push(...validateInvariants(additionalProperties, 'field', at))
    if (embedded) errors.push(forbidden(at, 'must not be used if x-kubernetes-embedded-resource is set'))
  }
  if (intOrString && preserve) {
    errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), true, 'must be false if x-kubernetes-int-or-string is true'))
  }
  if (intOrString && embedded) {
    errors.push(invalid(path.child('x-kubernetes-embedded-resource'), true, 'must be false if x-kubernetes-int-or-string is true'))
  }
  errors.push(...validateValueValidation(schema, path, isIntOrString(schema.anyOf), isIntOrString(schema.allOf?.[0]?.anyOf)))
  const typePath = path.child('type')
  const must = 'must be object if x-kubernetes-embedded-resource is true'
  if (embedded && type !== 'object') errors.push(type === '' ? required(typePath, must) : invalid(typePath, type, must))
  else if (type === '' && !intOrString && !preserve) errors.push(required(typePath, emptyTypes[level]))
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalid(typePath, type, 'must be object at the root'))
  errors.push(...validateMetaFields(properties, level, level === 'root' || embedded, path))
  if (embedded && !preserve && Object.keys(properties).length === 0) {
    const text = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.push(required(path.child('properties'), text))
  }
  return errors
}

function validateMetaFields(
  properties: Readonly<Record<string, JsonSchema>>,
  level: Level,
  checked: boolean,
  path: FieldPath,
): FieldError[] {
  const errors: FieldError[] = []
  for (const name of ['kind', 'apiVersion']) {
    const member = checked ? properties[name] : undefined
    if (member !== undefined && member.type !== 'string') {
      errors.push(invalid(path.child('properties').key(name).child('type'), member.type ?? '', 'must be string'))
    }
  }
  const { metadata } = properties
  if (metadata === undefined) return errors
  const at = path.child('properties').key('metadata')
  if (checked && metadata.type !== 'object') errors.push(invalid(at.child('type'), metadata.type ?? '', 'must be object'))
  if (level === 'root' && !onlyNames(metadata)) {
    const text = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    errors.push(forbidden(at, text))
  }
  return errors
}

/** Names may be restricted; nothing else about metadata. */
function onlyNames({ type: _type, default: _default, properties = {}, ...rest }: JsonSchema): boolean {
  return Object.keys(rest).length === 0 && Object.keys(properties).every((name) => name === 'name' || name === 'generateName')
}

const intOrStringForm = [{ type: 'integer' }, { type: 'string' }]
const isIntOrString = (anyOf: unknown) => deepEqual(anyOf, intOrStringForm)

function validateValueValidation(schema: JsonSchema, path: FieldPath, skipAnyOf = false, skipFirstAllOf = false): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern = '' } = schema
  const errors: FieldError[] = []
  if (!skipAnyOf) for (const [i, each] of anyOf.entries()) errors.push(...validateNested(each, path.child('anyOf').index(i)))
  for (const [i, each] of allOf.entries()) errors.push(...validateNested(each, path.child('allOf').index(i), skipFirstAllOf && i === 0))
  for (const [i, each] of oneOf.entries()) errors.push(...validateNested(each, path.child('oneOf').index(i)))
  if (not !== undefined) errors.push(...validateNested(not, path.child('not')))
  if (pattern !== '') {
    const compiled = compilePattern(pattern)
    if ('error' in compiled) {
      errors.push(invalid(path.child('pattern'), pattern, `must be a valid regular expression, but isn't: ${compiled.error}`))
    }
  }
  return errors
}

/** What a part of an alternative may not say, and how that is put. */
const notNested: readonly (readonly [keyword: string, text: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

/** Keywords of which an empty value says something, too. */
const saidByAnything = new Set(['default', 'x-kubernetes-list-type', 'x-kubernetes-map-type'])

function validateNested(schema: JsonSchema, path: FieldPath, skipAnyOf = false): FieldError[] {
  const errors = validateValueValidation(schema, path, skipAnyOf)
  const items = itemSchema(schema)
  if (items !== undefined) errors.push(...validateNested(items, path.child('items')))
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    errors.push(...validateNested(member, path.child('properties').key(name)))
  }
  for (const [keyword, text] of notNested) {
    const value = schema[keyword]
    const empty = value === '' || value === false || (Array.isArray(value) && value.length === 0)
    if (value !== undefined && value !== null && (!empty || saidByAnything.has(keyword))) errors.push(forbidden(path.child(keyword), text))
  }
  if (schema.properties?.['metadata'] !== undefined) {
    errors.push(forbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'))
  }
  return errors
}

/** Whatever an alternative is about must be there outside of it too. Of the schema itself: its alternatives; of them, all of their parts. */
function validateCompleteness(validation: JsonSchema, schema: JsonSchema, schemaPath: FieldPath, path: FieldPath): FieldError[] {
  const { not, allOf = [], anyOf = [], oneOf = [] } = validation
  const nested = (each: JsonSchema, at: FieldPath) => validateNestedCompleteness(each, schema, schemaPath, at)
  return [
    ...(not === undefined ? [] : nested(not, path.child('not'))),
    ...allOf.flatMap((each, i) => nested(each, path.child('allOf').index(i))),
    ...anyOf.flatMap((each, i) => nested(each, path.child('anyOf').index(i))),
    ...oneOf.flatMap((each, i) => nested(each, path.child('oneOf').index(i))),
  ]
}

function validateNestedCompleteness(
  validation: JsonSchema,
  schema: JsonSchema | undefined,
  schemaPath: FieldPath,
  path: FieldPath,
): FieldError[] {
  if (schema === undefined) return [required(schemaPath, `because it is defined in ${path}`)]
  const errors = validateCompleteness(validation, schema, schemaPath, path)
  const { properties = {} } = validation
  const items = itemSchema(validation)
  if (items !== undefined) {
    errors.push(...validateNestedCompleteness(items, itemSchema(schema), schemaPath.child('items'), path.child('items')))
  }
  for (const [name, member] of Object.entries(properties)) {
    const [at, from] = [schemaPath.child('properties').key(name), path.child('properties').key(name)]
    errors.push(...validateNestedCompleteness(member, schema.properties?.[name], at, from))
  }
  return errors
}

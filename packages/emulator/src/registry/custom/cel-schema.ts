/** Schemas as CEL sees them: types, values and sizes (apiserver, cel/common/schemas.go, valuesunstructured.go). */

import { durationNanos, timestampNanos } from '../../apimachinery/cel/functions/times.ts'
import {
  boolType,
  bytesType,
  type CelType,
  type CelValue,
  doubleType,
  durationType,
  dynType,
  intType,
  listOf,
  mapOf,
  mapValue,
  type SizeHints,
  stringType,
  timestampType,
} from '../../apimachinery/cel/index.ts'
import { isMap, type JsonMap, type JsonSchema } from './schema/types.ts'

const maxRequestSize = 3 * 1024 * 1024

/** A schema's type in CEL, and how large its values can be. */
export interface Declaration {
  type: CelType
  /** At most so many elements, characters or bytes; 0 for what has no size. */
  maxElements: number
  /** Bytes that a value takes in JSON at least. */
  minSize: number
  fields?: ReadonlyMap<string, Declaration>
  element?: Declaration
}

const text: JsonSchema = { type: 'string' }
const typeMeta = { apiVersion: text, kind: text, metadata: { type: 'object', properties: { name: text, generateName: text } } }

/** Rules of a resource always see its kind and name. */
function withTypeMeta(schema: JsonSchema): JsonSchema {
  const { metadata } = schema.properties ?? {}
  const known = metadata?.properties?.['name'] !== undefined && metadata.properties['generateName'] !== undefined
  if (known && schema.properties?.['kind'] && schema.properties['apiVersion']) return schema
  return { ...schema, properties: { ...schema.properties, ...typeMeta } }
}

/** Undefined for what rules cannot see. `name`: of the object types in it. */
export function declare(given: JsonSchema, isRoot: boolean, name = 'selfType'): Declaration | undefined {
  if (given['x-kubernetes-int-or-string'] === true) {
    return { type: dynType, maxElements: given.maxLength === undefined ? maxRequestSize - 2 : Math.max(0, given.maxLength) * 4, minSize: 1 }
  }
  const schema = isRoot ? withTypeMeta(given) : given
  switch (schema.type) {
    case 'array':
      return declareList(schema, name)
    case 'object':
      return schema.additionalProperties !== undefined && isMap(schema.additionalProperties)
        ? declareMap(schema, schema.additionalProperties, name)
        : declareObject(schema, name)
    case 'string':
      return declareString(schema)
    case 'boolean':
      return { type: boolType, maxElements: 0, minSize: 4 }
    case 'number':
      return { type: doubleType, maxElements: 0, minSize: 1 }
    case 'integer':
      return { type: intType, maxElements: 0, minSize: 1 }
    default:
      return undefined
  }
}

const isEmbedded = (schema: JsonSchema) => schema['x-kubernetes-embedded-resource'] === true

function declareList({ items, maxItems }: JsonSchema, name: string): Declaration | undefined {
  const element = items === undefined ? undefined : declare(items, isEmbedded(items), `${name}.@idx`)
  if (element === undefined) return undefined
  const maxElements = maxItems === undefined ? Math.floor((maxRequestSize - 2) / (element.minSize + 1)) : Math.max(0, maxItems)
  return { type: listOf(element.type), maxElements, minSize: 2, element }
}

function declareMap({ maxProperties }: JsonSchema, values: JsonSchema, name: string): Declaration | undefined {
  const element = declare(values, isEmbedded(values), `${name}.@elem`)
  if (element === undefined) return undefined
  const maxElements = maxProperties === undefined ? Math.floor((maxRequestSize - 2) / (element.minSize + 6)) : Math.max(0, maxProperties)
  return { type: mapOf(stringType, element.type), maxElements, minSize: 2, element }
}

function declareObject({ properties = {}, required = [] }: JsonSchema, name: string): Declaration {
  const fields = new Map<string, Declaration>()
  let minSize = 2
  for (const [key, member] of Object.entries(properties)) {
    const field = escapeName(key)
    const declared = declare(member, isEmbedded(member), `${name}.${field ?? key}`)
    if (declared === undefined) continue
    if (field !== undefined) fields.set(field, declared)
    if (required.includes(key) && member.default === undefined) minSize += Buffer.byteLength(key) + declared.minSize + 4
  }
  const types = new Map([...fields].map(([field, { type }]) => [field, type]))
  return { type: { kind: 'object', name, fields: () => types }, maxElements: 0, minSize, fields }
}

function declareString({ format = '', maxLength, enum: values }: JsonSchema): Declaration {
  switch (format) {
    case 'byte':
      return { type: bytesType, maxElements: maxLength === undefined ? maxRequestSize - 2 : Math.max(0, maxLength), minSize: 2 }
    case 'duration':
      return { type: durationType, maxElements: 32, minSize: 3 }
    case 'date':
      return { type: timestampType, maxElements: 12, minSize: 12 }
    case 'date-time':
      return { type: timestampType, maxElements: 32, minSize: 21 }
  }
  if (maxLength !== undefined) return { type: stringType, maxElements: Math.max(0, maxLength) * 4, minSize: 2 }
  const longest = Math.max(0, ...(values ?? []).map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0)))
  return { type: stringType, maxElements: values !== undefined && values.length > 0 ? longest : maxRequestSize - 2, minSize: 2 }
}

/** The sizes of what a path leads to; its first name is `self` or `oldSelf`. */
export function sizeHints(root: Declaration): SizeHints {
  return (path) => {
    let at: Declaration | undefined = root
    for (const name of path.slice(1)) {
      if (name === '@items' || name === '@values') at = at?.element
      else if (name === '@keys')
        at = at?.element === undefined || at.type.kind !== 'map' ? undefined : { type: stringType, maxElements: 0, minSize: 2 }
      else at = at?.fields?.get(name)
      if (at === undefined) return undefined
    }
    return { min: 0, max: at!.maxElements }
  }
}

/** How many values of a schema fit in a request. */
export const maxCardinality = ({ minSize }: Declaration): number => Math.floor(maxRequestSize / (minSize + 1))

const keywords = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)
const escapes: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }

/** A field's name in CEL; undefined if it has none. */
function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined
  return keywords.has(name) ? `__${name}__` : name.replace(/__|[-./]/g, (part) => escapes[part]!)
}

const broken = (message: string): CelValue => ({ tag: 'broken', message })

/** JSON as a value of CEL, by its schema. */
export function toCelValue(value: unknown, schema: JsonSchema, isRoot = false): CelValue {
  if (value === null) return schema.nullable ? null : broken('invalid data, got null for schema with nullable=false')
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'string') return value
    return typeof value === 'number'
      ? BigInt(Math.trunc(value))
      : broken('invalid data, expected XIntOrString value to be either a string or integer')
  }
  switch (schema.type) {
    case 'object':
      return isMap(value)
        ? objectValue(value, isRoot || isEmbedded(schema) ? withTypeMeta(schema) : schema)
        : broken('invalid data, expected a map for the provided schema with type=object')
    case 'array':
      return Array.isArray(value)
        ? listValueOf(value, schema)
        : broken('invalid data, expected an array for the provided schema with type=array')
    case 'string':
      return typeof value === 'string' ? stringValue(value, schema.format) : broken(`invalid data, expected string, got ${typeof value}`)
    case 'integer':
      return typeof value === 'number' ? BigInt(Math.trunc(value)) : broken(`invalid data, expected int, got ${typeof value}`)
    case 'number':
      return typeof value === 'number' ? value : broken(`invalid data, expected float, got ${typeof value}`)
    case 'boolean':
      return typeof value === 'boolean' ? value : broken(`invalid data, expected bool, got ${typeof value}`)
    default:
      return broken(`invalid schema type, expected object, array, number, integer, boolean or string but got "${schema.type ?? ''}"`)
  }
}

function objectValue(value: JsonMap, schema: JsonSchema): CelValue {
  const { properties, additionalProperties } = schema
  if (properties === undefined && isMap(additionalProperties)) {
    return mapValue(Object.entries(value).map(([key, member]) => [key, toCelValue(member, additionalProperties)] as const))
  }
  const fields = new Map<string, CelValue>()
  const unknown = new Map<string, unknown>()
  for (const [key, member] of Object.entries(value)) {
    const own = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
    const name = own === undefined ? undefined : escapeName(key)
    if (own === undefined) unknown.set(key, member)
    else if (name !== undefined) fields.set(name, toCelValue(member, own))
  }
  return unknown.size === 0 ? { tag: 'object', fields } : { tag: 'object', fields, unknown }
}

function listValueOf(value: readonly unknown[], schema: JsonSchema): CelValue {
  const items = value.map((item) => toCelValue(item, schema.items ?? {}))
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeName(key) ?? key)
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { tag: 'list', items, set: true }
    case 'map':
      return { tag: 'list', items, keys }
    default:
      return { tag: 'list', items }
  }
}

function stringValue(value: string, format: string | undefined): CelValue {
  switch (format) {
    case 'byte':
      return Buffer.from(value, 'base64')
    case 'duration': {
      const nanos = durationNanos(value)
      return nanos === undefined ? broken(`Invalid duration ${value}: unable to parse ${value} as duration`) : { tag: 'duration', nanos }
    }
    case 'date':
    case 'date-time': {
      const nanos = timestampNanos(format === 'date' ? `${value}T00:00:00Z` : value.toUpperCase())
      return nanos === undefined ? broken(`Invalid date formatted string ${value}`) : { tag: 'timestamp', nanos }
    }
    default:
      return value
  }
}

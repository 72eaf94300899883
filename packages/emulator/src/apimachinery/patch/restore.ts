import { isObject, type JsonObject } from './json-object.ts'
import type { ScalarShape, SchemaNode } from './schema.ts'

/** What the API server finds when it turns a patched map back into a typed object, in the words of its converter. */
interface Restored {
  /** Why it cannot. */
  error?: string
  /** Paths of fields that the type does not have, sorted. */
  unknownFields: string[]
}

/** Numbers that do not fit 32 bits lose what is beyond, as they do there: `object` may be changed in place. */
export function restore(object: JsonObject, schema: SchemaNode): Restored {
  const unknownFields: string[] = []
  const error = check(object, schema, '', unknownFields)
  return { ...(error === undefined ? {} : { error }), unknownFields: unknownFields.sort() }
}

/** An error of the decoder about a value that reads itself, such as a time, in the words of the converter. */
export function restoreMessage(message: string): string {
  if (message.startsWith('illegal base64')) return `error decoding from json: ${message}`
  return message.replace(/Go struct field \S+ of type/, 'Go value of type')
}

function check(value: unknown, schema: SchemaNode, path: string, unknown: string[]): string | undefined {
  if (value === null || value === undefined) return undefined
  const { scalar, list, map } = schema
  if (scalar !== undefined) return scalar.type === 'untyped' ? undefined : checkScalar(value, scalar)
  if (list !== undefined) return checkList(value, schema, path, unknown)
  if (map !== undefined) return checkMap(value, schema, path, unknown)
  return undefined
}

function checkList(value: unknown, schema: SchemaNode, path: string, unknown: string[]): string | undefined {
  if (!Array.isArray(value)) return `cannot restore slice from ${kindOf(value)}`
  const element = schema.list?.element() ?? {}
  return firstError(value.map((item, index) => () => check(item, element, `${path}[${index}]`, unknown)))
}

function checkMap(value: unknown, schema: SchemaNode, path: string, unknown: string[]): string | undefined {
  const map = schema.map
  if (map === undefined || map.deduced) return undefined
  const isStruct = map.fields.size > 0 || schema.typeName !== undefined
  if (!isObject(value)) return isStruct ? `cannot restore struct from: ${kindOf(value)}` : `cannot restore map from ${kindOf(value)}`
  const members: (() => string | undefined)[] = []
  for (const [key, member] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    const node = map.fields.get(key)?.node ?? map.element
    if (typeof member === 'number' && node?.().scalar?.format === 'int32' && Number.isInteger(member)) value[key] = member | 0
    if (node === undefined) unknown.push(at)
    else members.push(() => check(member, node(), at, unknown))
  }
  return firstError(members)
}

function firstError(checks: (() => string | undefined)[]): string | undefined {
  for (const run of checks) {
    const error = run()
    if (error !== undefined) return error
  }
  return undefined
}

function checkScalar(value: unknown, { type, format }: ScalarShape): string | undefined {
  const from = kindOf(value)
  if (type === 'string') {
    if (from === 'string') return undefined
    if (format === 'byte') return `cannot restore slice from ${from}`
    return from === 'int64' ? 'cannot convert int64 to string' : 'unrecognized type: string'
  }
  if (type === 'boolean') return from === 'bool' ? undefined : 'unrecognized type: bool'
  const into = numericKind(format)
  if (from === 'int64' || (from === 'float64' && into === 'float64')) return undefined
  return from === 'float64' ? `cannot convert float64 to ${into}` : `unrecognized type: ${into}`
}

function numericKind(format = ''): string {
  if (format === 'double') return 'float64'
  return format === '' ? 'int64' : format
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'map'
}

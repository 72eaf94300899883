import { deepEqual } from '../deep-copy.ts'
import { CelError } from './issues.ts'
import type { CelType } from './types.ts'

export interface CelUint {
  tag: 'uint'
  value: bigint
}
export interface CelList {
  tag: 'list'
  items: readonly CelValue[]
  /** Lists that Kubernetes compares as sets, or as maps by these keys. */
  set?: true
  keys?: readonly string[]
}
export interface CelMap {
  tag: 'map'
  /** By `keyOf`. */
  entries: ReadonlyMap<string, { key: CelValue; value: CelValue }>
}
/** An object of a schema; fields by their names in CEL. */
export interface CelObject {
  tag: 'object'
  fields: ReadonlyMap<string, CelValue>
  /** Of one that an expression made. */
  type?: string
  /** JSON of what the schema does not name. */
  unknown?: ReadonlyMap<string, unknown>
  /** Came out of an optional: objects with unknown fields cannot be compared with such, nor with what is in them. */
  wasOptional?: true
}
/** Nanoseconds: of a duration, or since 1970. */
export type CelTime = { tag: 'duration'; nanos: bigint } | { tag: 'timestamp'; nanos: bigint }
export interface CelOptional {
  tag: 'optional'
  /** Undefined: none. */
  value: CelValue | undefined
}
export interface CelTypeValue {
  tag: 'type'
  name: string
}
/** A value of a library. */
export interface CelOpaque {
  tag: 'opaque'
  type: string
  data: unknown
}
/** Stands where data is not what its schema says; looking at it is an error. */
export interface CelBroken {
  tag: 'broken'
  message: string
}

export type CelValue =
  | bigint
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | CelUint
  | CelList
  | CelMap
  | CelObject
  | CelTime
  | CelOptional
  | CelTypeValue
  | CelOpaque
  | CelBroken

type Tagged = Extract<CelValue, { tag: string }>

export const isTagged = <T extends Tagged['tag']>(value: CelValue, tag: T): value is Extract<CelValue, { tag: T }> =>
  typeof value === 'object' && value !== null && 'tag' in value && value.tag === tag

export const isList = (value: CelValue): value is CelList => isTagged(value, 'list')
const isMapValue = (value: CelValue): value is CelMap => isTagged(value, 'map')
export const listValue = (items: readonly CelValue[]): CelList => ({ tag: 'list', items })
export const some = (value: CelValue): CelOptional => ({ tag: 'optional', value })
export const none: CelOptional = { tag: 'optional', value: undefined }

const maxInt = 2n ** 63n - 1n
const minInt = -(2n ** 63n)

/** @throws CelError */
export function checkInt(value: bigint): bigint {
  if (value > maxInt || value < minInt) throw new CelError('integer overflow')
  return value
}

/** @throws CelError */
export function uintValue(value: bigint): CelUint {
  if (value < 0n || value >= 2n ** 64n) throw new CelError('unsigned integer overflow')
  return { tag: 'uint', value }
}

export function mapValue(entries: Iterable<readonly [CelValue, CelValue]>): CelMap {
  const map = new Map<string, { key: CelValue; value: CelValue }>()
  for (const [key, value] of entries) map.set(keyOf(key), { key, value })
  return { tag: 'map', entries: map }
}

/** What tells keys of a map apart: numbers are the same key whatever their type. */
export function keyOf(key: CelValue): string {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'boolean') return `b${key}`
  if (typeof key === 'bigint') return `n${key}`
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`
  if (isTagged(key, 'uint')) return `n${key.value}`
  throw new CelError(`unsupported key type: ${typeName(key)}`)
}

/** The name of a value's type, as `type()` and errors have it. */
export function typeName(value: CelValue): string {
  if (value === null) return 'null_type'
  switch (typeof value) {
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
  }
  if (value instanceof Uint8Array) return 'bytes'
  switch (value.tag) {
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    case 'optional':
      return 'optional_type'
    case 'opaque':
      return value.type
    case 'object':
      return value.type ?? 'map'
    default:
      return value.tag
  }
}

/** Whether a value is of a type; parameters and dyn take all, and what a container holds is not looked at. */
export function isOfType(value: CelValue, type: CelType): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'param':
    case 'error':
      return true
    case 'null':
      return value === null
    case 'int':
      return typeof value === 'bigint'
    case 'double':
      return typeof value === 'number'
    case 'bool':
      return typeof value === 'boolean'
    case 'string':
      return typeof value === 'string'
    case 'bytes':
      return value instanceof Uint8Array
    case 'map':
      return isMapValue(value) || isTagged(value, 'object')
    case 'opaque':
      return type.name === 'optional_type' ? isTagged(value, 'optional') : isTagged(value, 'opaque') && value.type === type.name
    case 'object':
      return isTagged(value, 'opaque') ? value.type === type.name : isTagged(value, 'object')
    default:
      return isTagged(value, type.kind)
  }
}

/** Equality as CEL has it: of numbers across types, of all else within a type. */
export function equal(a: CelValue, b: CelValue): boolean {
  const [x, y] = [numeric(a), numeric(b)]
  if (x !== undefined && y !== undefined) return !(x < y) && !(x > y) && x <= y
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0
  }
  if (a.tag !== b.tag) return false
  switch (a.tag) {
    case 'list':
      return equalLists(a, b as CelList)
    case 'map':
      return equalEntries(a.entries, (b as CelMap).entries, ({ value }, other) => equal(value, other.value))
    case 'object':
      return equalObjects(a, b as CelObject)
    case 'timestamp':
    case 'duration':
      return a.nanos === (b as CelTime).nanos
    case 'optional': {
      const other = (b as CelOptional).value
      return a.value === undefined || other === undefined ? a.value === other : equal(a.value, other)
    }
    case 'type':
      return a.name === (b as CelTypeValue).name
    case 'opaque':
      return a.type === (b as CelOpaque).type && equalOpaque(a.data, (b as CelOpaque).data)
    default:
      throw new CelError((a as CelBroken).message)
  }
}

function equalOpaque(a: unknown, b: unknown): boolean {
  const comparable = a as { equals?(other: unknown): boolean }
  return typeof comparable.equals === 'function' ? comparable.equals(b) : a === b
}

export const outOfOptional = (value: CelValue): CelValue => (isTagged(value, 'object') ? { ...value, wasOptional: true } : value)

/** As the API server compares them: what the schema does not name is counted, but compared only where both have it. */
function equalObjects(a: CelObject, b: CelObject): boolean {
  const [unknown, others] = [a.unknown ?? new Map<string, unknown>(), b.unknown ?? new Map<string, unknown>()]
  if (a.fields.size + unknown.size !== b.fields.size + others.size) return false
  for (const [key, value] of a.fields) {
    const other = b.fields.get(key)
    if (other === undefined || !equal(value, b.wasOptional ? outOfOptional(other) : other)) return false
  }
  if (unknown.size > 0 && b.wasOptional) throw new CelError('no such overload')
  return [...unknown].every(([key, value]) => !others.has(key) || deepEqual(value, others.get(key)))
}

function equalEntries<V>(a: ReadonlyMap<string, V>, b: ReadonlyMap<string, V>, same: (x: V, y: V) => boolean): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) {
    const other = b.get(key)
    if (other === undefined || !same(value, other)) return false
  }
  return true
}

function equalLists(a: CelList, b: CelList): boolean {
  if (a.items.length !== b.items.length) return false
  const unordered = (a.set ?? b.set) || (a.keys ?? b.keys) !== undefined
  if (!unordered) return a.items.every((item, i) => equal(item, b.items[i]!))
  return a.items.every((item) => b.items.some((other) => equal(item, other)))
}

function numeric(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return isTagged(value, 'uint') ? value.value : undefined
}

/** Negative, zero or positive; undefined for values that have no order between them. */
export function compare(a: CelValue, b: CelValue): number | undefined {
  const [x, y] = [numeric(a), numeric(b)]
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : x <= y ? 0 : undefined
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  if ((isTagged(a, 'timestamp') && isTagged(b, 'timestamp')) || (isTagged(a, 'duration') && isTagged(b, 'duration'))) {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
  }
  return undefined
}

/** The size that costs count: characters, bytes, items or entries; 1 for all else. */
export function sizeOf(value: CelValue): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  if (value instanceof Uint8Array) return value.length
  if (value.tag === 'list') return value.items.length
  if (value.tag === 'map') return value.entries.size
  if (value.tag === 'object') return value.fields.size
  return value.tag === 'optional' && value.value !== undefined ? sizeOf(value.value) : 1
}

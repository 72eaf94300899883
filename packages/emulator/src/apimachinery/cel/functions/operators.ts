/** Operators and the functions of the language itself (cel-go common/stdlib). */
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import {
  type CelList,
  type CelMap,
  type CelObject,
  type CelTime,
  type CelUint,
  type CelValue,
  checkInt,
  compare,
  equal,
  isTagged,
  keyOf,
  listValue,
  mapValue,
  typeName,
  uintValue,
} from '../values.ts'

const nonZero = <T extends bigint | number>(value: T, message: string): T => {
  if (value === 0n) throw new CelError(message)
  return value
}

const uint = (operate: (a: bigint, b: bigint) => bigint) => (a: CelUint, b: CelUint) => uintValue(operate(a.value, b.value))

const maxDuration = 2n ** 63n
const minTime = -62135596800n * 1_000_000_000n
const maxTime = 253402300800n * 1_000_000_000n

export function duration(nanos: bigint): CelTime {
  if (nanos >= maxDuration || nanos < -maxDuration) throw new CelError('integer overflow')
  return { tag: 'duration', nanos }
}

function timestamp(nanos: bigint): CelTime {
  if (nanos < minTime || nanos >= maxTime) throw new CelError('timestamp overflow')
  return { tag: 'timestamp', nanos }
}

const arithmetic: OverloadRow[] = [
  ['add_int64', '_+_(int, int): int', (a: bigint, b: bigint) => checkInt(a + b)],
  ['add_uint64', '_+_(uint, uint): uint', uint((a, b) => a + b)],
  ['add_double', '_+_(double, double): double', (a: number, b: number) => a + b],
  ['add_string', '_+_(string, string): string', (a: string, b: string) => a + b],
  ['add_bytes', '_+_(bytes, bytes): bytes', (a: Uint8Array, b: Uint8Array) => Buffer.concat([a, b])],
  ['add_list', '_+_(list(A), list(A)): list(A)', concatenate],
  ['add_duration_duration', '_+_(duration, duration): duration', (a: CelTime, b: CelTime) => duration(a.nanos + b.nanos)],
  ['add_duration_timestamp', '_+_(duration, timestamp): timestamp', (a: CelTime, b: CelTime) => timestamp(a.nanos + b.nanos)],
  ['add_timestamp_duration', '_+_(timestamp, duration): timestamp', (a: CelTime, b: CelTime) => timestamp(a.nanos + b.nanos)],
  ['subtract_int64', '_-_(int, int): int', (a: bigint, b: bigint) => checkInt(a - b)],
  ['subtract_uint64', '_-_(uint, uint): uint', uint((a, b) => a - b)],
  ['subtract_double', '_-_(double, double): double', (a: number, b: number) => a - b],
  ['subtract_duration_duration', '_-_(duration, duration): duration', (a: CelTime, b: CelTime) => duration(a.nanos - b.nanos)],
  ['subtract_timestamp_duration', '_-_(timestamp, duration): timestamp', (a: CelTime, b: CelTime) => timestamp(a.nanos - b.nanos)],
  ['subtract_timestamp_timestamp', '_-_(timestamp, timestamp): duration', (a: CelTime, b: CelTime) => duration(a.nanos - b.nanos)],
  ['multiply_int64', '_*_(int, int): int', (a: bigint, b: bigint) => checkInt(a * b)],
  ['multiply_uint64', '_*_(uint, uint): uint', uint((a, b) => a * b)],
  ['multiply_double', '_*_(double, double): double', (a: number, b: number) => a * b],
  ['divide_int64', '_/_(int, int): int', (a: bigint, b: bigint) => checkInt(a / nonZero(b, 'division by zero'))],
  ['divide_uint64', '_/_(uint, uint): uint', uint((a, b) => a / nonZero(b, 'division by zero'))],
  ['divide_double', '_/_(double, double): double', (a: number, b: number) => a / b],
  ['modulo_int64', '_%_(int, int): int', (a: bigint, b: bigint) => checkInt(a % nonZero(b, 'modulus by zero'))],
  ['modulo_uint64', '_%_(uint, uint): uint', uint((a, b) => a % nonZero(b, 'modulus by zero'))],
  ['negate_int64', '-_(int): int', (a: bigint) => checkInt(-a)],
  ['negate_double', '-_(double): double', (a: number) => -a],
]

/** Sets and maps of Kubernetes take the elements of the second that the first does not have; of maps, what has a key already is replaced. */
function concatenate(a: CelList, b: CelList): CelList {
  if (a.set) return { ...a, items: [...a.items, ...b.items.filter((item) => !a.items.some((known) => equal(known, item)))] }
  if (a.keys === undefined) return listValue([...a.items, ...b.items])
  const keys = a.keys
  const same = (x: CelValue, y: CelValue) => keys.every((key) => sameField(x, y, key))
  const kept = a.items.map((item) => b.items.find((other) => same(item, other)) ?? item)
  return { ...a, items: [...kept, ...b.items.filter((item) => !a.items.some((known) => same(known, item)))] }
}

function sameField(a: CelValue, b: CelValue, field: string): boolean {
  const [x, y] = [a, b].map((value) => (isTagged(value, 'object') ? value.fields.get(field) : undefined))
  return x === undefined || y === undefined ? x === y : equal(x, y)
}

const orders: readonly (readonly [operator: string, name: string, holds: (order: number) => boolean])[] = [
  ['_<_', 'less', (order) => order < 0],
  ['_<=_', 'less_equals', (order) => order <= 0],
  ['_>_', 'greater', (order) => order > 0],
  ['_>=_', 'greater_equals', (order) => order >= 0],
]
const ordered = ['bool', 'int64', 'uint64', 'double', 'string', 'bytes', 'timestamp', 'duration']
const numbers = ['int64', 'uint64', 'double']
const typeOfName = (name: string) => name.replace('64', '')

const comparisons: OverloadRow[] = orders.flatMap(([operator, name, holds]) => {
  const evaluate = (a: CelValue, b: CelValue) => {
    const order = compare(a, b)
    return order !== undefined && holds(order)
  }
  const row = (id: string, a: string, b: string): OverloadRow => [id, `${operator}(${typeOfName(a)}, ${typeOfName(b)}): bool`, evaluate]
  const mixed = numbers.flatMap((a) => numbers.filter((b) => a !== b).map((b) => row(`${name}_${a}_${b}`, a, b)))
  return [...ordered.map((type) => row(`${name}_${type}`, type, type)), ...mixed]
})

const indexing: OverloadRow[] = [
  ['index_list', '_[_](list(A), int): A', (list: CelList, index: CelValue) => itemAt(list, index)],
  ['index_map', '_[_](map(A, B), A): B', (map: CelMap | CelObject, key: CelValue) => memberOf(map, key)],
  ['in_list', '@in(A, list(A)): bool', (value: CelValue, list: CelList) => list.items.some((item) => equal(item, value))],
  ['in_map', '@in(A, map(A, B)): bool', (key: CelValue, map: CelMap | CelObject) => findMember(map, key) !== undefined],
]

/** @throws CelError `index out of bounds` */
export function itemAt({ items }: CelList, index: CelValue): CelValue {
  const position = typeof index === 'number' && Number.isInteger(index) ? BigInt(index) : isTagged(index, 'uint') ? index.value : index
  if (typeof position !== 'bigint') throw new CelError(`unsupported index type '${typeName(index)}' in list`)
  if (position < 0n || position >= BigInt(items.length)) throw new CelError(`index out of bounds: ${position}`)
  return items[Number(position)]!
}

export function findMember(container: CelMap | CelObject, key: CelValue): CelValue | undefined {
  if (container.tag === 'object') return typeof key === 'string' ? container.fields.get(key) : undefined
  return container.entries.get(keyOf(key))?.value
}

/** @throws CelError `no such key` */
function memberOf(container: CelMap | CelObject, key: CelValue): CelValue {
  const found = findMember(container, key)
  if (found === undefined) throw new CelError(`no such key: ${showKey(key)}`)
  return found
}

const showKey = (key: CelValue) => (isTagged(key, 'uint') ? String(key.value) : String(key))

const count = (value: CelValue): bigint => {
  if (typeof value === 'string') return BigInt([...value].length)
  if (value instanceof Uint8Array) return BigInt(value.length)
  if (isTagged(value, 'list')) return BigInt(value.items.length)
  return BigInt(isTagged(value, 'object') ? value.fields.size : (value as CelMap).entries.size)
}
const sizes: OverloadRow[] = [
  ['size_bytes', 'size(bytes): int', count],
  ['bytes_size', 'bytes::size(): int', count],
  ['size_list', 'size(list(A)): int', count],
  ['list_size', 'list(A)::size(): int', count],
  ['size_map', 'size(map(A, B)): int', count],
  ['map_size', 'map(A, B)::size(): int', count],
  ['size_string', 'size(string): int', count],
  ['string_size', 'string::size(): int', count],
]

/** Evaluated apart, since not all of their arguments are evaluated; here for their types. */
const lazily = (): CelValue => {
  throw new CelError('no such overload')
}

export const operators: OverloadRow[] = [
  ['conditional', '_?_:_(bool, A, A): A', lazily],
  ['logical_and', '_&&_(bool, bool): bool', lazily],
  ['logical_or', '_||_(bool, bool): bool', lazily],
  ['logical_not', '!_(bool): bool', (value: boolean) => !value],
  ['not_strictly_false', '@not_strictly_false(bool): bool', lazily],
  ['equals', '_==_(A, A): bool', equal],
  ['not_equals', '_!=_(A, A): bool', (a: CelValue, b: CelValue) => !equal(a, b)],
  ...arithmetic,
  ...comparisons,
  ...indexing,
  ...sizes,
  [
    '@mapInsert_map_key_value',
    'cel.@mapInsert(map(A, B), A, B): map(A, B)',
    (map: CelMap, key: CelValue, value: CelValue) => insert(map, [[key, value]]),
  ],
  [
    '@mapInsert_map_map',
    'cel.@mapInsert(map(A, B), map(A, B)): map(A, B)',
    (map: CelMap, more: CelMap) =>
      insert(
        map,
        [...more.entries.values()].map(({ key, value }) => [key, value] as const),
      ),
  ],
]

function insert({ entries }: CelMap, more: readonly (readonly [CelValue, CelValue])[]): CelMap {
  for (const [key] of more) if (entries.has(keyOf(key))) throw new CelError(`insert failed: key ${showKey(key)} already exists`)
  return mapValue([...[...entries.values()].map(({ key, value }) => [key, value] as const), ...more])
}

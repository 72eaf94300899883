/** Functions of lists and sets (apiserver cel/library/lists.go, cel-go ext/lists.go, ext/sets.go). */
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import { type CelList, type CelTime, type CelValue, checkInt, compare, equal, isList, isTagged, listValue, uintValue } from '../values.ts'
import { duration } from './operators.ts'

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes']
const zeros: Readonly<Record<string, CelValue>> = {
  int: 0n,
  uint: { tag: 'uint', value: 0n },
  double: 0,
  duration: { tag: 'duration', nanos: 0n },
}

function order(a: CelValue, b: CelValue): number {
  const found = compare(a, b)
  if (found === undefined) throw new CelError('no such overload')
  return found
}

const isSorted = ({ items }: CelList) => items.every((item, i) => i === 0 || order(items[i - 1]!, item) <= 0)

function extreme(name: string, better: (order: number) => boolean) {
  return ({ items }: CelList): CelValue => {
    if (items.length === 0) throw new CelError(`${name} called on empty list`)
    return items.reduce((best, item) => (better(order(item, best)) ? item : best))
  }
}

function add(a: CelValue, b: CelValue): CelValue {
  if (typeof a === 'bigint' && typeof b === 'bigint') return checkInt(a + b)
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (isTagged(a, 'uint') && isTagged(b, 'uint')) return uintValue(a.value + b.value)
  if (isTagged(a, 'duration') && isTagged(b, 'duration')) return duration((a as CelTime).nanos + (b as CelTime).nanos)
  throw new CelError('no such overload')
}

const distinct = ({ items }: CelList) => listValue(items.filter((item, i) => items.findIndex((other) => equal(other, item)) === i))

function flatten(items: readonly CelValue[], depth: bigint): CelValue[] {
  if (depth < 0n) throw new CelError('level must be non-negative')
  return items.flatMap((item) => (isList(item) && depth > 0n ? flatten(item.items, depth - 1n) : [item]))
}

function range(count: bigint): CelList {
  if (count > 1_000_000n) throw new CelError('operation cancelled: actual cost limit exceeded')
  return listValue(Array.from({ length: Math.max(0, Number(count)) }, (_, i) => BigInt(i)))
}

function slice({ items }: CelList, start: bigint, end: bigint): CelList {
  const fail = (text: string) => new CelError(`cannot slice(${start}, ${end}), ${text}`)
  if (start < 0n || end < 0n) throw fail('negative indexes not supported')
  if (start > end) throw fail('start index must be less than or equal to end index')
  if (BigInt(items.length) < end) throw fail(`list is length ${items.length}`)
  return listValue(items.slice(Number(start), Number(end)))
}

function sort({ items }: CelList, { items: keys }: CelList): CelList {
  if (items.length !== keys.length)
    throw new CelError('@sortByAssociatedKeys() expected a list of the same size as the associated keys list')
  const positions = items.map((_, i) => i).sort((a, b) => order(keys[a]!, keys[b]!))
  return listValue(positions.map((i) => items[i]!))
}

const contains = (a: CelList, b: CelList) => b.items.every((item) => a.items.some((other) => equal(other, item)))

export const lists: OverloadRow[] = [
  ...comparable.flatMap((type): OverloadRow[] => [
    [`list_${type}_is_sorted_bool`, `list(${type})::isSorted(): bool`, isSorted],
    [`list_${type}_max_${type}`, `list(${type})::max(): ${type}`, extreme('max', (found) => found > 0)],
    [`list_${type}_min_${type}`, `list(${type})::min(): ${type}`, extreme('min', (found) => found < 0)],
    [`list_${type}_sort`, `list(${type})::sort(): list(${type})`, (list: CelList) => sort(list, list)],
  ]),
  ...Object.entries(zeros).map(
    ([type, zero]): OverloadRow => [
      `list_${type}_sum_${type}`,
      `list(${type})::sum(): ${type}`,
      ({ items }: CelList) => items.reduce(add, zero),
    ],
  ),
  [
    'list_a_index_of_int',
    'list(A)::indexOf(A): int',
    ({ items }: CelList, value: CelValue) => BigInt(items.findIndex((item) => equal(item, value))),
  ],
  [
    'list_a_last_index_of_int',
    'list(A)::lastIndexOf(A): int',
    ({ items }: CelList, value: CelValue) => BigInt(items.findLastIndex((item) => equal(item, value))),
  ],
  ['list_slice', 'list(A)::slice(int, int): list(A)', slice],
  ['list_flatten', 'list(list(A))::flatten(): list(A)', ({ items }: CelList) => listValue(flatten(items, 1n))],
  ['list_flatten_int', 'list(dyn)::flatten(int): list(dyn)', ({ items }: CelList, depth: bigint) => listValue(flatten(items, depth))],
  ['lists_range', 'lists.range(int): list(int)', range],
  ['list_reverse', 'list(A)::reverse(): list(A)', ({ items }: CelList) => listValue(items.toReversed())],
  ['list_distinct', 'list(A)::distinct(): list(A)', distinct],
  ['list_sets_contains_list', 'sets.contains(list(A), list(A)): bool', contains],
  ['list_sets_equivalent_list', 'sets.equivalent(list(A), list(A)): bool', (a: CelList, b: CelList) => contains(a, b) && contains(b, a)],
  [
    'list_sets_intersects_list',
    'sets.intersects(list(A), list(A)): bool',
    (a: CelList, b: CelList) => a.items.some((item) => b.items.some((other) => equal(other, item))),
  ],
]

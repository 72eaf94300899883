/** Values that may be missing (cel-go cel/library.go, OptionalTypes). */
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import { type CelList, type CelMap, type CelOptional, type CelValue, isTagged, none, some } from '../values.ts'
import { findMember, itemAt } from './operators.ts'

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return true
  if (typeof value !== 'object') return false
  if (value instanceof Uint8Array) return value.length === 0
  if (isTagged(value, 'list')) return value.items.length === 0
  if (isTagged(value, 'map')) return value.entries.size === 0
  return isTagged(value, 'uint') ? value.value === 0n : isTagged(value, 'duration') && value.nanos === 0n
}

function unwrap({ value }: CelOptional): CelValue {
  if (value === undefined) throw new CelError('optional.none() dereference')
  return value
}

function optionalItem(list: CelList, index: CelValue): CelOptional {
  const position = typeof index === 'bigint' ? index : -1n
  return position >= 0n && position < BigInt(list.items.length) ? some(itemAt(list, index)) : none
}

const optionalMember = (map: CelMap, key: CelValue): CelOptional => {
  const found = findMember(map, key)
  return found === undefined ? none : some(found)
}

/** An optional in front of an index: none stays none. */
const through = <T extends CelValue>(inner: (container: T, key: CelValue) => CelOptional) => {
  return ({ value }: CelOptional, key: CelValue) => (value === undefined ? none : inner(value as T, key))
}

export const optionals: OverloadRow[] = [
  ['optional_of', 'optional.of(A): optional(A)', (value: CelValue) => some(value)],
  ['optional_ofNonZeroValue', 'optional.ofNonZeroValue(A): optional(A)', (value: CelValue) => (isZero(value) ? none : some(value))],
  ['optional_none', 'optional.none(): optional(A)', () => none],
  ['optional_value', 'optional(A)::value(): A', unwrap],
  ['optional_hasValue', 'optional(A)::hasValue(): bool', ({ value }: CelOptional) => value !== undefined],
  [
    'optional_or_optional',
    'optional(A)::or(optional(A)): optional(A)',
    (a: CelOptional, b: CelOptional) => (a.value === undefined ? b : a),
  ],
  ['optional_orValue_value', 'optional(A)::orValue(A): A', ({ value }: CelOptional, other: CelValue) => value ?? other],
  ['list_first', 'list(A)::first(): optional(A)', (list: CelList) => optionalItem(list, 0n)],
  ['list_last', 'list(A)::last(): optional(A)', (list: CelList) => optionalItem(list, BigInt(list.items.length - 1))],
  ['optional_list_optindex_optional_int', '_[?_](list(A), int): optional(A)', optionalItem],
  ['optional_map_optindex_optional_value', '_[?_](map(A, B), A): optional(B)', optionalMember],
  ['optional_list_optindex_int', '_[?_](optional(list(A)), int): optional(A)', through(optionalItem)],
  ['optional_map_optindex_value', '_[?_](optional(map(A, B)), A): optional(B)', through(optionalMember)],
  ['optional_list_index_int', '_[_](optional(list(A)), int): optional(A)', through(optionalItem)],
  ['optional_map_index_value', '_[_](optional(map(A, B)), A): optional(B)', through(optionalMember)],
]

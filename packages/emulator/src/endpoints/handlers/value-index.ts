import { createSortedKeys, type SortedKeys } from '../../storage/sorted-keys.ts'
import type { Collection, Revision } from '../../storage/storage.ts'
import type { Equality } from '../selectors.ts'

/** Keys of a collection by the value of one label or field. */
interface ValueIndex {
  read: Equality['read']
  keysByValue: Map<string, SortedKeys>
  valueByKey: Map<string, string>
}

/** What a collection is indexed by; made when first asked for. */
const maxIndexes = 8
const indexesOf = new WeakMap<Collection, Map<string, ValueIndex>>()

/** The newest states that can match all `equalities`, those of the rarest value, in the order of their keys. */
export function findByValue(collection: Collection, within: string, equalities: readonly Equality[]): Revision[] {
  const found = equalities.map((equality) => keysOf(indexOf(collection, equality), within, equality.values))
  const rarest = found.reduce((best, each) => (each.length < best.length ? each : best))
  return rarest.map((key) => collection.get(key)!)
}

function keysOf({ keysByValue }: ValueIndex, within: string, values: readonly string[]): string[] {
  const keys = values.flatMap((value) => keysWithin(keysByValue.get(value), within))
  return values.length > 1 ? keys.sort() : keys
}

function keysWithin(keys: SortedKeys | undefined, within: string): string[] {
  const found: string[] = []
  for (const chunk of keys?.from(within) ?? []) {
    for (const key of chunk) {
      if (!key.startsWith(within)) return found
      found.push(key)
    }
  }
  return found
}

function indexOf(collection: Collection, { name, read }: Equality): ValueIndex {
  let indexes = indexesOf.get(collection)
  if (indexes === undefined) {
    indexes = new Map()
    indexesOf.set(collection, indexes)
    const kept = indexes
    collection.watch('', (change) => {
      for (const index of kept.values()) follow(index, change)
    })
  }
  let index = indexes.get(name)
  if (index === undefined) {
    if (indexes.size >= maxIndexes) indexes.clear()
    index = { read, keysByValue: new Map(), valueByKey: new Map() }
    indexes.set(name, index)
    for (const revision of collection.list('')) follow(index, revision)
  }
  return index
}

function follow({ read, keysByValue, valueByKey }: ValueIndex, { key, object, deleted }: Revision): void {
  const before = valueByKey.get(key)
  const value = deleted ? undefined : read(object)
  if (value === before) return
  if (before !== undefined) {
    const keys = keysByValue.get(before)!
    keys.delete(key)
    if (keys.size === 0) keysByValue.delete(before)
  }
  if (value === undefined) valueByKey.delete(key)
  else {
    valueByKey.set(key, value)
    const keys = keysByValue.get(value) ?? createSortedKeys()
    keysByValue.set(value, keys)
    keys.add(key)
  }
}

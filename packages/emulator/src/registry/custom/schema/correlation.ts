import { deepEqual } from '../../../apimachinery/deep-copy.ts'
import { isMap, type JsonSchema, memberSchema } from './types.ts'

/** A value before an update, beside the one that takes its place, where the two can be told to be the same part of the object. */
export interface Correlated {
  old: unknown
  value: unknown
  /** The structural schema at this place. */
  schema: JsonSchema
}

export function correlatedMember(parent: Correlated | undefined, name: string): Correlated | undefined {
  if (parent === undefined || !isMap(parent.old) || !isMap(parent.value)) return undefined
  if (!Object.hasOwn(parent.old, name) || !Object.hasOwn(parent.value, name)) return undefined
  const schema = memberSchema(parent.schema, name)
  return schema === undefined ? undefined : { old: parent.old[name], value: parent.value[name], schema }
}

/** Items correspond by their keys in lists of type map; in others not at all. */
export function correlatedItem(parent: Correlated | undefined, index: number): Correlated | undefined {
  if (parent === undefined || !Array.isArray(parent.value) || index >= parent.value.length) return undefined
  const { items } = parent.schema
  const old = oldItemFor(parent.schema, parent.old)(parent.value[index])
  return old === undefined || items === undefined ? undefined : { old, value: parent.value[index], schema: items }
}

/** Finds the item of before that an item takes the place of: the first with its keys, in lists of type map. */
export function oldItemFor(schema: JsonSchema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0 || !Array.isArray(old)) return () => undefined
  return (item) => {
    const identity = keyOf(item, keys)
    return identity === undefined ? undefined : old.find((each) => keyOf(each, keys) === identity)
  }
}

/**
 * Whether the two are equal, as the API server compares them (apiserver, cel/common/equality.go): lists of type map in whatever order, and
 * maps with a member that the schema does not know never.
 */
export function isUnchanged(correlated: Correlated | undefined): boolean {
  if (correlated === undefined) return false
  const { old, value, schema } = correlated
  if (Array.isArray(value) && Array.isArray(old)) {
    if (schema['x-kubernetes-list-type'] !== 'map') return deepEqual(old, value)
    return old.length === value.length && value.every((_, i) => isUnchanged(correlatedItem(correlated, i)))
  }
  if (!isMap(value) || !isMap(old)) return deepEqual(old, value)
  const names = Object.keys(value)
  return names.length === Object.keys(old).length && names.every((name) => isUnchanged(correlatedMember(correlated, name)))
}

/** The keys of an item of a list of type map, as text that tells items apart; undefined where one is missing or no scalar. */
function keyOf(item: unknown, keys: readonly string[]): string | undefined {
  if (!isMap(item)) return undefined
  const values = keys.map((key) => item[key] ?? undefined)
  return values.some((value) => value === undefined || typeof value === 'object') ? undefined : JSON.stringify(values)
}

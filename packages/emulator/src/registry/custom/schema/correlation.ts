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
  if (parent === undefined || !Array.isArray(parent.old) || !Array.isArray(parent.value) || parent.schema.items === undefined)
    return undefined
  if (parent.schema['x-kubernetes-list-type'] !== 'map') return undefined
  const value = parent.value[index]
  const keys = parent.schema['x-kubernetes-list-map-keys'] ?? []
  const identity = keyOf(value, keys, parent.schema.items)
  if (identity === undefined) return undefined
  const old = parent.old.find((each) => keyOf(each, keys, parent.schema.items) === identity)
  return old === undefined ? undefined : { old, value, schema: parent.schema.items }
}

/** The keys of an item of a list of type map, as text that tells items apart. */
export function keyOf(item: unknown, keys: readonly string[], schema: JsonSchema | undefined): string | undefined {
  if (!isMap(item)) return undefined
  return JSON.stringify(keys.map((key) => item[key] ?? schema?.properties?.[key]?.default ?? null))
}

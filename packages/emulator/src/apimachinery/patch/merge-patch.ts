import { getMember, isObject, type JsonObject, setMember, withSortedKeys } from './json-object.ts'

/** Applies a JSON merge patch (RFC 7396) as the API server does: nulls inside what is added are dropped, nulls in a list are kept.
 * The current object is not changed; parts that the patch leaves alone are shared.
 */
export function applyMergePatch(current: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...current }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else setMember(merged, key, mergeValue(getMember(current, key), value))
  }
  return withSortedKeys(merged)
}

function mergeValue(current: unknown, patch: unknown): unknown {
  if (!isObject(current)) return withoutNulls(patch)
  return isObject(patch) ? applyMergePatch(current, patch) : patch
}

/** Drops members that are null, at any depth. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const kept: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    if (member !== null) setMember(kept, key, withoutNulls(member))
  }
  return withSortedKeys(kept)
}

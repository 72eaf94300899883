import { getMember, isObject, type JsonObject, setMember } from '../patch/json-object.ts'
import type { ListShape, MapShape, SchemaNode } from '../patch/schema.ts'
import { memberSchema } from './field-set.ts'
import { listElement, type PathElement } from './path-element.ts'

/** Merges an applied object into the live one: nothing is removed, leaves are the applied object's, and so is the order of lists
 * where it has a say (typed.Merge).
 * @throws SchemaMismatch
 */
export function mergeApplied(live: unknown, applied: unknown, schema: SchemaNode): unknown {
  if (applied === undefined) return copy(live, schema)
  if (live === undefined) return copy(applied, schema)
  const { map, list } = schema
  if (map !== undefined && isObject(applied)) return mergeMaps(isObject(live) ? live : {}, applied, map, applied)
  // a null stands for an empty map or list here, which adds nothing to a live one
  if (map !== undefined && applied === null && isObject(live) && !map.atomic && Object.keys(live).length > 0)
    return mergeMaps(live, {}, map, applied)
  if (list?.associative !== true) return applied
  if (!Array.isArray(applied) && !(applied === null && Array.isArray(live))) return applied
  return mergeLists(Array.isArray(live) ? live : [], applied ?? [], list, applied)
}

/** A value of one side alone, made anew as a merge makes it: elements that cannot be told apart are an error there, too. */
function copy(value: unknown, schema: SchemaNode): unknown {
  const { map, list } = schema
  if (map !== undefined && isObject(value)) return mergeMaps(value, {}, map, value)
  if (list?.associative === true && Array.isArray(value)) return mergeLists(value, [], list, value)
  return value
}

function mergeMaps(live: JsonObject, applied: JsonObject, map: MapShape, itself: unknown): unknown {
  if (map.atomic || (Object.keys(live).length === 0 && Object.keys(applied).length === 0)) return itself
  const merged: JsonObject = {}
  for (const key of Object.keys(live))
    setMember(merged, key, mergeApplied(live[key], getMember(applied, key), memberSchema(map, key) ?? {}))
  for (const key of Object.keys(applied)) {
    if (!Object.hasOwn(live, key)) setMember(merged, key, mergeApplied(undefined, applied[key], memberSchema(map, key) ?? {}))
  }
  return merged
}

function mergeLists(live: readonly unknown[], applied: readonly unknown[], list: ListShape, itself: unknown): unknown {
  if (live.length === 0 && applied.length === 0) return itself
  const lefts = live.map((item) => listElement(item, list))
  const rights = applied.map((item) => listElement(item, list))
  // of elements that are there twice, none is merged with the applied one
  const liveItems = new Map<PathElement, unknown>()
  for (const [index, element] of lefts.entries()) liveItems.set(element, liveItems.has(element) ? null : live[index])
  const appliedItems = new Map(rights.map((element, index) => [element, applied[index]]))
  const schema = list.element()
  const both = (element: PathElement) => mergeApplied(liveItems.get(element), appliedItems.get(element), schema)
  return interleave(lefts, rights, (element, index) => (index === undefined ? both(element) : mergeApplied(live[index], undefined, schema)))
}

/** Live elements that are not applied keep their place between the shared ones, which follow the applied order. `take` gets the live
 * index of an element that is live only.
 */
function interleave(
  lefts: readonly PathElement[],
  rights: readonly PathElement[],
  take: (element: PathElement, index?: number) => unknown,
): unknown[] {
  const isLive = new Set(lefts)
  const isApplied = new Set(rights)
  const shared = rights.filter((element) => isLive.has(element))
  const merged = new Set<PathElement>()
  const out: unknown[] = []
  let [left, right, nextShared] = [0, 0, 0]
  while (left < lefts.length || right < rights.length) {
    const element = lefts[left]
    if (element !== undefined && element === rights[right]) {
      merged.add(element)
      out.push(take(element))
      left++
      right++
      nextShared++
      continue
    }
    if (
      element !== undefined &&
      right < rights.length &&
      isApplied.has(element) &&
      nextShared < shared.length &&
      shared[nextShared] !== element
    ) {
      left++ // shared, but not its turn
      continue
    }
    if (element !== undefined && !isApplied.has(element)) {
      out.push(take(element, left++))
      continue
    }
    if (element !== undefined && merged.has(element)) left++
    const wanted = rights[right]
    if (wanted === undefined) continue
    merged.add(wanted)
    out.push(take(wanted))
    right++
    if (shared[nextShared] === wanted) nextShared++
  }
  return out
}

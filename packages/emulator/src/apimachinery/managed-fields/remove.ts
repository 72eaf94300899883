import { isObject, type JsonObject, setMember } from '../patch/json-object.ts'
import type { ListShape, MapShape, SchemaNode } from '../patch/schema.ts'
import { childrenOf, type FieldSet, hasChildren, hasElement, memberSchema } from './field-set.ts'
import { fieldElement, listElement } from './path-element.ts'

/** The object without the fields and elements of a set; what is atomic goes as a whole or stays (typed.RemoveItems).
 * A list or map that loses all becomes null.
 */
export function removeFields(value: unknown, fields: FieldSet, schema: SchemaNode): unknown {
  const { map, list } = schema
  if (map !== undefined && isObject(value)) return removeMembers(value, fields, map)
  if (list !== undefined && Array.isArray(value)) return removeElements(value, fields, list)
  return value
}

function removeMembers(value: JsonObject, fields: FieldSet, map: MapShape): JsonObject | null {
  if (map.atomic) return null
  const kept: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    const element = fieldElement(key)
    if (hasElement(fields, element)) continue
    const below = childrenOf(fields, element)
    setMember(kept, key, hasChildren(below) ? removeFields(member, below, memberSchema(map, key) ?? {}) : member)
  }
  return Object.keys(kept).length > 0 ? kept : null
}

function removeElements(value: readonly unknown[], fields: FieldSet, list: ListShape): unknown[] | null {
  if (!list.associative) return null
  const kept: unknown[] = []
  for (const item of value) {
    const element = listElement(item, list)
    if (hasElement(fields, element)) continue
    const below = childrenOf(fields, element)
    kept.push(hasChildren(below) ? removeFields(item, below, list.element()) : item)
  }
  return kept.length > 0 ? kept : null
}

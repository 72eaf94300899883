import { isObject } from '../patch/json-object.ts'
import type { ListShape, MapShape, SchemaNode } from '../patch/schema.ts'
import { EMPTY, type FieldSet, hasChildren, type MutableSet, makeNode, makeSet, memberSchema } from './field-set.ts'
import { fieldElement, listElement, type PathElement } from './path-element.ts'

/** The paths that an object mentions: leaves and elements, but not the maps that merely hold them (typed.ToFieldSet).
 * @throws SchemaMismatch
 */
export function fieldsOf(object: unknown, schema: SchemaNode): FieldSet {
  const { node } = fieldsBelow(object, schema)
  return node === undefined ? EMPTY : withoutSelf(node)
}

function withoutSelf(node: FieldSet): FieldSet {
  const { '.': _self, ...children } = node
  return makeSet(children)
}

/** The node of a value: undefined where the value brings nothing but its place. */
function fieldsBelow(value: unknown, schema: SchemaNode): { node: FieldSet | undefined } {
  const { map, list, scalar } = schema
  if (map !== undefined && (isObject(value) || scalar === undefined || value === null)) {
    if (map.atomic) return { node: EMPTY }
    return { node: isObject(value) ? mapFields(value, map) : undefined }
  }
  if (list !== undefined && (Array.isArray(value) || scalar === undefined)) {
    if (!list.associative) return { node: EMPTY }
    return { node: Array.isArray(value) ? listFields(value, list) : undefined }
  }
  return { node: EMPTY }
}

function mapFields(value: Record<string, unknown>, map: MapShape): FieldSet | undefined {
  const children: MutableSet = {}
  for (const key in value) {
    const member = value[key]
    const below = fieldsBelow(member, memberSchema(map, key) ?? {}).node
    const itself = !map.fields.has(key) || member === null || (isObject(member) && Object.keys(member).length === 0)
    const node = itself ? asMember(below) : below
    if (node !== undefined) children[fieldElement(key)] = node
  }
  return makeNode(false, children)
}

function listFields(items: readonly unknown[], list: ListShape): FieldSet | undefined {
  const children: MutableSet = {}
  const seen = new Set<PathElement>()
  for (const item of items) {
    const element = listElement(item, list)
    // of what is there twice, only the place is told
    children[element] = seen.has(element) ? EMPTY : asMember(fieldsBelow(item, list.element()).node)
    seen.add(element)
  }
  return makeNode(false, children)
}

function asMember(node: FieldSet | undefined): FieldSet {
  if (node === undefined || '.' in node || !hasChildren(node)) return node ?? EMPTY
  return { '.': EMPTY, ...node }
}

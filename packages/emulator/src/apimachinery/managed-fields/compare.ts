import { deepEqual } from '../deep-copy.ts'
import { isObject, type JsonObject } from '../patch/json-object.ts'
import type { ListShape, MapShape, SchemaNode } from '../patch/schema.ts'
import { emptiedMember, holdsEmptied } from '../scheme/emptied.ts'
import { EMPTY, type FieldSet, isEmpty, type MutableSet, makeNode, memberSchema } from './field-set.ts'
import { fieldElement, listElement, type PathElement, SchemaMismatch } from './path-element.ts'

/** What is different in the second of two objects. No path is in two of the sets. */
export interface Comparison {
  removed: FieldSet
  modified: FieldSet
  added: FieldSet
}

/** Compares two objects of one schema (structured-merge-diff, typed.Compare).
 * @throws SchemaMismatch
 */
export function compareObjects(left: unknown, right: unknown, schema: SchemaNode): Comparison {
  const { removed, modified, added } = compareValues(left, right, schema)
  return { removed: removed ?? EMPTY, modified: modified ?? EMPTY, added: added ?? EMPTY }
}

/** The parts below one value; undefined where there are none. */
type Parts = Partial<Comparison>
const NOTHING: Parts = {}

function compareValues(left: unknown, right: unknown, schema: SchemaNode): Parts {
  if (left === right && left !== undefined) return NOTHING
  if (left === undefined) return { added: wholeSet(right, schema) }
  if (right === undefined) return { removed: wholeSet(left, schema) }
  const { map, list } = schema
  if (map !== undefined && (isObject(left) || isObject(right))) return compareMaps(left, right, map)
  if (list !== undefined && (Array.isArray(left) || Array.isArray(right))) return compareLists(left, right, list)
  return isEmptySchema(schema) ? mismatch() : compareLeaves(left, right)
}

const isEmptySchema = ({ scalar, list, map }: SchemaNode) => scalar === undefined && list === undefined && map === undefined

function mismatch(): never {
  throw new SchemaMismatch('schema error: invalid atom: inlined')
}

const compareLeaves = (left: unknown, right: unknown): Parts =>
  deepEqual(left, right) && !holdsEmptiedInLists(right) ? NOTHING : { modified: EMPTY }

/** Elements of a list are compared as Go values, in which a list or map that was sent empty is another thing than none, as is stored. */
function holdsEmptiedInLists(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsEmptied)
  return isObject(value) && Object.values(value).some(holdsEmptiedInLists)
}

/** A value that is no map, or an empty one, has no members. */
const members = (value: unknown): JsonObject => (isObject(value) ? value : EMPTY_OBJECT)
const EMPTY_OBJECT: JsonObject = Object.freeze({})
/** A list that was empty when it was decoded is another thing than none. */
const memberOf = (object: JsonObject, key: string) => (object[key] === null ? (emptiedMember(object, key) ?? null) : object[key])
const isPlain = (value: unknown) => typeof value !== 'object' || Array.isArray(value)

function compareMaps(left: unknown, right: unknown, map: MapShape): Parts {
  const lefts = members(left)
  const rights = members(right)
  if (map.atomic || (isEmpty(lefts as FieldSet) && isEmpty(rights as FieldSet))) return compareLeaves(left, right)
  const collected = new Collected()
  for (const key in lefts) {
    collected.add(
      fieldElement(key),
      compareMember(memberOf(lefts, key), Object.hasOwn(rights, key) ? memberOf(rights, key) : undefined, map, key),
    )
  }
  for (const key in rights) {
    if (!Object.hasOwn(lefts, key)) collected.add(fieldElement(key), compareMember(undefined, memberOf(rights, key), map, key))
  }
  // a scalar or list on one side: the value itself has changed, too
  return collected.parts(isPlain(left) || isPlain(right))
}

function compareMember(left: unknown, right: unknown, map: MapShape, key: string): Parts {
  if (left === right) return NOTHING
  return compareValues(left, right, memberSchema(map, key) ?? mismatch())
}

function compareLists(left: unknown, right: unknown, list: ListShape): Parts {
  const lefts = Array.isArray(left) ? left : []
  const rights = Array.isArray(right) ? right : []
  if (!list.associative || (lefts.length === 0 && rights.length === 0)) return compareLeaves(left, right)
  if (deepEqual(lefts, rights)) return NOTHING
  const leftItems = group(lefts, list)
  const rightItems = group(rights, list)
  const collected = new Collected()
  for (const [element, items] of leftItems) collected.add(element, compareItems(items, rightItems.get(element) ?? [], list))
  for (const [element, items] of rightItems) if (!leftItems.has(element)) collected.add(element, compareItems([], items, list))
  return collected.parts(false)
}

/** Items by what tells them apart. Duplicates are kept together. */
function group(items: readonly unknown[], list: ListShape): Map<PathElement, unknown[]> {
  const groups = new Map<PathElement, unknown[]>()
  for (const [index, item] of items.entries()) {
    const element = elementAt(item, index, list)
    const known = groups.get(element)
    if (known === undefined) groups.set(element, [item])
    else known.push(item)
  }
  return groups
}

function elementAt(item: unknown, index: number, list: ListShape): PathElement {
  try {
    return listElement(item, list)
  } catch (error) {
    if (error instanceof SchemaMismatch) throw new SchemaMismatch(`element ${index}: ${error.message}`)
    throw error
  }
}

/** Duplicates are compared as one value; where there are some on one side only, the other side's single item goes or comes. */
function compareItems(left: unknown[], right: unknown[], list: ListShape): Parts {
  const schema = list.element()
  if (left.length <= 1 && right.length <= 1) return compareValues(left[0], right[0], schema)
  if (left.length > 1 && right.length > 1) return deepEqual(left, right) ? NOTHING : { modified: EMPTY }
  if (left.length > 1) return { removed: EMPTY, ...(right.length === 0 ? {} : { added: wholeSet(right[0], schema) }) }
  return { added: EMPTY, ...(left.length === 0 ? {} : { removed: wholeSet(left[0], schema) }) }
}

/** All paths of a value that is there on one side only, with every map and list on the way. */
function wholeSet(value: unknown, schema: SchemaNode): FieldSet {
  const { map, list } = schema
  const children: MutableSet = {}
  if (map !== undefined && isObject(value) && !map.atomic) {
    for (const key in value) children[fieldElement(key)] = wholeSet(value[key], memberSchema(map, key) ?? mismatch())
  } else if (list?.associative === true && Array.isArray(value)) {
    for (const [element, items] of group(value, list)) children[element] = items.length > 1 ? EMPTY : wholeSet(items[0], list.element())
  } else if (isEmptySchema(schema)) mismatch()
  return makeNode(true, children) ?? EMPTY
}

/** Gathers the parts of members. */
class Collected {
  private readonly removed: MutableSet = {}
  private readonly modified: MutableSet = {}
  private readonly added: MutableSet = {}

  add(element: PathElement, { removed, modified, added }: Parts): void {
    if (removed !== undefined) this.removed[element] = removed
    if (modified !== undefined) this.modified[element] = modified
    if (added !== undefined) this.added[element] = added
  }

  parts(modifiedItself: boolean): Parts {
    const parts: Parts = {}
    const removed = makeNode(false, this.removed)
    const modified = makeNode(modifiedItself, this.modified)
    const added = makeNode(false, this.added)
    if (removed !== undefined) parts.removed = removed
    if (modified !== undefined) parts.modified = modified
    if (added !== undefined) parts.added = added
    return parts
  }
}

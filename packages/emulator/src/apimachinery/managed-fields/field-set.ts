import { isObject } from '../patch/json-object.ts'
import type { MapShape, SchemaNode } from '../patch/schema.ts'
import { canonicalPathElement, comparePathElements, type PathElement, showPathElement } from './path-element.ts'

/**
 * A set of paths, kept as FieldsV1 writes it (meta/v1 FieldsV1): a trie in which a node without children is a member, a node with
 * children only if it holds `.`. Sets are never changed, so that they share what they have in common. At the root, `{}` is empty.
 */
export interface FieldSet {
  readonly [element: PathElement]: FieldSet
}

export const EMPTY: FieldSet = Object.freeze({})
const SELF = '.'

export const isEmpty = (set: FieldSet): boolean => {
  for (const _ in set) return false
  return true
}

const isMember = (node: FieldSet | undefined): boolean => node !== undefined && (SELF in node || isEmpty(node))

/** The paths below an element; EMPTY if there are none. */
export const childrenOf = (set: FieldSet, element: PathElement): FieldSet => set[element] ?? EMPTY

export const hasElement = (set: FieldSet, element: PathElement): boolean => isMember(set[element])

export const hasChildren = (node: FieldSet): boolean => {
  for (const element in node) if (element !== SELF) return true
  return false
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) node = node?.[element]
  return path.length > 0 && isMember(node)
}

/** A set in the making: children may be added in any order, and are put in theirs at the end. */
export type MutableSet = Record<PathElement, FieldSet>

/** A node of a set; undefined if it would be nothing. */
export function makeNode(member: boolean, children: MutableSet): FieldSet | undefined {
  const elements = Object.keys(children)
  if (elements.length === 0) return member ? EMPTY : undefined
  const sorted = inOrder(elements) ? children : sortChildren(children, elements)
  return member ? { [SELF]: EMPTY, ...sorted } : sorted
}

/** The root of a set. */
export const makeSet = (children: MutableSet): FieldSet => makeNode(false, children) ?? EMPTY

function inOrder(elements: PathElement[]): boolean {
  for (let index = 1; index < elements.length; index++) {
    if (comparePathElements(elements[index - 1] as string, elements[index] as string) > 0) return false
  }
  return true
}

function sortChildren(children: MutableSet, elements: PathElement[]): MutableSet {
  const sorted: MutableSet = {}
  for (const element of elements.sort(comparePathElements)) sorted[element] = children[element] as FieldSet
  return sorted
}

/** Walks two sets' children, and makes a node of what `combine` gives for each. */
type Combine = (left: FieldSet | undefined, right: FieldSet | undefined) => FieldSet | undefined

function combineChildren(left: FieldSet, right: FieldSet, combine: Combine, withRight: boolean): MutableSet {
  const children: MutableSet = {}
  for (const element in left) {
    if (element === SELF) continue
    const node = combine(left[element], right[element])
    if (node !== undefined) children[element] = node
  }
  if (!withRight) return children
  for (const element in right) {
    if (element === SELF || element in left) continue
    const node = combine(undefined, right[element])
    if (node !== undefined) children[element] = node
  }
  return children
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmpty(right)) return left
  if (isEmpty(left)) return right
  return makeSet(combineChildren(left, right, unionNode, true))
}

function unionNode(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet | undefined {
  if (left === undefined || left === right) return right
  if (right === undefined) return left
  return makeNode(isMember(left) || isMember(right), combineChildren(left, right, unionNode, true))
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return makeSet(combineChildren(left, right, intersectNode, false))
}

function intersectNode(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet | undefined {
  if (left === undefined || right === undefined) return undefined
  return makeNode(isMember(left) && isMember(right), combineChildren(left, right, intersectNode, false))
}

/** Without the members of the other set; what is below a member stays. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right) || isEmpty(left)) return left
  return makeSet(combineChildren(left, right, differNode, false))
}

function differNode(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet | undefined {
  if (left === undefined || right === undefined) return left
  return makeNode(isMember(left) && !isMember(right), combineChildren(left, right, differNode, false))
}

/** Without the members of the other set and all that is below them. */
export function recursiveDifference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right) || isEmpty(left)) return left
  return makeSet(combineChildren(left, right, differRecursively, false))
}

function differRecursively(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet | undefined {
  if (left === undefined || right === undefined) return left
  if (isMember(right)) return undefined
  return makeNode(isMember(left), combineChildren(left, right, differRecursively, false))
}

/** Adds the fields that a path leads through, where the schema names them. */
export function withNamedFields(set: FieldSet, schema: SchemaNode): FieldSet {
  return makeSet(namedChildren(set, schema))
}

function namedChildren(set: FieldSet, { map, list }: SchemaNode): MutableSet {
  const children: MutableSet = {}
  for (const element in set) {
    if (element === SELF) continue
    const node = set[element] as FieldSet
    const name = element.startsWith('f:') ? element.slice(2) : undefined
    const declared = name !== undefined && map?.fields.has(name) === true
    const below = name === undefined ? (element.startsWith('k:') ? list?.element() : undefined) : memberSchema(map, name)
    const made = makeNode(isMember(node) || declared, namedChildren(node, below ?? {}))
    if (made !== undefined) children[element] = made
  }
  return children
}

export function memberSchema(map: MapShape | undefined, name: string): SchemaNode | undefined {
  return map === undefined ? undefined : (map.fields.get(name)?.node ?? map.element)?.()
}

/** Each member's path as messages show it: the members of a level first, then what is below each. */
export function showPaths(set: FieldSet, prefix = ''): string[] {
  const elements = Object.keys(set).filter((element) => element !== SELF)
  const members = elements.filter((element) => isMember(set[element])).map((element) => prefix + showPathElement(element))
  return [...members, ...elements.flatMap((element) => showPaths(set[element] as FieldSet, prefix + showPathElement(element)))]
}

/** Reads FieldsV1 that a client wrote: elements in the server's spelling and order, unknown ones left out.
 * @throws Error when it is malformed
 */
export function readFieldSet(fields: unknown): FieldSet {
  if (!isObject(fields)) throw new Error('expect { or n')
  return makeSet(readChildren(fields))
}

function readChildren(fields: Record<string, unknown>): MutableSet {
  const children: MutableSet = {}
  for (const [text, value] of Object.entries(fields)) {
    const element = text === SELF ? undefined : canonicalPathElement(text)
    if (element === undefined) continue
    const below = isObject(value) ? value : {}
    const node = makeNode(SELF in below || Object.keys(below).length === 0, readChildren(below)) ?? EMPTY
    children[element] = node
  }
  return children
}

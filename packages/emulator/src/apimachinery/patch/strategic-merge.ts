import { newBadRequest, newPlainError, type StatusError } from '../status-error.ts'
import { getMember, goValue, isObject, type JsonObject, setMember } from './json-object.ts'
import { newUnprocessablePatch } from './json-patch.ts'
import { orderElements } from './merge-order.ts'
import type { FieldSchema, SchemaNode } from './schema.ts'

// The words of a strategic merge patch (API conventions, "Strategic Merge Patch").
const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const DELETE_FROM_LIST = '$deleteFromPrimitiveList'
const SET_ORDER = '$setElementOrder'

/** Applies a strategic merge patch. The current object is not changed; the patch is used up, and left as the API server's errors show it.
 * @throws StatusError 400 for a malformed directive, 500 (as the API server has it) for a patch that does not fit
 */
export function applyStrategicMergePatch(current: JsonObject, patch: JsonObject, schema: SchemaNode): JsonObject {
  return mergeMap(structuredClone(current), patch, schema)
}

// From here on both arguments are ours to change.

function mergeMap(original: JsonObject, patch: JsonObject, schema: SchemaNode): JsonObject {
  const directive = getMember(patch, DIRECTIVE)
  if (directive !== undefined) return mergeByDirective(directive, patch)
  applyRetainKeys(original, patch)
  applyElementOrders(original, patch, schema)
  for (const [key, value] of Object.entries(patch)) mergeMember(original, key, value, schema)
  return original
}

function mergeByDirective(directive: unknown, patch: JsonObject): JsonObject {
  if (directive === 'delete') return {}
  if (directive !== 'replace') throw newUnknownDirective(directive, patch)
  delete patch[DIRECTIVE]
  return patch
}

function mergeMember(original: JsonObject, key: string, patch: unknown, schema: SchemaNode): void {
  const deletes = key.startsWith(DELETE_FROM_LIST)
  const name = deletes ? directiveTarget(key, DELETE_FROM_LIST, 'invalid patch format of primitive list') : key
  if (patch === null) {
    delete original[name]
    return
  }
  const value = getMember(original, name)
  if (value !== undefined && isObject(value) && isObject(patch)) {
    const field = structField(schema, name)
    setMember(original, name, strategyOf(field) === 'replace' ? patch : mergeMap(value, patch, field.node()))
  } else if (Array.isArray(value) && Array.isArray(patch)) {
    const field = listField(schema, name)
    setMember(original, name, mergeField(value, patch, field, deletes))
  } else if (!deletes) {
    const kept = withoutDirectives(withoutNullMembers(patch))
    if (kept === undefined) delete original[name]
    else setMember(original, name, kept)
  }
}

function directiveTarget(key: string, prefix: string, error: string): string {
  if (!key.startsWith(`${prefix}/`)) throw newBadRequest(error)
  return key.slice(prefix.length + 1)
}

/** Drops null members at any depth, but no null elements. */
function withoutNullMembers(value: unknown): unknown {
  if (Array.isArray(value)) for (const item of value) withoutNullMembers(item)
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (member === null) delete value[key]
      else withoutNullMembers(member)
    }
  }
  return value
}

/** What is left of a value that merges with nothing: maps with a directive are dropped. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isObject(value)) return value
  if (Object.hasOwn(value, DIRECTIVE)) return undefined
  for (const [key, member] of Object.entries(value)) {
    const kept = withoutDirectives(member)
    if (kept === undefined) delete value[key]
    else setMember(value, key, kept)
  }
  return value
}

function structField(schema: SchemaNode, name: string): FieldSchema {
  const { map, list, typeName } = schema
  const isStruct = map !== undefined && (typeName !== undefined || map.fields.size > 0)
  if (!isStruct) {
    const kind = list !== undefined && map === undefined ? 'slice' : map === undefined ? goKind(schema) : 'map'
    throw newPlainError(`merging an object in json but data type is not struct, instead is: ${kind}`)
  }
  const field = map.fields.get(name) ?? findIgnoringCase(map.fields, name)
  if (field === undefined)
    throw newPlainError(`unable to find api field in struct ${typeName ?? ''} for the json field ${JSON.stringify(name)}`)
  return field
}

function findIgnoringCase(fields: ReadonlyMap<string, FieldSchema>, name: string): FieldSchema | undefined {
  const wanted = name.toLowerCase()
  for (const [known, field] of fields) if (known.toLowerCase() === wanted) return field
  return undefined
}

function listField(schema: SchemaNode, name: string): FieldSchema {
  const field = structField(schema, name)
  if (field.node().list === undefined) throw newPlainError('expected slice or array type, but got: struct')
  return field
}

function goKind({ scalar }: SchemaNode): string {
  if (scalar?.type === 'numeric') return scalar.format === '' || scalar.format === undefined ? 'int' : scalar.format
  return scalar?.type === 'boolean' ? 'bool' : 'string'
}

const strategyOf = (field: FieldSchema) => field.patchStrategies.find((strategy) => strategy !== 'retainKeys') ?? ''

/** The API server's answer where a value of another Go type was expected. */
const newWrongType = (expected: unknown, actual: unknown) =>
  newPlainError(`expected a ${goType(expected)}, but received a ${goType(actual)}`)
const newUnknownDirective = (directive: unknown, map: JsonObject) =>
  newPlainError(
    `unknown patch type: ${typeof directive === 'string' ? directive : `%!s(${goType(directive)}=${goValue(directive)})`} in map: ${goValue(map)}`,
  )
const newNoMergeKey = (map: JsonObject, key: string) => newPlainError(`map: ${goValue(map)} does not contain declared merge key: ${key}`)

function goType(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'map[string]interface {}'
}

// $retainKeys

function applyRetainKeys(original: JsonObject, patch: JsonObject): void {
  const retained = getMember(patch, RETAIN_KEYS)
  if (retained === undefined) return
  delete patch[RETAIN_KEYS]
  const bad = newBadRequest('invalid patch format of retainKeys')
  if (!Array.isArray(retained)) throw bad
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER)) continue
    if (!retained.includes(key)) throw bad
  }
  for (const key of Object.keys(original)) if (!retained.includes(key)) delete original[key]
}

// $setElementOrder

const BAD_ORDER = 'invalid patch format of setElementOrder list'

function applyElementOrders(original: JsonObject, patch: JsonObject, schema: SchemaNode): void {
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(SET_ORDER)) continue
    delete patch[key]
    if (!Array.isArray(order)) throw newWrongType([], order)
    const name = directiveTarget(key, SET_ORDER, BAD_ORDER)
    const current = listMember(original, name)
    const changes = listMember(patch, name)
    const field = listField(schema, name)
    checkOrder(changes ?? [], order, field.patchMergeKey)
    const merged = mergeUnderOrder(current, changes, field)
    if (merged === undefined) continue
    elementType([current ?? [], changes ?? []])
    setMember(original, name, orderElements(merged, order, current ?? [], field.patchMergeKey, keyOf))
    delete patch[name]
  }
}

function listMember(object: JsonObject, name: string): unknown[] | undefined {
  const value = getMember(object, name)
  if (value !== undefined && !Array.isArray(value)) throw newWrongType([], value)
  return value
}

function mergeUnderOrder(current: unknown[] | undefined, changes: unknown[] | undefined, field: FieldSchema): unknown[] | undefined {
  if (changes === undefined) return current
  if (current === undefined) return withoutDirectives(changes) as unknown[]
  return mergeField(current, changes, field, false)
}

/** The patch's elements must appear in the order list, in the same order. */
function checkOrder(changes: unknown[], order: unknown[], mergeKey: string): void {
  if (changes.length === 0 || order.length === 0) return
  const kept = mergeKey === '' ? changes : changes.filter((item) => getMember(asMap(item), DIRECTIVE) !== 'delete')
  let next = 0
  let at = 0
  while (next < kept.length && at < order.length) {
    const item = kept[next]
    if (isObject(item) && Object.hasOwn(item, DIRECTIVE)) {
      next++
      continue
    }
    if (sameElement(item, order[at], mergeKey)) next++
    at++
  }
  if (next >= kept.length) return
  throw newPlainError(`The order in patch list:\n${goValue(changes)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`)
}

function sameElement(left: unknown, right: unknown, mergeKey: string): boolean {
  return mergeKey === '' ? left === right : keyOf(left, mergeKey) === keyOf(right, mergeKey)
}

function asMap(value: unknown): JsonObject {
  if (!isObject(value)) throw newWrongType({}, value)
  return value
}

function keyOf(element: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return element
  const map = asMap(element)
  if (!Object.hasOwn(map, mergeKey)) throw newNoMergeKey(map, mergeKey)
  return map[mergeKey]
}

// lists

function mergeField(original: unknown[], patch: unknown[], field: FieldSchema, deletes: boolean): unknown[] {
  if (!deletes && strategyOf(field) !== 'merge') return patch
  return mergeList(original, patch, field, deletes)
}

function mergeList(original: unknown[], patch: unknown[], field: FieldSchema, deletes: boolean): unknown[] {
  if (original.length === 0 && patch.length === 0) return original
  const mergeKey = field.patchMergeKey
  if (elementType([original, patch]) !== 'map[string]interface {}') {
    if (deletes) return original.filter((item) => !patch.includes(item))
    return orderElements(withoutDuplicates([...original, ...patch]), patch, original, mergeKey, keyOf)
  }
  if (mergeKey === '') throw newPlainError('cannot merge lists without merge key for struct')
  const special = applySpecialElements(original as JsonObject[], patch as JsonObject[], mergeKey)
  const element = field.node().list?.element() ?? {}
  const merged = mergeElements(special.original, special.patch, mergeKey, element)
  return orderElements(merged, special.patch, special.original, mergeKey, keyOf)
}

/** All elements must be of one type, and not lists. */
function elementType(lists: unknown[][]): string {
  let type: string | undefined
  for (const item of lists.flat()) {
    const itemType = goType(item)
    if (Array.isArray(item) && type === undefined) throw newListOfLists()
    if (type !== undefined && type !== itemType) throw newPlainError(`list element types are not identical: ${goValue(lists)}`)
    type = itemType
  }
  if (type === undefined) throw newPlainError('no elements in any of the given slices')
  return type
}

/** The message, `lists of lists are not supported`, never reaches the client. */
const newListOfLists = (): StatusError => newUnprocessablePatch()

/** Puts the last element where a duplicate was, as the API server does: what follows orders them again. */
function withoutDuplicates(items: unknown[]): unknown[] {
  return [...new Set(items)]
}

interface Lists {
  original: JsonObject[]
  patch: JsonObject[]
}

function applySpecialElements(original: JsonObject[], patch: JsonObject[], mergeKey: string): Lists {
  const plain: JsonObject[] = []
  let replaces = false
  for (const element of patch) {
    const directive = getMember(element, DIRECTIVE)
    if (directive === undefined) plain.push(element)
    else if (directive === 'delete') deleteMatching(original, mergeKey, keyOf(element, mergeKey))
    else if (directive === 'replace') replaces = true
    else if (directive === 'merge') throw newPlainError('merging lists cannot yet be specified in the patch')
    else throw newUnknownDirective(directive, element)
  }
  return replaces ? { original: plain, patch: [] } : { original, patch: plain }
}

function deleteMatching(list: JsonObject[], mergeKey: string, value: unknown): void {
  for (let index = list.length - 1; index >= 0; index--) {
    if (getMember(list[index] as JsonObject, mergeKey) === value) list.splice(index, 1)
  }
}

function mergeElements(original: JsonObject[], patch: JsonObject[], mergeKey: string, element: SchemaNode): JsonObject[] {
  const merged = [...original]
  for (const item of patch) {
    const value = keyOf(item, mergeKey)
    const index = merged.findIndex((known) => getMember(known, mergeKey) === value)
    if (index < 0) merged.push(item)
    else merged[index] = mergeMap(merged[index] as JsonObject, item, element)
  }
  return merged
}

import { maxJsonDepth } from '../scheme/parse-json.ts'
import { StatusError } from '../status-error.ts'
import { getMember, goJson, isObject, type JsonObject, setMember, withSortedKeys } from './json-object.ts'

/** One operation as it came: every member may be missing or of a wrong type. */
export type JsonPatchOperation = JsonObject | null

/** Stands in a `test` operation for a string that equals none, as its text is not the one that the API server writes. */
export const OTHER_TEXT = Symbol('text that the API server would write another way')

/** How many bytes the `copy` operations of one patch may add. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024

/** The operation cannot be applied. The reason never reaches the client. */
class CannotApply extends Error {}

/** Applies a JSON patch (RFC 6902) with the API server's latitude: `replace` adds a missing member, negative indices count from
 * the end, `test` of null passes on a missing member, `copy` from a missing one gives null. The current value is not changed.
 * @throws StatusError 422 without a reason for the client, when an operation cannot be applied
 */
export function applyJsonPatch(current: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const document: Document = { root: structuredClone(current), touched: new Set(), copied: 0 }
  try {
    for (const operation of operations) applyOperation(document, operation ?? {})
  } catch (error) {
    // What has become too deep for the stack will not get flat again.
    if (error instanceof CannotApply || error instanceof RangeError) throw newUnprocessablePatch()
    throw error
  }
  if (operations.some(deepens) && isTooDeep(document.root)) throw newUnprocessablePatch()
  document.touched.add(document.root)
  return sortTouched(document.root, document.touched)
}

/** The API server's answer to a patch whose text is fine but which does not fit the object. */
export function newUnprocessablePatch(): StatusError {
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  })
}

interface Document {
  root: unknown
  /** Containers that a pointer went through: the API server writes these with their keys sorted. */
  touched: Set<unknown>
  copied: number
}

function sortTouched(value: unknown, touched: Set<unknown>): unknown {
  if (!touched.has(value)) return value
  if (Array.isArray(value)) return value.map((item) => sortTouched(item, touched))
  const object = value as JsonObject
  for (const key of Object.keys(object)) setMember(object, key, sortTouched(object[key], touched))
  return withSortedKeys(object)
}

const deepens = (operation: JsonPatchOperation) =>
  operation?.['op'] === 'copy' || operation?.['op'] === 'move' || typeof operation?.['value'] === 'object'

/** Whether an object could not be read back, for its depth. */
function isTooDeep(root: unknown): boolean {
  let level = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxJsonDepth) return true
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return false
}

type Apply = (document: Document, operation: JsonObject) => void

const OPERATIONS: Record<string, Apply> = {
  add: (document, operation) => add(locate(document, pointer(operation, 'path')), structuredClone(operand(operation) ?? null)),
  remove: (document, operation) => remove(locate(document, pointer(operation, 'path'))),
  replace: (document, operation) => {
    const path = pointer(operation, 'path')
    const value = structuredClone(operand(operation))
    if (path === '') {
      if (typeof value !== 'object' || value === null) throw new CannotApply()
      document.root = value
      return
    }
    const place = locate(document, path)
    get(place)
    set(place, value ?? null)
  },
  move: (document, operation) => {
    const from = locate(document, pointer(operation, 'from'))
    const value = get(from)
    remove(from)
    add(locate(document, pointer(operation, 'path')), value ?? null)
  },
  copy: (document, operation) => {
    const value = get(locate(document, pointer(operation, 'from')))
    const to = locate(document, pointer(operation, 'path'))
    if (value !== undefined && value !== null) document.copied += goJson(value).length
    if (document.copied > MAX_COPIED_BYTES) throw new CannotApply()
    add(to, value === undefined ? null : structuredClone(value))
  },
  test: (document, operation) => {
    const path = pointer(operation, 'path')
    const expected = operand(operation) ?? null
    const actual = path === '' ? document.root : (get(locate(document, path)) ?? null)
    if (!equal(actual, expected)) throw new CannotApply()
  },
}

function applyOperation(document: Document, operation: JsonObject): void {
  const op = getMember(operation, 'op')
  const apply = typeof op === 'string' && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined
  if (apply === undefined) throw new CannotApply()
  apply(document, operation)
}

const operand = (operation: JsonObject) => getMember(operation, 'value')

function pointer(operation: JsonObject, member: 'path' | 'from'): string {
  const value = getMember(operation, member)
  if (typeof value !== 'string') throw new CannotApply()
  return value
}

interface Place {
  container: unknown[] | JsonObject
  key: string
}

const decodeKey = (token: string) => token.replaceAll(/~1|~0/g, (escaped) => (escaped === '~1' ? '/' : '~'))

/** The container that a pointer leads to, and the last token. What stands before the first slash is ignored. */
function locate({ root, touched }: Document, path: string): Place {
  const [, ...tokens] = path.split('/').map(decodeKey)
  const key = tokens.pop()
  if (key === undefined) throw new CannotApply()
  let container = root
  touched.add(container)
  for (const token of tokens) {
    container = get({ container: container as Place['container'], key: token })
    if (typeof container !== 'object' || container === null) throw new CannotApply()
    touched.add(container)
  }
  return { container: container as Place['container'], key }
}

/** An index as Go's strconv reads it, counted from the end when negative. */
function index(key: string, length: number, limit: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new CannotApply()
  const number = Number(key)
  const found = number < 0 ? number + length : number
  if (found < 0 || found > limit) throw new CannotApply()
  return found
}

function get({ container, key }: Place): unknown {
  if (!Array.isArray(container)) return getMember(container, key)
  return container[index(key, container.length, container.length - 1)]
}

function set({ container, key }: Place, value: unknown): void {
  if (Array.isArray(container)) container[index(key, container.length, container.length - 1)] = value
  else setMember(container, key, value)
}

function add({ container, key }: Place, value: unknown): void {
  if (!Array.isArray(container)) setMember(container, key, value)
  else if (key === '-') container.push(value)
  // a negative index counts from behind the last element here
  else container.splice(index(key, container.length + 1, container.length), 0, value)
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) {
    container.splice(index(key, container.length, container.length - 1), 1)
    return
  }
  if (!Object.hasOwn(container, key)) throw new CannotApply()
  delete container[key]
}

function equal(left: unknown, right: unknown): boolean {
  if (Array.isArray(left)) return Array.isArray(right) && left.length === right.length && left.every((item, at) => equal(item, right[at]))
  if (!isObject(left)) return left === right
  if (!isObject(right)) return false
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]))
}

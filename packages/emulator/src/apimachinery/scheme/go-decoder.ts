import { quote } from '../quote.ts'
import { GoTypeError, readScalar } from './go-scalars.ts'
import { type JsonNode, setMember } from './json-tree.ts'
import { containerOf, type Field, type TypeTable } from './types.ts'

/** What Go's decoder made of a text: values cleaned of all that is wrong or unknown, and what a strict decoder objects to. */
export interface CarefulResult {
  value: Record<string, unknown>
  strictErrors: string[]
}

const mostStrictErrors = 100
const schemaProps = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaProps'

interface State {
  types: TypeTable
  strict: boolean
  strictErrors: Set<string>
  /** The first error that does not stop the decoder. It wins only if nothing worse follows. */
  saved: GoTypeError | Error | undefined
  /** The struct and the fields that an error of now would name. */
  struct: string
  fields: string[]
}

/** The element or field that a value is for. */
interface Target {
  kind: string
  type: string
  goType: string
  pointer: boolean
}

/**
 * Decodes as Go's encoding/json (in the case-sensitive variant that Kubernetes uses) decodes into a struct, in the order of the text. Slow,
 * exact, and for texts that are not as they should be. Throws an Error with Go's text.
 */
export function decodeCarefully(types: TypeTable, typeName: string, tree: JsonNode, strict: boolean): CarefulResult {
  const state: State = { types, strict, strictErrors: new Set(), saved: undefined, struct: '', fields: [] }
  const value = runDecoder(
    state,
    { kind: 'message', type: typeName, goType: typeName.slice(typeName.lastIndexOf('/') + 1), pointer: false },
    tree,
  )
  return { value: (value ?? {}) as Record<string, unknown>, strictErrors: [...state.strictErrors] }
}

function runDecoder(state: State, target: Target, tree: JsonNode): unknown {
  let value: unknown
  try {
    value = decodeValue(state, target, tree, undefined, '')
  } catch (error) {
    throw inContext(state, error as Error)
  }
  if (state.saved !== undefined) throw state.saved
  return value
}

/** An error about a type names the struct and the path of fields that led to it. */
function inContext(state: State, error: Error): Error {
  if (error instanceof GoTypeError && (state.struct !== '' || state.fields.length > 0)) {
    return error.within(state.struct, state.fields)
  }
  return error
}

function save(state: State, error: Error): void {
  state.saved ??= inContext(state, error)
}

function addStrictError(state: State, what: 'unknown' | 'duplicate', path: string): void {
  if (state.strict && state.strictErrors.size < mostStrictErrors) state.strictErrors.add(`${what} field ${quote(path)}`)
}

function decodeValue(state: State, target: Target, node: JsonNode, previous: unknown, path: string): unknown {
  const { container, element } = containerOf(target.kind)
  if (container === 'list' || target.kind === 'items') {
    return decodeList(state, target, container === 'list' ? element : target.type, node, previous, path)
  }
  if (container === 'map') return decodeMap(state, target, element, node, previous, path)
  if (target.kind === 'message') return decodeStruct(state, target, node, previous, path)
  if (target.kind.startsWith('schema-or-')) return decodeSchemaUnion(state, target, node)
  if (node.type === 'null') return nullOf(target, previous)
  try {
    return readScalar(target.kind, target.goType, node)
  } catch (error) {
    // Types with a decoder of their own stop everything; the others go on.
    if ((error as { fatal?: boolean }).fatal === true) throw error
    save(state, error as Error)
    return previous
  }
}

const resetByNull = new Set(['bytes', 'time', 'microtime', 'quantity', 'intstr'])

/** null sets a pointer to nil, and leaves other values as they are. */
function nullOf({ kind, pointer }: Target, previous: unknown): unknown {
  return pointer || resetByNull.has(kind) ? null : previous
}

function wrongType(state: State, { goType }: Target, node: JsonNode): void {
  save(state, new GoTypeError(node.type, goType))
}

function decodeList(state: State, target: Target, element: string, node: JsonNode, previous: unknown, path: string): unknown {
  if (node.type === 'null') return null
  if (node.type !== 'array') {
    wrongType(state, target, node)
    return previous
  }
  const before = Array.isArray(previous) ? previous : []
  const item = elementTarget(target, element, target.kind === 'items' ? '' : target.type)
  // A list that comes twice is decoded over its first self, element by element.
  return node.items.map((child, i) => decodeValue(state, item, child, before[i], `${path}[${i}]`))
}

function decodeMap(state: State, target: Target, element: string, node: JsonNode, previous: unknown, path: string): unknown {
  if (node.type === 'null') return null
  if (node.type !== 'object') {
    wrongType(state, target, node)
    return previous
  }
  const output = (previous ?? {}) as Record<string, unknown>
  const item = elementTarget(target, element, target.type)
  const seen = new Set<string>()
  for (const [key, child] of node.members) {
    const memberPath = path === '' ? key : `${path}.${key}`
    if (seen.has(key)) addStrictError(state, 'duplicate', memberPath)
    seen.add(key)
    setMember(output, key, decodeValue(state, item, child, undefined, memberPath) ?? null)
  }
  return output
}

const goTypeOfKind: Readonly<Record<string, string>> = {
  bytes: '[]uint8',
  int: 'int64',
  double: 'float64',
  quantity: 'resource.Quantity',
  items: '[]string',
}

function elementTarget({ goType, type: outer }: Target, kind: string, type: string): Target {
  const stripped = /^(?:\[\]|map\[[\w.]+\])(.+)$/.exec(goType)?.[1]?.replace(/^\*/, '')
  const message = type === '' && kind === 'message' ? outer : type
  // A list whose Go type has a name of its own does not tell what it is a list of.
  const named = kind === 'message' ? message.slice(message.lastIndexOf('/') + 1) : undefined
  return { kind, type: message, goType: stripped ?? named ?? goTypeOfKind[kind] ?? kind, pointer: false }
}

function decodeStruct(state: State, target: Target, node: JsonNode, previous: unknown, path: string): unknown {
  if (node.type === 'null') return nullOf(target, previous)
  if (node.type !== 'object') {
    wrongType(state, target, node)
    return previous
  }
  const type = state.types.get(target.type)
  const output = (previous ?? {}) as Record<string, unknown>
  const { struct } = state
  const depth = state.fields.length
  const seen = new Set<Field>()
  for (const [key, child] of node.members) {
    const field = type.byName.get(key)
    const memberPath = path === '' ? key : `${path}.${key}`
    if (field === undefined) {
      addStrictError(state, 'unknown', memberPath)
      continue
    }
    if (seen.has(field)) addStrictError(state, 'duplicate', memberPath)
    seen.add(field)
    state.struct = type.goName
    state.fields.push(...field.embedded, field.name)
    const value = decodeValue(state, field, child, output[field.name], memberPath)
    if (value !== undefined) output[field.name] = value
    state.struct = struct
    state.fields.length = depth
  }
  return output
}

/** JSON Schema's places where a bool or a list may stand for a schema; their decoder starts anew, is not strict and stops at any error. */
function decodeSchemaUnion(state: State, target: Target, node: JsonNode): unknown {
  if (node.type === 'null' && target.pointer) return null
  const inner: State = { types: state.types, strict: false, strictErrors: new Set(), saved: undefined, struct: '', fields: [] }
  const schema: Target = { kind: 'message', type: schemaProps, goType: 'v1.JSONSchemaProps', pointer: false }
  if (node.type === 'object') return runDecoder(inner, schema, node)
  if (target.kind === 'schema-or-bool') {
    if (node.type !== 'bool') throw new Error('boolean or JSON schema expected')
    return node.value
  }
  // What is neither is read as a union with nothing in it; no value at all would be none.
  if (node.type !== 'array') return false
  const list =
    target.kind === 'schema-or-list'
      ? { ...schema, kind: '[]message', goType: '[]v1.JSONSchemaProps' }
      : { ...schema, kind: '[]string', goType: '[]string' }
  return runDecoder(inner, list, node)
}

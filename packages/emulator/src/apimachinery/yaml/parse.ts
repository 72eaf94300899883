import { parseNodes, YamlError, type YamlNode, type YamlTrees } from './parser.ts'
import { resolveScalar } from './resolve.ts'

export interface YamlDocument {
  value: unknown
  /** From 1. */
  line: number
  /** Of what stands at a path in it; undefined if there is nothing. */
  lineOf(path: YamlPath): number | undefined
}

/** Keys and indexes. */
export type YamlPath = readonly (string | number)[]

export interface YamlBody {
  value: unknown
  /** What a strict reader says of keys that come twice in one mapping; undefined if none do. */
  duplicates: string | undefined
}

/** The documents of a manifest, without the empty ones. Throws a YamlError. */
export function parseYamlDocuments(text: string): YamlDocument[] {
  const documents: YamlDocument[] = []
  const { documents: trees, place } = parseNodes(text)
  for (const { root, offset } of trees) {
    const value = toJson({ place, duplicates: [] }, root)
    if (value === null) continue
    const lineOf = (path: YamlPath) => {
      const node = nodeAt(root, path)
      return node && place(node.offset).line
    }
    documents.push({ value, line: place(offset).line, lineOf })
  }
  return documents
}

function nodeAt(root: YamlNode, path: YamlPath): YamlNode | undefined {
  let node: YamlNode | undefined = root
  for (const part of path) {
    if (node?.type === 'sequence') node = node.items[Number(part)]
    else if (node?.type === 'mapping') node = node.pairs.find(([key]) => key.type === 'scalar' && key.value === part)?.[1]
    else return undefined
  }
  return node
}

/** The first document of a request's body, as the API server turns it into JSON. Throws a YamlError. */
export function parseYamlBody(text: string): YamlBody {
  const {
    documents: [first],
    place,
  } = parseFirst(text)
  if (first === undefined) return { value: null, duplicates: undefined }
  const state: State = { place, duplicates: [] }
  const value = toJson(state, first.root)
  const duplicates =
    state.duplicates.length === 0 ? undefined : `yaml: unmarshal errors:\n${state.duplicates.map((d) => `  ${d}`).join('\n')}`
  return { value, duplicates }
}

/** What follows the first document is never looked at, be it right or wrong. */
function parseFirst(text: string): YamlTrees {
  try {
    return parseNodes(text)
  } catch (error) {
    const end = endOfFirst(text)
    // Within quotes there is no end of a document.
    if (!(error instanceof YamlError) || end === undefined || error.message.endsWith('document indicator')) throw error
    const first = text.slice(0, end)
    if (error.line <= first.split('\n').length - 1) throw error
    return parseNodes(first)
  }
}

/** Where a line begins that ends a document in which there is something. */
function endOfFirst(text: string): number | undefined {
  for (const { index } of text.matchAll(/\n(?=(?:---|\.\.\.)(?:\s|$))/g)) {
    if (text.slice(text.lastIndexOf('\n', index - 1) + 1, index).trim() !== '') return index + 1
  }
  return undefined
}

interface State {
  place: YamlTrees['place']
  duplicates: string[]
}

function toJson(state: State, node: YamlNode): unknown {
  if (node.type === 'sequence') return node.items.map((item) => toJson(state, item))
  return node.type === 'mapping' ? objectOf(state, node) : scalarValue(state, node)
}

type Mapping = Extract<YamlNode, { type: 'mapping' }>

function objectOf(state: State, node: Mapping): unknown {
  const members = new Map<string, unknown>()
  fill(state, node, members)
  const object: Record<string, unknown> = {}
  for (const key of [...members.keys()].sort()) {
    Object.defineProperty(object, key, { value: members.get(key), enumerable: true, writable: true, configurable: true })
  }
  return object
}

/** Merged mappings (`<<`) take effect where they stand: what comes later wins. */
function fill(state: State, node: Mapping, members: Map<string, unknown>): void {
  for (const [key, value] of node.pairs) {
    if (isMerge(key)) merge(state, value, members)
    else setMember(state, key, value, members)
  }
}

const isMerge = (key: YamlNode) => key.type === 'scalar' && key.value === '<<' && ((key.plain && key.tag === '') || key.tag === '!!merge')

function merge(state: State, value: YamlNode, members: Map<string, unknown>): void {
  const sources = value.type === 'sequence' ? value.items.toReversed() : [value]
  for (const source of sources) {
    if (source.type !== 'mapping') {
      throw new YamlError('yaml: map merge requires map or sequence of maps as the value', state.place(source.offset))
    }
    fill(state, source, members)
  }
}

function setMember(state: State, key: YamlNode, value: YamlNode, members: Map<string, unknown>): void {
  if (key.type !== 'scalar')
    throw new YamlError(`yaml: invalid map key: ${goSyntax(toJson(state, key))}`, {
      reason: 'a key must be a scalar',
      ...state.place(key.offset),
    })
  const resolved = scalarValue(state, key)
  if (resolved === null) {
    const shown = value.type === 'scalar' ? JSON.stringify(scalarValue(state, value)) : ''
    throw new YamlError(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${shown}`, {
      reason: 'a key must not be null',
      ...state.place(key.offset),
    })
  }
  const name = typeof resolved === 'number' ? keyOfNumber(resolved) : String(resolved)
  if (members.has(name)) {
    const shown = typeof resolved === 'string' ? JSON.stringify(resolved) : String(resolved)
    state.duplicates.push(`line ${state.place(value.offset).line}: key ${shown} already set in map`)
  }
  members.set(name, toJson(state, value))
}

/** As Go's %#v shows collections. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${goSyntax(member)}`)
  return `map[interface {}]interface {}{${members.join(', ')}}`
}

/** Keys that are floats are shortened to single precision. */
function keyOfNumber(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString()
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  const single = Math.fround(value)
  for (let digits = 1; digits < 10; digits++) {
    const text = single.toPrecision(digits)
    if (Math.fround(Number(text)) === single) return String(Number(text))
  }
  return String(single)
}

function scalarValue({ place }: State, { value, plain, tag, offset }: Extract<YamlNode, { type: 'scalar' }>): unknown {
  const fail = (message: string) => new YamlError(message, place(offset))
  if (tag === '!!binary') return Buffer.from(value, 'base64').toString()
  if (tag === '!!str' || (tag === '' && !plain) || !isResolved(tag)) return value
  const resolved = resolveScalar(value)
  const wanted = tag.slice(2)
  const fits = tag === '' || wanted === resolved.tag || (wanted === 'float' && resolved.tag === 'int')
  if (!fits) throw fail(`yaml: cannot decode !!${resolved.tag} \`${value}\` as a ${tag}`)
  if (typeof resolved.value === 'number' && !Number.isFinite(resolved.value))
    throw fail(`json: unsupported value: ${infinite(resolved.value)}`)
  return resolved.value
}

const isResolved = (tag: string) => ['', '!!bool', '!!int', '!!float', '!!null', '!!timestamp'].includes(tag)
const infinite = (value: number) => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')

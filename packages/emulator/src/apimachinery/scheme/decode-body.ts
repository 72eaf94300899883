import type { Facts } from '../../facts/types.ts'
import { formatGroupVersion, type GroupVersion, type GroupVersionKind, parseGroupVersion } from '../group-version.ts'
import type { KubeObject } from '../object.ts'
import { quote } from '../quote.ts'
import { newBadRequest } from '../status-error.ts'
import { GoTypeError } from './go-scalars.ts'
import type { JsonNode } from './json-tree.ts'
import { type ParsedJson, parseJson } from './parse-json.ts'
import type { Decoded, Scheme } from './scheme.ts'

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export interface DecodeBodyOptions {
  /** Default Warn, as on the server. */
  fieldValidation?: FieldValidation
  /** Which versions of its kind a resource takes; default: the expected one alone. */
  accepts?: (groupVersion: GroupVersion) => boolean
}

export interface DecodedBody {
  object: KubeObject
  /** Texts of Warning headers. */
  warnings: string[]
}

/** Reads a body in one media type: finds the kind it names, and decodes it as that kind. */
export interface BodyReader {
  /** The kind that the body names; empty parts where it names none. Throws an Error with Go's text. */
  kind: GroupVersionKind
  decode(gvk: GroupVersionKind, strict: boolean): Decoded
}

export interface BodyDecoder {
  /**
   * Decodes a request's body. Throws StatusErrors (400) in the server's words.
   * @param expected the kind of the resource, which also stands in for a kind that the body leaves out
   */
  decodeBody(bytes: Uint8Array, mediaType: string, expected: GroupVersionKind, options?: DecodeBodyOptions): DecodedBody
}

/** Media types and how they are read, by type without parameters. */
export type BodyReaders = Readonly<Record<string, (bytes: Uint8Array, scheme: Scheme) => BodyReader>>

export function createBodyDecoder(facts: Facts, scheme: Scheme, readers: BodyReaders): BodyDecoder {
  const kinds = createKindRegistry(facts)

  return {
    decodeBody(bytes, mediaType, expected, { fieldValidation = 'Warn', accepts } = {}) {
      const reader = readers[mediaType.split(';')[0]?.trim().toLowerCase() ?? ''] ?? readJsonBody
      const body = attempt(
        () => reader(bytes, scheme),
        (why) => `the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summarize(bytes)})`,
      )
      const gvk = withDefaults(body.kind, expected)
      const handled = (why: string) => `${gvk.kind} in version ${quote(gvk.version)} cannot be handled as a ${expected.kind}: ${why}`
      if (gvk.version === '') throw newBadRequest(handled(`Object 'apiVersion' is missing in '${utf8.decode(bytes)}'`))
      const decoded = attempt(() => decodeAs(body, gvk, expected, fieldValidation !== 'Ignore'), handled)
      if (decoded.strictErrors.length > 0 && fieldValidation === 'Strict') {
        throw newBadRequest(handled(`strict decoding error: ${decoded.strictErrors.join(', ')}`))
      }
      if (!(accepts?.(gvk) ?? formatGroupVersion(gvk) === formatGroupVersion(expected))) throw versionMismatch(gvk, expected)
      return { object: decoded.object, warnings: warningsOf(decoded.strictErrors) }
    },
  }

  /** Kinds of versions that are not served decode too, as far as to be refused for their version. */
  function decodeAs(body: BodyReader, gvk: GroupVersionKind, expected: GroupVersionKind, strict: boolean): Decoded {
    const known = kinds.find(gvk, expected.group)
    const served = scheme.typeOf(gvk) !== undefined
    const decoded = served
      ? body.decode(gvk, strict)
      : { object: { apiVersion: formatGroupVersion(gvk), kind: gvk.kind } as KubeObject, strictErrors: [] }
    const wanted = kinds.find(expected, expected.group)
    if (known.internal !== wanted.internal) {
      throw new Error(`converting (${known.type}) to (${wanted.internal.replace(/^\*/, '')}): unknown conversion`)
    }
    return decoded
  }
}

function versionMismatch(gvk: GroupVersionKind, expected: GroupVersionKind) {
  const [actual, wanted] = [formatGroupVersion(gvk), formatGroupVersion(expected)]
  return newBadRequest(`the API version in the data (${actual}) does not match the expected API version (${wanted})`)
}

function attempt<T>(action: () => T, describe: (why: string) => string): T {
  try {
    return action()
  } catch (error) {
    // A fault of ours, or of the machine that could not read its facts; not of the body.
    if (error instanceof TypeError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw newBadRequest(describe((error as Error).message))
  }
}

/** One warning for each thing that is wrong; a YAML reader tells of several at once. */
export function warningsOf(strictErrors: readonly string[]): string[] {
  return strictErrors.flatMap((text) => {
    const list = /^(?:yaml|error converting YAML to JSON: yaml): unmarshal errors:\n([\s\S]*)$/.exec(text)?.[1]
    return list === undefined ? [text] : list.split('\n').map((line) => line.trim())
  })
}

/** A kind or version that the body leaves out is the expected one (Go: gvkWithDefaults). */
function withDefaults(actual: GroupVersionKind, expected: GroupVersionKind): GroupVersionKind {
  const kind = actual.kind === '' ? expected.kind : actual.kind
  if (actual.version !== '') return { group: actual.group, version: actual.version, kind }
  if (actual.group === '' || actual.group === expected.group) return { group: expected.group, version: expected.version, kind }
  return { group: actual.group, version: '', kind }
}

/** The beginning of a body, for an error: text if it looks like JSON, hexadecimal otherwise. */
export function summarize(bytes: Uint8Array): string {
  const most = 30
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, most))
  if (buffer.length === 0) return '<empty>'
  return buffer.toString(buffer[0] === 0x7b ? 'utf8' : 'hex') + (bytes.byteLength > most ? ' ...' : '')
}

/** The kinds that the server's schemes know: their Go types, and the types that they are converted to. */
function createKindRegistry(facts: Facts) {
  const schemeOf = (group: string) =>
    group === 'apiextensions.k8s.io' ? 'apiextensions' : group === 'apiregistration.k8s.io' ? 'aggregator' : 'core'
  return {
    find(gvk: GroupVersionKind, servedBy: string): { type: string; internal: string } {
      const id = schemeOf(servedBy)
      const groupVersion = formatGroupVersion(gvk)
      const key = `${groupVersion}/${gvk.kind}`
      const kinds = facts.goNames.schemes[id]
      const known = Object.hasOwn(kinds, key) ? kinds[key] : undefined
      if (known === undefined) {
        throw unknownKind(gvk.kind, groupVersion)
      }
      return { type: known[0], internal: known[1] }
    },
  }
}

export const unknownKind = (kind: string, groupVersion: string): Error =>
  new Error(`no kind ${quote(kind)} is registered for version ${quote(groupVersion)} in scheme ${quote(schemeName)}`)

export const unknownType = (goType: string): Error =>
  new Error(`no kind is registered for the type ${goType} in scheme ${quote(schemeName)}`)

/** How the server's schemes name themselves: after the line of Go that makes them. */
const schemeName = 'pkg/runtime/scheme.go:111'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export function readJsonBody(bytes: Uint8Array, scheme: Scheme): BodyReader {
  return readJsonText(utf8.decode(bytes), scheme)
}

export function readJsonText(text: string, scheme: Scheme): BodyReader {
  const parsed = parseForKind(text)
  return {
    kind: kindOf(parsed),
    decode: (gvk, strict) => scheme.decodeSource(gvk, parsed, { strict }),
  }
}

const noKind = "couldn't get version/kind; json parse error: "

/** @throws Error with Go's text for what is no JSON */
export function parseForKind(text: string): ParsedJson {
  try {
    return parseJson(text)
  } catch (error) {
    throw new Error(noKind + (error as Error).message)
  }
}

const kindStruct = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** Reads kind and apiVersion as the server first does, which takes names in any case. Throws an Error with Go's text. */
export function kindOf({ value, plain, tree }: ParsedJson): GroupVersionKind {
  const fast = plain ? quickKind(value) : undefined
  const { apiVersion, kind } = fast ?? carefulKind(tree())
  const groupVersion = apiVersion === '' ? { group: '', version: '' } : parseGroupVersion(apiVersion)
  if (groupVersion === undefined) throw new Error(`unexpected GroupVersion string: ${apiVersion}`)
  return { ...groupVersion, kind }
}

function quickKind(value: unknown): { apiVersion: string; kind: string } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { apiVersion, kind } = value as Record<string, unknown>
  return typeof apiVersion === 'string' && typeof kind === 'string' ? { apiVersion, kind } : undefined
}

function carefulKind(node: JsonNode): { apiVersion: string; kind: string } {
  const found = { apiversion: '', kind: '' }
  if (node.type !== 'object') {
    if (node.type !== 'null') throw new Error(noKind + new GoTypeError(node.type, kindStruct).message)
    return { apiVersion: '', kind: '' }
  }
  let firstError: Error | undefined
  for (const [key, child] of node.members) {
    const name = key.toLowerCase()
    if (name !== 'apiversion' && name !== 'kind') continue
    if (child.type === 'string') found[name] = child.value
    else if (child.type !== 'null') firstError ??= new GoTypeError(child.type, 'string', '', [name === 'kind' ? 'kind' : 'apiVersion'])
  }
  if (firstError !== undefined) throw new Error(noKind + firstError.message)
  return { apiVersion: found.apiversion, kind: found.kind }
}

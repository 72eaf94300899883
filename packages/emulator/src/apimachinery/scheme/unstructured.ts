import { formatGroupVersion, type GroupVersion, type GroupVersionKind } from '../group-version.ts'
import type { KubeObject } from '../object.ts'
import { quote } from '../quote.ts'
import { newBadRequest, newUnsupportedMediaType } from '../status-error.ts'
import { parseYamlBody } from '../yaml.ts'
import { type DecodedBody, type FieldValidation, kindOf, summarize, warningsOf } from './decode-body.ts'
import { GoTypeError } from './go-scalars.ts'
import { type JsonNode, JsonSyntaxError, setMember } from './json-tree.ts'
import { type ParsedJson, parseJson } from './parse-json.ts'
import type { Scheme } from './scheme.ts'

export interface UnstructuredOptions {
  /** Default Warn. */
  fieldValidation?: FieldValidation
  /** Takes out of the object, in place, what its schema does not know; returns the paths of it, such as `spec.colour`. */
  prune?: (object: KubeObject) => readonly string[]
  accepts?: (groupVersion: GroupVersion) => boolean
}

/** Decodes objects of kinds that are not built in: custom resources. */
export interface UnstructuredDecoder {
  /**
   * Decodes a body. Metadata is checked and made canonical, the rest is taken as it is; members come sorted at all levels. The kind is
   * not compared with the expected one, only the version: a wrong kind is invalid, not unreadable. Throws StatusErrors (400, 415) in the
   * server's words.
   */
  decodeBody(bytes: Uint8Array, mediaType: string, expected: GroupVersionKind, options?: UnstructuredOptions): DecodedBody
  /** The same for a value, such as the result of a patch. Throws an Error with Go's text. */
  decodeValue(value: unknown, options?: Pick<UnstructuredOptions, 'prune'>): { object: KubeObject; strictErrors: string[] }
}

const objectMeta = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta'
const mostDuplicates = 100

export function createUnstructuredDecoder(scheme: Scheme): UnstructuredDecoder {
  function decodeValue(value: unknown, { prune }: Pick<UnstructuredOptions, 'prune'> = {}) {
    const object = sortMembers(value) as KubeObject
    const strictErrors: string[] = []
    if (Object.hasOwn(object, 'metadata')) {
      const metadata = scheme.decodeType(objectMeta, object.metadata, { strict: true })
      strictErrors.push(...metadata.strictErrors.map((text) => text.replace(' field "', ' field "metadata.')))
      object.metadata = sortMembers(metadata.value) as KubeObject['metadata']
    }
    for (const path of prune?.(object) ?? []) strictErrors.push(`unknown field "${path}"`)
    return { object, strictErrors }
  }

  return {
    decodeValue,
    decodeBody(bytes, mediaType, expected, { fieldValidation = 'Warn', prune, accepts } = {}) {
      const body = attempt(
        () => readBody(bytes, mediaType),
        (why) => `the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summarize(bytes)})`,
      )
      const { kind, version } = body.gvk
      const handled = (why: string) => `${kind} in version ${quote(version)} cannot be handled as a ${expected.kind}: ${why}`
      // An object of another kind has another schema, if any.
      const isExpected = kind === expected.kind && body.gvk.group === expected.group
      const { object, strictErrors } = attempt(() => decodeUntyped(body, isExpected ? { prune } : {}), handled)
      const all = [...body.strictErrors, ...strictErrors]
      if (all.length > 0 && fieldValidation === 'Strict') throw newBadRequest(handled(`strict decoding error: ${all.join(', ')}`))
      if (!(accepts?.(body.gvk) ?? formatGroupVersion(body.gvk) === formatGroupVersion(expected))) {
        const [actual, wanted] = [formatGroupVersion(body.gvk), formatGroupVersion(expected)]
        throw newBadRequest(`the API version in the data (${actual}) does not match the expected API version (${wanted})`)
      }
      return { object, warnings: fieldValidation === 'Ignore' ? [] : warningsOf(all) }
    },
  }

  function decodeUntyped({ parsed }: Body, options: Pick<UnstructuredOptions, 'prune'>) {
    if (!parsed.plain) checkNumbers(parsed.tree())
    return decodeValue(parsed.value, options)
  }
}

interface Body {
  gvk: GroupVersionKind
  parsed: ParsedJson
  /** Members that come twice. */
  strictErrors: string[]
}

const mediaTypes = ['application/json', 'application/yaml'] as const
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

function readBody(bytes: Uint8Array, mediaType: string): Body {
  const media = mediaType.split(';')[0]?.trim().toLowerCase()
  const text = utf8.decode(bytes)
  if (media === mediaTypes[0]) {
    const parsed = parseText(text)
    const gvk = kindIn(parsed, text)
    return { gvk, parsed, strictErrors: parsed.plain ? [] : duplicatesIn(parsed.tree()) }
  }
  if (media !== mediaTypes[1]) {
    throw newUnsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${mediaTypes.join(', ')}`,
    )
  }
  const { value, duplicates } = parseYamlBody(text)
  const parsed = parseText(JSON.stringify(value))
  return { gvk: kindIn(parsed, text), parsed, strictErrors: duplicates === undefined ? [] : [duplicates] }
}

function parseText(text: string): ParsedJson {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new Error(`couldn't get version/kind; json parse error: ${error.message}`)
  }
}

/** The kind must be named, by the exact name of the field. */
function kindIn(parsed: ParsedJson, text: string): GroupVersionKind {
  const gvk = kindOf(parsed)
  const named = (parsed.value as { kind?: unknown } | null)?.kind
  if (typeof named !== 'string' || named === '') throw new Error(`Object 'Kind' is missing in '${text}'`)
  return gvk
}

function attempt<T>(action: () => T, describe: (why: string) => string): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof TypeError || 'status' in (error as Error)) throw error
    throw newBadRequest(describe((error as Error).message))
  }
}

/** Numbers too large for a float64 cannot be read. */
function checkNumbers(node: JsonNode): void {
  if (node.type === 'number' && !Number.isFinite(Number(node.text))) throw new GoTypeError(`number ${node.text}`, 'float64')
  if (node.type === 'array') node.items.forEach(checkNumbers)
  if (node.type === 'object') for (const [, value] of node.members) checkNumbers(value)
}

/** Members that come twice, as `duplicate field "spec.a"`, in the order of the text. */
function duplicatesIn(root: JsonNode): string[] {
  const found = new Set<string>()
  const visit = (node: JsonNode, path: string): void => {
    if (node.type === 'array') for (const [i, item] of node.items.entries()) visit(item, `${path}[${i}]`)
    if (node.type !== 'object') return
    const seen = new Set<string>()
    for (const [key, value] of node.members) {
      const member = path === '' ? key : `${path}.${key}`
      if (seen.has(key) && found.size < mostDuplicates) found.add(`duplicate field ${quote(member)}`)
      seen.add(key)
      visit(value, member)
    }
  }
  visit(root, '')
  return [...found]
}

/** A copy with the members of all objects in the order of their names, as Go writes maps. */
export function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers)
  if (typeof value !== 'object' || value === null) return value
  const sorted: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort()) setMember(sorted, key, sortMembers((value as Record<string, unknown>)[key]))
  return sorted
}

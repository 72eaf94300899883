import { parseFieldSelector } from '../apimachinery/selectors/field-selector.ts'
import { parseLabelSelector } from '../apimachinery/selectors/label-selector.ts'

/** What a request is about, read off its method, path and query once (apiserver, RequestInfoFactory). */
export interface RequestInfo {
  readonly isResourceRequest: boolean
  /** Decoded, as it was sent. */
  readonly path: string
  readonly verb: string
  readonly apiGroup: string
  readonly apiVersion: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** The path from the resource on: `[resource, name, subresource, …]`. */
  readonly parts: readonly string[]
  /** `watch` or `proxy` where the path spells the verb in the old way, as `/api/v1/watch/pods`. */
  readonly legacyVerb: '' | 'watch' | 'proxy'
  /** Of verbs that select; what authorizers may see. */
  readonly fieldSelector: string
  readonly labelSelector: string
  /** Why the path cannot be read, which the server takes for a fault of its own. */
  readonly problem?: string
}

const noQuery = new URLSearchParams()
const verbOfMethod: Record<string, string> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
const namespaceSubresources = new Set(['status', 'finalize'])
const verbsWithSelectors = new Set(['list', 'watch', 'deletecollection'])

/** Of a request line; of one that cannot be read, what is known of `/`. */
export function readRequestInfo(method: string, url: string): RequestInfo {
  const { path = '/', query } = splitUrl(url)
  return parseRequestInfo(method, path, query)
}

export function parseRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const segments = splitPath(path)
  const [prefix] = segments
  const resourceAt = prefix === 'api' ? 2 : prefix === 'apis' ? 3 : Number.POSITIVE_INFINITY
  if (segments.length <= resourceAt) return nonResource(method, path)
  let parts = segments.slice(resourceAt)
  const legacyVerb = parts[0] === 'watch' || parts[0] === 'proxy' ? parts[0] : ''
  if (legacyVerb !== '') {
    if (parts.length < 2) return { ...nonResource(method, path), problem: `unable to determine kind and namespace from url, ${path}` }
    parts = parts.slice(1)
  }
  const namespace = parts[0] === 'namespaces' ? (parts[1] ?? '') : ''
  if (parts[0] === 'namespaces' && parts.length > 2 && !namespaceSubresources.has(parts[2]!)) parts = parts.slice(2)
  const name = parts[1] ?? ''
  const verb = refineVerb(legacyVerb || (verbOfMethod[method] ?? ''), name, query)
  const selects = legacyVerb === '' && verbsWithSelectors.has(verb)
  return {
    isResourceRequest: true,
    path,
    verb,
    apiGroup: prefix === 'apis' ? segments[1]! : '',
    apiVersion: segments[resourceAt - 1]!,
    namespace,
    resource: parts[0] ?? '',
    subresource: legacyVerb === 'proxy' ? '' : (parts[2] ?? ''),
    name: name === '' && (verb === 'list' || verb === 'watch') && legacyVerb === '' ? nameInQuery(query) : name,
    parts,
    legacyVerb,
    fieldSelector: selects ? (query.get('fieldSelector') ?? '') : '',
    labelSelector: selects ? (query.get('labelSelector') ?? '') : '',
  }
}

function nonResource(method: string, path: string): RequestInfo {
  const nothing = {
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    fieldSelector: '',
    labelSelector: '',
  }
  return { isResourceRequest: false, path, verb: method.toLowerCase(), parts: [], legacyVerb: '', ...nothing }
}

/** A GET or DELETE without a name is of the collection; a watch is a GET that says so. */
function refineVerb(verb: string, name: string, query: URLSearchParams): string {
  if (name !== '') return verb
  if (verb === 'get') return isTrue(query.get('watch')) ? 'watch' : 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

/** A boolean of a query: absent, "0" and "false" are false; anything else, even an empty value, is true (apimachinery, conversion). */
export function isTrue(value: string | null): boolean {
  if (value === null) return false
  const text = value.toLowerCase()
  return text !== 'false' && text !== '0'
}

/** `metadata.name=x` in a fieldSelector gives a list or watch a name to be authorized for, if the options can be read at all. */
function nameInQuery(query: URLSearchParams): string {
  const selector = query.get('fieldSelector')
  if (selector === null || !selector.includes('metadata.name')) return ''
  for (const number of ['limit', 'timeoutSeconds']) {
    const value = query.get(number)
    if (value !== null && !/^[+-]?\d+$/.test(value)) return ''
  }
  try {
    parseLabelSelector(query.get('labelSelector') ?? '')
    const exact = parseFieldSelector(selector).requirements.find(({ key, operator }) => key === 'metadata.name' && operator !== '!=')
    return exact !== undefined && isPathSegment(exact.value) ? exact.value : ''
  } catch {
    return ''
  }
}

/** Names that may be a segment of a URL's path (apimachinery, content.IsPathSegmentName). */
function isPathSegment(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/%]/.test(name)
}

function splitPath(path: string): string[] {
  const trimmed = path.replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? [] : trimmed.split('/')
}

/** The path decoded; undefined where it cannot be. */
export function splitUrl(target: string): { path: string | undefined; query: URLSearchParams } {
  const url = target.startsWith('/') ? target : target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '')
  const at = url.indexOf('?')
  const raw = at < 0 ? url : url.slice(0, at)
  const query = at < 0 ? noQuery : parseQuery(url.slice(at + 1))
  if (!raw.includes('%')) return { path: raw, query }
  return { path: decodePath(raw), query }
}

function decodePath(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    // Bytes that are no UTF-8 are bytes of a name that nothing has; a percent sign that escapes nothing makes no path.
    if (/%(?![\da-f]{2})/i.test(raw)) return undefined
    const bytes = raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    return Buffer.from(bytes, 'latin1').toString()
  }
}

/** As Go reads a query: a pair with a semicolon or with a percent sign that escapes nothing is left out. */
function parseQuery(text: string): URLSearchParams {
  if (!/[;%]/.test(text)) return new URLSearchParams(text)
  const pairs = text.split('&').filter((pair) => !/;|%(?![\da-f]{2})/i.test(pair))
  return new URLSearchParams(pairs.join('&'))
}

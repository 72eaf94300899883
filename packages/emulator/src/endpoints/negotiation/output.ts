import { newNotAcceptable, newRepresentationsUnavailable } from '../../apimachinery/status-error.ts'
import type { ApiRequest } from '../http.ts'
import { type AcceptClause, matchesMedia, parseAccept } from './accept.ts'

/** How a response is to be written. */
export interface OutputFormat {
  media: 'json' | 'yaml'
  pretty: boolean
  /** The form that was asked for with `as=`: a Table, or metadata alone. */
  as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
  /** Of `as`: v1, or v1beta1. */
  version?: string
}

export const jsonType = 'application/json'
export const yamlType = 'application/yaml'
export const protobufType = 'application/vnd.kubernetes.protobuf'

/** What the API writes. Clients that prefer protobuf get JSON, which all of them read. */
export const representations: readonly string[] = [jsonType, yamlType, protobufType]

const transformKinds = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'])

/**
 * The first clause of Accept that can be served. Resources that are not stored have no Tables.
 * @throws StatusError 406 if there is none
 */
export function negotiateOutput(
  request: ApiRequest,
  { transforms = false, tables = transforms }: { transforms?: boolean; tables?: boolean } = {},
): OutputFormat {
  const { accept = '' } = request.headers
  const pretty = wantsPretty(request)
  if (accept.trim() === '' || accept === '*/*' || accept === jsonType) return { media: 'json', pretty }
  for (const clause of parseAccept(accept)) {
    const media = representations.find((each) => matchesMedia(clause, each))
    if (media === undefined) continue
    const form = formOf(clause, media, transforms)
    // There are no Tables in protobuf.
    if (form === undefined || (form.as === 'Table' && (!tables || media === protobufType))) continue
    return { media: media === yamlType ? 'yaml' : 'json', pretty: pretty || clause.params['pretty'] === '1', ...form }
  }
  throw newNotAcceptable(representations)
}

function formOf({ params }: AcceptClause, media: string, transforms: boolean): Pick<OutputFormat, 'as' | 'version'> | undefined {
  const { as, v: version, g: group, stream } = params
  // There are no streams in YAML.
  if (stream !== undefined && (stream !== 'watch' || media === yamlType)) return undefined
  if (as === undefined) return version === undefined && group === undefined ? {} : undefined
  if (!transforms || !transformKinds.has(as) || group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  return { as: as as 'Table', version }
}

/**
 * What the router in front of the handlers asks first: that some media type fits at all, whatever its parameters.
 * @throws StatusError 406 with the list of representations
 */
export function checkRepresentations(request: ApiRequest, available: readonly string[] = representations): void {
  const { accept = '' } = request.headers
  if (accept === '' || accept.includes('*/*') || available.includes(accept)) return
  for (const part of accept.split(',')) {
    const media = part.split(';')[0]!.trim()
    if (media === '' || media === '*/*' || available.some((each) => each.split(';')[0] === media)) return
  }
  throw newRepresentationsUnavailable(available)
}

/** People with curl or a browser get indented JSON, unless they say otherwise. */
export function wantsPretty({ url, headers }: ApiRequest): boolean {
  const at = url.indexOf('pretty=')
  if (at > 0) {
    const value = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('pretty')
    if (value !== null && value !== '') return value === '1' || value === 't' || value === 'T' || value.toLowerCase() === 'true'
  }
  const agent = headers['user-agent'] ?? ''
  return agent.startsWith('curl') || agent.startsWith('Wget') || agent.startsWith('Mozilla/5.0')
}

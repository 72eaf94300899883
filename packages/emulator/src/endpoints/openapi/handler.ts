import { gunzipSync } from 'node:zlib'
import type { ApiRequest, ApiResponse } from '../http.ts'
import { type AcceptClause, parseAccept } from '../negotiation/accept.ts'
import { pageNotFound } from '../responses.ts'
import type { OpenApiDocument, OpenApiSource } from '../services.ts'

const year = 365 * 24 * 60 * 60 * 1000
const notAcceptable = (vary: string[]): ApiResponse => ({ status: 406, headers: { vary } })

/** `/openapi/v2`, and `/openapi/v3` with one document a group and version (KEP-2896). Any method will do. */
export function serveOpenApi(openApi: OpenApiSource, request: ApiRequest, path: string, hash: string): ApiResponse {
  if (path === '/openapi/v2') return serveV2(openApi, request)
  if (path === '/openapi/v3') return serveIndex(openApi, request)
  if (!path.startsWith('/openapi/v3/')) return pageNotFound()
  const name = path.slice('/openapi/v3/'.length)
  const document = openApi.document(name)
  return document === undefined ? { status: 404, headers: {} } : serveV3(openApi, request, name, document, hash)
}

function serveIndex(openApi: OpenApiSource, request: ApiRequest): ApiResponse {
  if (notModified(request, openApi, undefined)) return { status: 304, headers: modified(openApi) }
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...modified(openApi) }
  return { status: 200, headers, body: JSON.stringify(openApi.index()) }
}

/** Sent gzipped as it is to who takes gzip, unpacked to others. */
function serveV2(openApi: OpenApiSource, request: ApiRequest): ApiResponse {
  const vary = ['Accept-Encoding', 'Accept']
  const form = formOf(request, 2)
  if (form === undefined) return notAcceptable(vary)
  const document = openApi.v2()
  if (form === 'json' && acceptsGzip(request)) {
    const response = content({ openApi, request, document, form, version: 2, vary }, () => document.gzipped)
    if (response.status === 200) response.headers['content-encoding'] = 'gzip'
    return response
  }
  return content({ openApi, request, document, form, version: 2, vary }, () => bytesOf(document, form))
}

/** With the hash of its content in the query, a document never changes; with another hash, it has moved. */
function serveV3(openApi: OpenApiSource, request: ApiRequest, name: string, document: OpenApiDocument, hash: string): ApiResponse {
  const vary = ['Accept']
  const { accept = '' } = request.headers
  // The server is done with who accepts nothing that can be read.
  if (accept !== '' && parseAccept(accept).length === 0) return { status: 200, headers: {} }
  const form = formOf(request, 3)
  if (form === undefined) return notAcceptable(vary)
  if (hash !== '' && hash !== document.etag) {
    const location = `/openapi/v3/${name}?hash=${document.etag}`
    return { status: 301, headers: { location, etag: `"${document.etag}"`, 'content-type': contentTypes(3)[form], vary } }
  }
  const response = content({ openApi, request, document, form, version: 3, vary }, () => bytesOf(document, form))
  if (hash !== '') {
    response.headers['cache-control'] = 'public, immutable'
    response.headers['expires'] = new Date(openApi.now() + year).toUTCString().replace('GMT', 'UTC')
  }
  return response
}

type Form = 'json' | 'protobuf'

const bytesOf = (document: OpenApiDocument, form: Form) => (form === 'json' ? gunzipSync(document.gzipped) : document.protobuf())

const contentTypes = (version: 2 | 3): Record<Form, string> => ({
  json: 'application/json',
  protobuf: `application/com.github.proto-openapi.spec.v${version}.v1.0+protobuf`,
})

/** What Accept asks for; undefined if there is no such form. Of protobuf, an older spelling with an @ is known too. */
function formOf({ headers }: ApiRequest, version: 2 | 3): Form | undefined {
  const protobuf = [`com.github.proto-openapi.spec.v${version}.v1.0+protobuf`, `com.github.proto-openapi.spec.v${version}@v1.0+protobuf`]
  const formOfClause = ({ type, subtype }: AcceptClause): Form | undefined => {
    if (type !== 'application' && type !== '*') return undefined
    if (subtype === 'json' || subtype === '*') return 'json'
    return protobuf.includes(subtype) ? 'protobuf' : undefined
  }
  for (const clause of parseAccept(headers['accept'] || '*/*')) {
    const form = formOfClause(clause)
    if (form !== undefined) return form
  }
  return undefined
}

interface Served {
  openApi: OpenApiSource
  request: ApiRequest
  document: OpenApiDocument
  form: Form
  version: 2 | 3
  vary: string[]
}

function content({ openApi, request, document, form, version, vary }: Served, body: () => Uint8Array): ApiResponse {
  const etag = `"${document.etag}"`
  if (notModified(request, openApi, etag)) return { status: 304, headers: { etag, vary } }
  return { status: 200, headers: { 'content-type': contentTypes(version)[form], etag, vary, ...modified(openApi) }, body: body() }
}

const modified = ({ modifiedAt }: OpenApiSource) => ({
  'accept-ranges': 'bytes',
  'last-modified': new Date(modifiedAt).toUTCString(),
})

/** Whether the client has it already (RFC 9110, section 13.2.2). */
function notModified({ method, headers }: ApiRequest, { modifiedAt }: OpenApiSource, etag: string | undefined): boolean {
  const known = headers['if-none-match']
  if (known !== undefined && etag !== undefined)
    return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return (method === 'GET' || method === 'HEAD') && Math.floor(modifiedAt / 1000) * 1000 <= since
}

const acceptsGzip = ({ headers }: ApiRequest) => /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(headers['accept-encoding'] ?? '')

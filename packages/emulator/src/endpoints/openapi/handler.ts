import { gunzipSync } from 'node:zlib'
import { newMethodNotAllowed } from '../../apimachinery/status-error.ts'
import type { ApiRequest, ApiResponse } from '../http.ts'
import { pageNotFound, respondText } from '../responses.ts'
import type { OpenApiSource } from '../services.ts'

/** `/openapi/v2`, and `/openapi/v3` with one document a group and version (KEP-2896). */
export function serveOpenApi(openApi: OpenApiSource, request: ApiRequest, path: string): ApiResponse {
  if (request.method !== 'GET') throw newMethodNotAllowed()
  if (path === '/openapi/v2') return compressed(request, openApi.v2())
  if (path === '/openapi/v3' || path === '/openapi/v3/') {
    return respondText(200, `${JSON.stringify(openApi.index())}\n`)
  }
  if (!path.startsWith('/openapi/v3/')) return pageNotFound()
  const document = openApi.document(path.slice('/openapi/v3/'.length))
  return document === undefined ? { status: 404, headers: {} } : compressed(request, document)
}

/** Sends gzipped JSON as it is to who takes gzip, unpacked to others. */
function compressed({ headers }: ApiRequest, gzipped: Uint8Array): ApiResponse {
  const response = { status: 200, headers: { 'content-type': 'application/json', vary: 'Accept' } as Record<string, string> }
  if ((headers['accept-encoding'] ?? '').includes('gzip')) {
    response.headers['content-encoding'] = 'gzip'
    return { ...response, body: gzipped }
  }
  return { ...response, body: gunzipSync(gzipped) }
}

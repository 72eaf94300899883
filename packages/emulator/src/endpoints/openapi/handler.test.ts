import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import type { ResourceCatalog } from '../../registry/resource.ts'
import type { ApiRequest } from '../http.ts'
import { serveOpenApi } from './handler.ts'
import { createOpenApiSource } from './source.ts'

const started = Date.parse('2026-01-01T00:00:00.500Z')
const source = createOpenApiSource(loadFacts(), { now: () => started }, { groups: () => [] } as unknown as ResourceCatalog)
const get = (path: string, headers: Record<string, string> = {}, hash = '', method = 'GET') =>
  serveOpenApi(source, { method, headers, url: path } as unknown as ApiRequest, path, hash)
const version2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
const version3 = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf'
const hashOf = (name: string) => source.document(name)!.etag

test('the hash in the index is that of the document', () => {
  const { paths } = source.index() as { paths: Record<string, { serverRelativeURL: string }> }
  expect(paths['apis/apps/v1']!.serverRelativeURL).toBe(`/openapi/v3/apis/apps/v1?hash=${hashOf('apis/apps/v1')}`)
})

test.each([
  ['/openapi/v2', undefined, 200, 'application/json'],
  ['/openapi/v2', '*/*', 200, 'application/json'],
  ['/openapi/v2', version2, 200, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'],
  ['/openapi/v2', version2.replace('@', '.'), 200, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'],
  ['/openapi/v2', `application/json;q=0.5, ${version2}`, 200, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'],
  ['/openapi/v2', version3, 406, undefined],
  ['/openapi/v2', 'text/html', 406, undefined],
  ['/openapi/v3/api/v1', version3, 200, 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf'],
  ['/openapi/v3/api/v1', version2, 406, undefined],
  ['/openapi/v3', 'text/html', 200, 'text/plain; charset=utf-8'],
  ['/openapi/v3/', undefined, 404, undefined],
  ['/openapi/v3/nope', 'text/html', 404, undefined],
  ['/openapi/v2/', undefined, 404, 'text/plain; charset=utf-8'],
])('%s for %s: %i %s', (path, accept, status, type) => {
  const response = get(path, accept === undefined ? {} : { accept })
  expect(response.status).toBe(status)
  expect(response.headers['content-type']).toBe(type)
})

test('a document has a tag and an age, and is not sent again to who has it', () => {
  const etag = `"${hashOf('api/v1')}"`
  const path = '/openapi/v3/api/v1'
  expect(get(path).headers).toMatchObject({ etag, vary: ['Accept'], 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' })
  const fresh = { status: 304, headers: { etag, vary: ['Accept'] } }
  expect(get(path, { 'if-none-match': etag })).toEqual(fresh)
  expect(get(path, { 'if-none-match': `"x", W/${etag}` })).toEqual(fresh)
  expect(get(path, { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' })).toEqual(fresh)
  expect(get(path, { 'if-modified-since': 'Wed, 31 Dec 2025 23:59:59 GMT' }).status).toBe(200)
  // A tag says more than a time.
  expect(get(path, { 'if-none-match': '"x"', 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }).status).toBe(200)
})

test('with its hash a document is for ever, with another it has moved', () => {
  const hash = hashOf('api/v1')
  expect(get('/openapi/v3/api/v1', {}, hash).headers).toMatchObject({
    'cache-control': 'public, immutable',
    expires: 'Fri, 01 Jan 2027 00:00:00 UTC',
  })
  const moved = get('/openapi/v3/api/v1', {}, 'ABC')
  expect([moved.status, moved.headers['location']]).toEqual([301, `/openapi/v3/api/v1?hash=${hash}`])
})

test('version 2 is compressed for who takes gzip', () => {
  const packed = get('/openapi/v2', { 'accept-encoding': 'deflate, gzip' })
  expect(packed.headers['content-encoding']).toBe('gzip')
  const plain = get('/openapi/v2', { 'accept-encoding': 'gzip;q=0' })
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(gunzipSync(packed.body as Uint8Array)).toEqual(plain.body)
})

import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { Clock } from '../../apimachinery/clock.ts'
import type { Facts } from '../../facts/types.ts'
import type { OpenApiDocument, OpenApiSource } from '../services.ts'
import { encodeOpenApiV2, encodeOpenApiV3 } from './protobuf.ts'

/** The OpenAPI documents of the built-in API, which are as old as the emulator. */
export function createOpenApiSource(facts: Facts, clock: Clock): OpenApiSource {
  const shared = documentsOf(facts)
  return {
    modifiedAt: clock.now(),
    now: () => clock.now(),
    v2: () => shared('/openapi/v2', () => documentOf(facts.openApiV2(), encodeOpenApiV2))!,
    index: () => facts.openApiIndex,
    document: (path) =>
      shared(path, () => {
        const gzipped = facts.openApiDocument(path)
        return gzipped && documentOf(gzipped, encodeOpenApiV3)
      }),
  }
}

type Documents = (path: string, make: () => OpenApiDocument | undefined) => OpenApiDocument | undefined

const documents = new WeakMap<Facts, Documents>()

/** Immutable like the facts that they are made of, so emulators share them. */
function documentsOf(facts: Facts): Documents {
  let found = documents.get(facts)
  if (found === undefined) {
    const made = new Map<string, OpenApiDocument>()
    found = (path, make) => {
      const document = made.get(path) ?? make()
      if (document !== undefined) made.set(path, document)
      return document
    }
    documents.set(facts, found)
  }
  return found
}

/** What a document is asked for is made once, when it is first asked for. */
function documentOf(gzipped: Uint8Array, encode: (document: object) => Uint8Array): OpenApiDocument {
  let etag: string | undefined
  let bytes: Uint8Array | undefined
  return {
    gzipped,
    get etag() {
      etag ??= createHash('sha512').update(gunzipSync(gzipped)).digest('hex').toUpperCase()
      return etag
    },
    protobuf() {
      bytes ??= encode(JSON.parse(gunzipSync(gzipped).toString()))
      return bytes
    },
  }
}

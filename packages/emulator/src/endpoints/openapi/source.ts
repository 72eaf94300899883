import { gunzipSync, gzipSync } from 'node:zlib'
import type { Clock } from '../../apimachinery/clock.ts'
import type { Facts } from '../../facts/types.ts'
import type { ResourceCatalog } from '../../registry/resource.ts'
import { contentHash } from '../content-hash.ts'
import type { OpenApiDocument, OpenApiSource } from '../services.ts'
import { createCustomDocuments } from './custom/source.ts'
import { encodeOpenApiV2, encodeOpenApiV3 } from './protobuf.ts'
import type { SwaggerParts } from './swagger.ts'

/** The OpenAPI documents: those of the built-in API, as old as the emulator, and those of version 3 of custom resources. */
export function createOpenApiSource(facts: Facts, clock: Clock, catalog: ResourceCatalog): OpenApiSource {
  const shared = documentsOf(facts)
  const custom = createCustomDocuments(facts, catalog)
  let known = ''
  let modifiedAt = clock.now()
  let withCustom: { hashes: string; document: OpenApiDocument } | undefined
  return {
    get modifiedAt() {
      const current = [...custom.hashes()].join('\n')
      // By a second at least, for clients cannot ask more exactly.
      if (current !== known) modifiedAt = Math.max(clock.now(), modifiedAt + 1000)
      known = current
      return modifiedAt
    },
    now: () => clock.now(),
    v2() {
      const hashes = [...custom.hashes().values()].join()
      if (hashes === '') return shared('/openapi/v2', () => documentOf(facts.openApiV2(), encodeOpenApiV2))!
      if (withCustom?.hashes !== hashes) {
        withCustom = { hashes, document: documentOf(gzipSync(JSON.stringify(mergedV2(facts, custom.swagger()))), encodeOpenApiV2) }
      }
      return withCustom.document
    },
    index() {
      const paths: Record<string, unknown> = { ...facts.openApiIndex.paths }
      for (const [path, hash] of custom.hashes()) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }
      return { paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))) }
    },
    document: (path) =>
      shared(path, () => {
        const gzipped = facts.openApiDocument(path)
        return gzipped && documentOf(gzipped, encodeOpenApiV3)
      }) ?? custom.document(path),
  }
}

function mergedV2(facts: Facts, { paths, definitions }: SwaggerParts): object {
  const builtIn: SwaggerParts = JSON.parse(gunzipSync(facts.openApiV2()).toString())
  return { ...builtIn, paths: sorted({ ...builtIn.paths, ...paths }), definitions: sorted({ ...definitions, ...builtIn.definitions }) }
}

const sorted = (record: object) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

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
      etag ??= contentHash(gunzipSync(gzipped))
      return etag
    },
    protobuf() {
      bytes ??= encode(JSON.parse(gunzipSync(gzipped).toString()))
      return bytes
    },
  }
}

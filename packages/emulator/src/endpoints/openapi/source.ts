import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Clock } from '../../apimachinery/clock.ts'
import type { Facts } from '../../facts/types.ts'
import type { ResourceCatalog, ResourceDefinition } from '../../registry/resource.ts'
import type { OpenApiDocument, OpenApiSource } from '../services.ts'
import { customDocument, type DocumentSource } from './custom-document.ts'
import { encodeOpenApiV2, encodeOpenApiV3 } from './protobuf.ts'

/** The OpenAPI documents of the built-in API, which are as old as the emulator, and those of version 3 of custom resources. */
export function createOpenApiSource(facts: Facts, clock: Clock, catalog: ResourceCatalog): OpenApiSource {
  const shared = documentsOf(facts)
  const builtIn = (path: string) =>
    shared(path, () => {
      const gzipped = facts.openApiDocument(path)
      return gzipped && documentOf(gzipped, encodeOpenApiV3)
    })
  const custom = customDocuments(catalog, (path) => JSON.parse(gunzipSync(builtIn(path)!.gzipped).toString()))
  return {
    modifiedAt: clock.now(),
    now: () => clock.now(),
    v2: () => shared('/openapi/v2', () => documentOf(facts.openApiV2(), encodeOpenApiV2))!,
    index() {
      const paths: Record<string, unknown> = { ...facts.openApiIndex.paths }
      for (const [path, { etag }] of custom.all()) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${etag}` }
      return { paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))) }
    },
    document: (path) => builtIn(path) ?? custom.all().get(path),
  }
}

/** Documents of what definitions serve at the moment, by path; made again when the definitions change. */
function customDocuments(catalog: ResourceCatalog, source: DocumentSource): { all(): Map<string, OpenApiDocument> } {
  const made = new Map<string, { of: readonly ResourceDefinition[]; document: OpenApiDocument }>()
  const documentFor = (path: string, definitions: readonly ResourceDefinition[]) => {
    const known = made.get(path)
    if (known?.of.length === definitions.length && known.of.every((each, i) => each === definitions[i])) return known.document
    const gzipped = gzipSync(JSON.stringify(customDocument(definitions, source)))
    const document = documentOf(gzipped, encodeOpenApiV3)
    made.set(path, { of: definitions, document })
    return document
  }
  return {
    all() {
      const documents = new Map<string, OpenApiDocument>()
      for (const { name, versions } of catalog.groups()) {
        for (const { version, resources } of versions) {
          const definitions = resources.filter(({ custom }) => custom)
          if (definitions.length > 0) documents.set(`apis/${name}/${version}`, documentFor(`apis/${name}/${version}`, definitions))
        }
      }
      return documents
    },
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

import { gzipSync } from 'node:zlib'
import type { Facts } from '../../../facts/types.ts'
import type { ResourceCatalog, ResourceDefinition } from '../../../registry/resource.ts'
import { contentHash } from '../../content-hash.ts'
import type { OpenApiDocument } from '../../services.ts'
import { encodeOpenApiV3 } from '../protobuf.ts'
import { type SwaggerParts, swaggerParts } from '../swagger.ts'
import { customDocument, type SharedParts, sharedPartsOf } from './document.ts'
import { swaggerDocument } from './swagger.ts'

/** The OpenAPI 3 documents of what definitions of custom resources serve at the moment. */
export interface CustomDocuments {
  /** By path, a hash that changes with the document. */
  hashes(): Map<string, string>
  document(path: string): OpenApiDocument | undefined
  /** What they add to the document of version 2. */
  swagger(): SwaggerParts
}

export function createCustomDocuments(facts: Facts, catalog: Pick<ResourceCatalog, 'groups'>): CustomDocuments {
  let parts: SharedParts | undefined
  const made = new Map<string, OpenApiDocument>()

  const served = () => {
    const found = new Map<string, readonly ResourceDefinition[]>()
    for (const { name, versions } of catalog.groups()) {
      for (const { version, resources } of versions) {
        const definitions = resources.filter(({ custom }) => custom)
        if (definitions.length > 0) found.set(`apis/${name}/${version}`, definitions)
      }
    }
    return found
  }

  const shared = () => {
    parts ??= sharedPartsOf(facts)
    return parts
  }

  return {
    swagger: () => swaggerParts([...served().values()].map((definitions) => swaggerDocument(definitions, shared()))),
    hashes: () => new Map([...served()].map(([path, definitions]) => [path, hashOf(definitions)])),
    document(path) {
      const definitions = served().get(path)
      if (definitions === undefined) return undefined
      const etag = hashOf(definitions)
      let document = made.get(path)
      if (document?.etag !== etag) {
        document = documentOf(customDocument(definitions, shared()), etag)
        made.set(path, document)
      }
      return document
    },
  }
}

/** Of the definitions that a document is made of. */
function hashOf(definitions: readonly ResourceDefinition[]): string {
  const identities = definitions.map(({ resource, encodingForm }) => `${resource} ${encodingForm}`)
  return contentHash(identities.join('\n'))
}

function documentOf(content: object, etag: string): OpenApiDocument {
  let bytes: Uint8Array | undefined
  return {
    gzipped: gzipSync(JSON.stringify(content)),
    etag,
    protobuf() {
      bytes ??= encodeOpenApiV3(content)
      return bytes
    },
  }
}

import type { Facts } from '../../facts/types.ts'
import type { OpenApiSource } from '../services.ts'

/** The OpenAPI documents of the built-in API. */
export function createOpenApiSource(facts: Facts): OpenApiSource {
  return { v2: () => facts.openApiV2(), index: () => facts.openApiIndex, document: (path) => facts.openApiDocument(path) }
}

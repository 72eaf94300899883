import { formatGroupVersion } from '../apimachinery/group-version.ts'
import { memoize } from '../apimachinery/memoize.ts'
import { customResourceSchema } from '../apimachinery/patch/custom-schema.ts'
import { createSchemaSource, DEDUCED, type SchemaNode, type SchemaSource } from '../apimachinery/patch/schema.ts'
import type { Facts } from '../facts/types.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { ApiServices } from './services.ts'

/** Whose documents have the schemas of kinds that are only subresources there. */
const owners: Readonly<Record<string, { group: string; version: string; schema: string }>> = {
  'Scale.autoscaling': { group: 'apps', version: 'v1', schema: 'io.k8s.api.autoscaling.v1.Scale' },
  'TokenRequest.authentication.k8s.io': { group: '', version: 'v1', schema: 'io.k8s.api.authentication.v1.TokenRequest' },
}

/** The schemas by which patches merge. */
export function createSchemas(facts: Facts): ApiServices['schemas'] {
  const sources = new Map<string, SchemaSource>()
  const source = (groupVersion: { group: string; version: string }): SchemaSource => {
    const key = formatGroupVersion(groupVersion)
    let known = sources.get(key)
    if (known === undefined) {
      known = createSchemaSource(facts.schemas(groupVersion) ?? {})
      sources.set(key, known)
    }
    return known
  }
  const compile = (definition: ResourceDefinition): SchemaNode => {
    if (definition.custom) return customResourceSchema(definition.openApiSchema, source({ group: '', version: 'v1' }))
    const owner = owners[`${definition.kind}.${definition.group}`]
    if (owner !== undefined) return source(owner).component(owner.schema)
    const found = facts.schemaOf(definition)
    return found === undefined ? DEDUCED : source(definition).component(found.name)
  }
  return { of: memoize(compile) }
}

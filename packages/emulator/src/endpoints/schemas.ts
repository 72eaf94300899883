import { formatGroupVersion } from '../apimachinery/group-version.ts'
import { memoize } from '../apimachinery/memoize.ts'
import { customResourceSchema } from '../apimachinery/patch/custom-schema.ts'
import { createSchemaSource, DEDUCED, type SchemaNode, type SchemaSource } from '../apimachinery/patch/schema.ts'
import type { Facts } from '../facts/types.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { ApiServices } from './services.ts'

/** Whose document has the schema of autoscaling/v1 Scale, which is a subresource there. */
const apps = { group: 'apps', version: 'v1' }

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
    if (definition.kind === 'Scale' && definition.group === 'autoscaling') return source(apps).component('io.k8s.api.autoscaling.v1.Scale')
    const found = facts.schemaOf(definition)
    return found === undefined ? DEDUCED : source(definition).component(found.name)
  }
  return { of: memoize(compile) }
}

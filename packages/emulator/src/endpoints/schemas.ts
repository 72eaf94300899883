import { formatGroupVersion } from '../apimachinery/group-version.ts'
import { customResourceSchema } from '../apimachinery/patch/custom-schema.ts'
import { createSchemaSource, DEDUCED, type SchemaNode, type SchemaSource } from '../apimachinery/patch/schema.ts'
import type { Facts } from '../facts/types.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { ApiServices } from './services.ts'

/** The schemas by which patches merge. */
export function createSchemas(facts: Facts): ApiServices['schemas'] {
  const sources = new Map<string, SchemaSource>()
  const nodes = new WeakMap<ResourceDefinition, SchemaNode>()
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
    const found = facts.schemaOf(definition)
    return found === undefined ? DEDUCED : source(definition).component(found.name)
  }
  return {
    of(definition) {
      let node = nodes.get(definition)
      if (node === undefined) {
        node = compile(definition)
        nodes.set(definition, node)
      }
      return node
    },
  }
}

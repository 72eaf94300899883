import { isObject, type JsonObject } from './json-object.ts'
import { DEDUCED, type SchemaNode, type SchemaSource } from './schema.ts'

const OBJECT_META = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }
const TYPE_META = { apiVersion: { type: 'string' }, kind: { type: 'string' } }

/** The node of a custom resource, from its definition's `openAPIV3Schema`; `source` must know ObjectMeta. Without a schema, or where
 * the schema cannot be converted, nothing is known of the object.
 */
export function customResourceSchema(schema: JsonObject | undefined, source: SchemaSource): SchemaNode {
  if (schema === undefined) return DEDUCED
  const { properties } = schema
  const withMeta = embed({ ...schema, properties: { ...(isObject(properties) ? properties : {}), ...TYPE_META } })
  const { properties: all } = withMeta
  return source.compile({ ...withMeta, properties: { ...(all as JsonObject), metadata: OBJECT_META } })
}

/** Embedded resources have a kind and metadata, whatever their schema says. Value validations say nothing about shapes. */
function embed(schema: JsonObject): JsonObject {
  const { allOf: _allOf, oneOf: _oneOf, anyOf: _anyOf, not: _not, ...shape } = schema
  const { properties, items, additionalProperties } = shape
  const embedded = shape['x-kubernetes-embedded-resource'] === true ? { ...TYPE_META, metadata: OBJECT_META } : {}
  const members = isObject(properties) ? mapValues(properties, (member) => (isObject(member) ? embed(member) : member)) : {}
  const all = { ...members, ...embedded }
  return {
    ...shape,
    ...(Object.keys(all).length > 0 ? { properties: all } : {}),
    ...(isObject(items) ? { items: embed(items) } : {}),
    ...(isObject(additionalProperties) ? { additionalProperties: embed(additionalProperties) } : {}),
  }
}

function mapValues(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

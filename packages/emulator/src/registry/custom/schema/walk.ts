import { memoize } from '../../../apimachinery/memoize.ts'
import { isMap, type JsonSchema } from './types.ts'

/** Whether a schema, or one that is part of it anywhere, has a property. */
export function someSchema(schema: JsonSchema | undefined, holds: (schema: JsonSchema) => boolean): boolean {
  if (schema === undefined || !isMap(schema)) return false
  return holds(schema) || partsOf(schema).some((part) => someSchema(part, holds))
}

/** A copy of a schema with each schema in it changed, those within first. */
export function changeSchemas(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const inner = <T>(part: T): T => (isMap(part) ? (changeSchemas(part, change) as T) : part)
  const copy: Record<string, unknown> = { ...schema }
  for (const keyword of ['items', 'additionalProperties', 'not']) if (isMap(copy[keyword])) copy[keyword] = inner(copy[keyword])
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) if (schema[keyword] !== undefined) copy[keyword] = schema[keyword].map(inner)
  if (schema.properties !== undefined) {
    copy['properties'] = Object.fromEntries(Object.entries(schema.properties).map(([name, member]) => [name, inner(member)]))
  }
  return change(copy)
}

/** The schemas in a schema: of its members and items, and its alternatives. */
function partsOf(schema: JsonSchema): JsonSchema[] {
  const { items, additionalProperties, not, properties = {}, allOf = [], anyOf = [], oneOf = [] } = schema
  const single = [items, additionalProperties, not].filter((part): part is JsonSchema => isMap(part))
  return [...single, ...allOf, ...anyOf, ...oneOf, ...Object.values(properties)]
}

const hasPatterns = memoize((schema: JsonSchema) => someSchema(schema, ({ pattern }) => pattern !== undefined && pattern !== ''))

/** Whether values are matched with regular expressions. */
export const usesPatterns = (schema: JsonSchema | undefined): boolean => schema !== undefined && hasPatterns(schema)

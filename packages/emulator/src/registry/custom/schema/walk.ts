import { memoize } from '../../../apimachinery/memoize.ts'
import { isMap, type JsonSchema } from './types.ts'

/** Whether a schema, or one that is part of it anywhere, has a property. */
export function someSchema(schema: JsonSchema | undefined, holds: (schema: JsonSchema) => boolean): boolean {
  if (schema === undefined || !isMap(schema)) return false
  return holds(schema) || partsOf(schema).some((part) => someSchema(part, holds))
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

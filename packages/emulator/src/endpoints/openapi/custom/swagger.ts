import { isMap, type JsonSchema } from '../../../registry/custom/schema/types.ts'
import type { ResourceDefinition } from '../../../registry/resource.ts'
import { customDocument, type SharedParts } from './document.ts'
import { kindSchema, type OpenApiSchema } from './schema.ts'

/** The document of a group and version with what Swagger 2.0 and its clients can read of it, still in the words of OpenAPI 3. */
export function swaggerDocument(definitions: readonly ResourceDefinition[], shared: SharedParts): object {
  const document = customDocument(definitions, shared, publish) as { paths: Record<string, Record<string, Operation>> }
  // Unlike built-in resources, custom ones say what they take even where there is nothing to take.
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) if (!Array.isArray(operation)) operation.consumes ??= consumed(operation)
  }
  return document
}

interface Operation {
  consumes?: string[]
  requestBody?: { content: object }
}

const consumed = ({ requestBody }: Operation): string[] => {
  const types = Object.keys(requestBody?.content ?? { 'application/json': 0, 'application/yaml': 0 })
  return types.includes(jsonPatch) ? [jsonPatch, 'application/merge-patch+json', 'application/apply-patch+yaml'] : types
}

const jsonPatch = 'application/json-patch+json'

/** Where fields may be unknown, nothing is said: clients would take it for all that there may be. */
const publish = (schema: JsonSchema | undefined): OpenApiSchema =>
  schema === undefined || schema['x-kubernetes-preserve-unknown-fields']
    ? { type: 'object' }
    : withoutOpenMembers(kindSchema(withoutUnreadable(schema)))

/** Of an embedded object that may have any fields, not even those that every object has are told. */
function withoutOpenMembers(schema: OpenApiSchema): OpenApiSchema {
  const open = schema['x-kubernetes-embedded-resource'] === true && schema['x-kubernetes-preserve-unknown-fields'] === true
  const kept = Object.entries(schema).filter(([keyword]) => !open || (keyword !== 'properties' && keyword !== 'required'))
  const inside = ([keyword, value]: [string, unknown]): [string, unknown] => {
    if (!isMap(value)) return [keyword, value]
    if (keyword === 'items' || keyword === 'additionalProperties') return [keyword, withoutOpenMembers(value)]
    const each = (member: unknown) => (isMap(member) ? withoutOpenMembers(member) : member)
    return [
      keyword,
      keyword === 'properties' ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, each(member)])) : value,
    ]
  }
  return Object.fromEntries(kept.map(inside))
}

const alternatives = ['allOf', 'oneOf', 'anyOf', 'not', 'nullable', 'default']
const inner = ['properties', 'items']

/** Without what version 2 does not have, and what its clients stumble over (apiextensions, controller/openapi/v2/conversion.go). */
function withoutUnreadable(schema: JsonSchema): JsonSchema {
  const { nullable, type } = schema
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true
  const untyped = nullable || (open && (type === 'object' || type === 'array')) || (type === 'array' && schema.items === undefined)
  const dropped = [...alternatives, ...(nullable || open ? inner : []), ...(untyped ? ['type'] : [])]
  const kept = Object.entries(schema).filter(([keyword]) => !dropped.includes(keyword))
  const { required: _, ...published } = Object.fromEntries(kept.map(([keyword, value]) => [keyword, readable(keyword, value)]))
  const required = requiredOf(schema)
  return (required.length === 0 ? published : { ...published, required }) as JsonSchema
}

function readable(keyword: string, value: unknown): unknown {
  if (keyword === 'properties') {
    return Object.fromEntries(Object.entries(value as Record<string, JsonSchema>).map(([name, each]) => [name, withoutUnreadable(each)]))
  }
  return (keyword === 'items' || keyword === 'additionalProperties') && isMap(value) ? withoutUnreadable(value as JsonSchema) : value
}

/** A client cannot be made to give what may be null. */
function requiredOf({ required = [], properties = {}, additionalProperties }: JsonSchema): readonly string[] {
  if (isMap(additionalProperties) && additionalProperties['nullable']) return []
  return required.filter((name) => properties[name]?.nullable !== true)
}

import type { JsonSchema } from '../../../registry/custom/schema/types.ts'

export type OpenApiSchema = Record<string, unknown>

const componentPrefix = '#/components/schemas/'
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

export const refTo = (name: string): OpenApiSchema => ({ $ref: componentPrefix + name })

const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md'
const string = (description: string): OpenApiSchema => ({ description, type: 'string' })
const described = (description: string, name: string): OpenApiSchema => ({ description, allOf: [refTo(name)] })

const typeProperties = {
  apiVersion: string(
    `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${conventions}#resources`,
  ),
  kind: string(
    `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${conventions}#types-kinds`,
  ),
}
const objectMeta = described(`Standard object's metadata. More info: ${conventions}#metadata`, `${meta}.ObjectMeta`)
const listMeta = described(`Standard list metadata. More info: ${conventions}#types-kinds`, `${meta}.ListMeta`)
const embeddedProperties = {
  apiVersion: string(`apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`),
  kind: string(`kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`),
  metadata: objectMeta,
}

/** The component of a custom kind: what its definition says, and what every object has. */
export function kindSchema(schema: JsonSchema | undefined): OpenApiSchema {
  if (schema === undefined) return { type: 'object' }
  const published = publish(schema)
  return { ...published, properties: sorted({ ...(published['properties'] as object), ...typeProperties, metadata: objectMeta }) }
}

export function listSchema(kind: string, listKind: string, plural: string, component: string): OpenApiSchema {
  const items = { description: `List of ${plural}. More info: ${conventions}`, type: 'array', items: refTo(component) }
  return {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: { apiVersion: typeProperties.apiVersion, items, kind: typeProperties.kind, metadata: listMeta },
  }
}

/** A structural schema in the words of OpenAPI, with what its `x-kubernetes-` members imply said outright. */
function publish(schema: JsonSchema): OpenApiSchema {
  const published: OpenApiSchema = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || value === null || (value === false && keyword !== 'default' && keyword !== 'additionalProperties')) continue
    published[keyword] = publishKeyword(keyword, value)
  }
  if (schema['x-kubernetes-int-or-string']) sayIntOrString(published)
  if (schema['x-kubernetes-embedded-resource']) {
    published['properties'] = sorted({ ...(published['properties'] as object), ...embeddedProperties })
    const required = schema.required ?? []
    published['required'] = [...required, ...['kind', 'apiVersion'].filter((name) => !required.includes(name))]
  }
  return published
}

function publishKeyword(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case 'properties':
      return sorted(Object.fromEntries(Object.entries(value as Record<string, JsonSchema>).map(([name, each]) => [name, publish(each)])))
    case 'items':
    case 'not':
      return publish(value as JsonSchema)
    case 'additionalProperties':
      return typeof value === 'object' ? publish(value as JsonSchema) : value
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (value as JsonSchema[]).map(publish)
    default:
      return value
  }
}

const intOrString = () => [{ type: 'integer' }, { type: 'string' }]

function sayIntOrString(published: OpenApiSchema): void {
  const allOf = (published['allOf'] ?? []) as OpenApiSchema[]
  if (isIntOrString(published['anyOf']) || isIntOrString(allOf[0]?.['anyOf'])) return
  if (published['anyOf'] === undefined) published['anyOf'] = intOrString()
  else published['allOf'] = [{ anyOf: intOrString() }, ...allOf]
}

const isIntOrString = (anyOf: unknown) => JSON.stringify(anyOf) === JSON.stringify(intOrString())

const sorted = (properties: object) => Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)))

/** OpenAPI 3 documents in the words of version 2, as the server has them at `/openapi/v2`. */

// biome-ignore lint/suspicious/noExplicitAny: documents are walked by their keys
type Any = any

interface Document {
  info: object
  paths?: Record<string, Any>
  components?: { schemas?: Record<string, Any> }
}

export interface SwaggerParts {
  paths: Record<string, Any>
  definitions: Record<string, Any>
}

/** One Swagger 2.0 document out of the OpenAPI 3 documents of all group versions. */
export function openApiV2(documents: ReadonlyMap<string, unknown>): object {
  const all = [...documents.values()] as Document[]
  return {
    swagger: '2.0',
    info: all[0]?.info,
    ...swaggerParts(all),
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  }
}

export function swaggerParts(documents: readonly unknown[]): SwaggerParts {
  const definitions: Record<string, Any> = {}
  const paths: Record<string, Any> = {}
  for (const { paths: ownPaths = {}, components = {} } of documents as Document[]) {
    for (const [name, schema] of Object.entries(components.schemas ?? {}))
      definitions[name] = mergeKinds(definitions[name], definition(name, schema))
    for (const [path, item] of Object.entries(ownPaths)) paths[path] = pathItem(item)
  }
  return { paths: sorted(paths), definitions: sorted(definitions) }
}

const sorted = (object: Record<string, Any>) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
const kindsKey = 'x-kubernetes-group-version-kind'

/** A type that several group versions hold lists the kinds of each. */
function mergeKinds(known: Any, added: Any): Any {
  if (known === undefined || added[kindsKey] === undefined) return known ?? added
  const kinds = new Map([...(known[kindsKey] ?? []), ...added[kindsKey]].map((kind) => [JSON.stringify(kind), kind]))
  return { ...known, [kindsKey]: [...kinds.values()] }
}

/** Types that are of several JSON types have none in Swagger 2.0, except these two, which it calls strings. */
function definition(name: string, schema: Any): Any {
  const converted = convert(schema)
  return /\.(Quantity|IntOrString)$/.test(name) ? { type: 'string', ...converted } : converted
}

function convert(schema: Any): Any {
  if (typeof schema['$ref'] === 'string') return { $ref: schema['$ref'].replace('#/components/schemas/', '#/definitions/') }
  // A reference stands alone in Swagger 2.0: what is said beside it is lost, extensions aside.
  const { allOf, oneOf: _oneOf, anyOf: _anyOf, default: _default, nullable: _nullable, ...rest } = schema
  const reference = allOf?.length === 1 ? convert(allOf[0]) : {}
  return { ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, convertMember(key, value)])), ...reference }
}

function convertMember(key: string, value: Any): Any {
  if (key === 'properties') return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, convert(schema)]))
  return (key === 'items' || key === 'additionalProperties') && typeof value === 'object' ? convert(value) : value
}

function pathItem(item: Any): Any {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => [key, key === 'parameters' ? (value as Any[]).map(parameter) : operation(value)]),
  )
}

function parameter({ schema, ...rest }: Any): Any {
  return { ...schema, ...rest }
}

function operation({ parameters = [], requestBody, responses, tags, operationId, consumes, ...rest }: Any): Any {
  const produces = [...new Set(Object.values(responses as Record<string, Any>).flatMap(({ content = {} }) => Object.keys(content)))]
  const body = requestBody === undefined ? [] : [bodyParameter(requestBody)]
  const all = [...body, ...parameters.map(parameter)]
  return {
    ...(consumes === undefined ? consumesOf(requestBody, produces, tags, 'x-kubernetes-action' in rest) : { consumes }),
    produces,
    schemes: ['https'],
    tags,
    operationId,
    ...(all.length === 0 ? {} : { parameters: all }),
    responses: Object.fromEntries(Object.entries(responses).map(([code, response]) => [code, responseOf(response)])),
    ...rest,
  }
}

/** Resources without a body claim to take anything, the rest what they produce; the OpenID documents are silent. */
function consumesOf(requestBody: Any, produces: string[], tags: string[], ofResource: boolean): { consumes?: string[] } {
  if (requestBody !== undefined) return { consumes: Object.keys(requestBody.content) }
  if (ofResource) return { consumes: ['*/*'] }
  return tags.includes('WellKnown') || tags.includes('openid') ? {} : { consumes: produces }
}

function bodyParameter({ content, required }: Any): Any {
  const [first] = Object.values(content) as Any[]
  return { name: 'body', in: 'body', ...(required ? { required } : {}), schema: convert(first.schema) }
}

function responseOf({ content, ...rest }: Any): Any {
  const [first] = Object.values(content ?? {}) as Any[]
  return first?.schema === undefined ? rest : { ...rest, schema: convert(first.schema) }
}

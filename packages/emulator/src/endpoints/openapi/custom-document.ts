import type { ResourceDefinition } from '../../registry/resource.ts'

type Json = Record<string, unknown>

/** A built-in document, by its path in the index. */
export type DocumentSource = (path: string) => { paths: Json; components: { schemas: Json } }

interface Model {
  document: string
  group: string
  resource: string
  kind: string
}

/** Built-in resources with every verb and subresource that a custom one may have. */
const models: Record<'namespaced' | 'cluster', Model> = {
  namespaced: { document: 'apis/apps/v1', group: 'apps', resource: 'deployments', kind: 'Deployment' },
  cluster: { document: 'apis/storage.k8s.io/v1', group: 'storage.k8s.io', resource: 'volumeattachments', kind: 'VolumeAttachment' },
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** The OpenAPI document of a group and version of custom resources: paths like those of built-in ones, and the definitions' schemas. */
export function customDocument(definitions: readonly ResourceDefinition[], source: DocumentSource): Json {
  const paths: Json = {}
  const schemas: Json = {}
  for (const definition of definitions) {
    Object.assign(paths, pathsOf(definition, source))
    schemas[schemaName(definition, definition.kind)] = kindSchema(definition)
    schemas[schemaName(definition, definition.listKind)] = listSchema(definition)
  }
  const known = { ...source(models.cluster.document).components.schemas, ...source(models.namespaced.document).components.schemas }
  addReferred(schemas, known, JSON.stringify([paths, schemas]))
  const info = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' }
  return { openapi: '3.0.0', info, paths: sorted(paths), components: { schemas: sorted(schemas) } }
}

/** The paths of the model, with the names of the custom resource in place of its own. */
function pathsOf(definition: ResourceDefinition, source: DocumentSource): Json {
  const { group, version, resource, kind, listKind, subresources } = definition
  const model = models[definition.namespaced ? 'namespaced' : 'cluster']
  const found = Object.entries(source(model.document).paths).filter(([path]) => {
    const [of, subresource] = /\/([a-z]+)(?:\/\{name\})?(?:\/(\w+))?$/.exec(path)?.slice(1) ?? []
    return of === model.resource && !path.includes('/watch/') && (subresource === undefined || subresources.has(subresource))
  })
  const modelName = `#/components/schemas/io.k8s.api.${model.group.split('.')[0]}.v1.${model.kind}`
  const name = (of: string) => `#/components/schemas/${schemaName(definition, of)}`
  const text = JSON.stringify(Object.fromEntries(found), withoutTypesOfBuiltIns)
    .replaceAll(`${modelName}List"`, `${name(listKind)}"`)
    .replaceAll(`${modelName}"`, `${name(kind)}"`)
    .replaceAll(`"/apis/${model.group}/v1/`, `"/apis/${group}/${version}/`)
    .replaceAll(`/${model.resource}`, `/${resource}`)
    .replaceAll(new RegExp(`("operationId":"[a-z]+)${camelCase(model.group)}V1(\\w*?)${model.kind}`, 'g'), (_all, verb, scope) => {
      return `${verb}${camelCase(group)}${capitalized(version)}${scope}${kind}`
    })
    .replaceAll(`"${lowerFirst(camelCase(model.group))}_v1"`, `"${lowerFirst(camelCase(group))}_${version}"`)
    .replaceAll(`{"group":"${model.group}","version":"v1","kind":"${model.kind}"}`, JSON.stringify({ group, version, kind }))
  return JSON.parse(text)
}

/** Custom resources have no protobuf and no strategic merge. */
function withoutTypesOfBuiltIns(key: string, value: unknown): unknown {
  return key.includes('protobuf') || key.includes('strategic-merge') ? undefined : value
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
/** Of a group, as identifiers have it: `storage.k8s.io` is `Storage`, `widgets.example.com` is `WidgetsExampleCom`. */
const camelCase = (group: string) =>
  group
    .replace(/\.k8s\.io$/, '')
    .split(/[.-]/)
    .map(capitalized)
    .join('')

const schemaName = ({ group, version }: ResourceDefinition, kind: string) => `${group.split('.').reverse().join('.')}.${version}.${kind}`

const typeProperties = (metadata: string) => ({
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { allOf: [reference(`${meta}.${metadata}`)] },
})

function kindSchema({ group, version, kind, openApiSchema = { 'x-kubernetes-preserve-unknown-fields': true } }: ResourceDefinition): Json {
  const schema = withEmbedded(openApiSchema) as Json
  const properties = { ...(schema['properties'] as Json | undefined), ...typeProperties('ObjectMeta') }
  return { type: 'object', ...schema, properties: sorted(properties), 'x-kubernetes-group-version-kind': [{ group, kind, version }] }
}

/** What holds a whole object has an object's fields. */
function withEmbedded(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map(withEmbedded)
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, dataKeys.has(key) ? value : withEmbedded(value)]))
  if (copy['x-kubernetes-embedded-resource'] !== true) return copy
  return { ...copy, properties: sorted({ ...copy['properties'], ...typeProperties('ObjectMeta') }) }
}

const dataKeys = new Set(['default', 'enum', 'example'])

function listSchema(definition: ResourceDefinition): Json {
  const { group, version, kind, listKind } = definition
  const items = { type: 'array', items: reference(schemaName(definition, kind)) }
  return {
    type: 'object',
    required: ['items'],
    properties: sorted({ ...typeProperties('ListMeta'), items }),
    'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
  }
}

/** Adds what references lead to, and what these lead to. */
function addReferred(schemas: Json, known: Json, text: string): void {
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (schemas[name] !== undefined || known[name] === undefined) continue
    schemas[name] = known[name]
    addReferred(schemas, known, JSON.stringify(known[name]))
  }
}

const sorted = (object: Json): Json => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))

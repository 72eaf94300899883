import { gunzipSync } from 'node:zlib'
import type { Facts } from '../../../facts/types.ts'
import type { JsonSchema } from '../../../registry/custom/schema/types.ts'
import type { ResourceDefinition } from '../../../registry/resource.ts'
import { type Parameter, type ParameterPool, pathsOf } from './operations.ts'
import { kindSchema, listSchema, type OpenApiSchema } from './schema.ts'

/** What the documents of custom resources share with those of built-in ones. */
export interface SharedParts {
  parameter: ParameterPool
  component(name: string): OpenApiSchema | undefined
}

/** Taken from the document of the core group, whose replication controllers have all that custom resources can have. */
export function sharedPartsOf(facts: Facts): SharedParts {
  const document: BuiltInDocument = JSON.parse(gunzipSync(facts.openApiDocument('api/v1')!).toString())
  const parameters = new Map<string, Parameter>()
  const root = '/api/v1/namespaces/{namespace}/replicationcontrollers'
  for (const path of [root, `${root}/{name}`, '/api/v1/namespaces/{name}']) {
    for (const [method, operation] of Object.entries(document.paths[path] ?? {})) {
      const found = Array.isArray(operation) ? operation : operation.parameters
      for (const each of found ?? []) {
        parameters.set(`${method} ${each.name}`, each)
        if (!parameters.has(each.name)) parameters.set(each.name, each)
      }
    }
  }
  return {
    parameter: (name, method) => parameters.get(`${method} ${name}`) ?? parameters.get(name),
    component: (name) => document.components.schemas[name],
  }
}

interface BuiltInDocument {
  paths: Record<string, Record<string, { parameters?: Parameter[] } | Parameter[]>>
  components: { schemas: Record<string, OpenApiSchema> }
}

/** How the schema of a kind is published. */
export type Publish = (schema: JsonSchema | undefined) => OpenApiSchema

/** The OpenAPI 3 document of a group and version that custom resource definitions serve. */
export function customDocument(definitions: readonly ResourceDefinition[], shared: SharedParts, publish: Publish = kindSchema): object {
  const paths: Record<string, object> = {}
  const schemas: Record<string, OpenApiSchema> = {}
  for (const definition of definitions) {
    const { group, version, kind, listKind, resource } = definition
    const prefix = `${group.split('.').reverse().join('.')}.${version}.`
    const components = { kind: prefix + kind, list: prefix + listKind }
    Object.assign(paths, pathsOf(definition, components, shared.parameter))
    const extensions = (kind: string) => ({
      'x-kubernetes-group-version-kind': [{ group, kind, version }],
      ...selectableFields(definition.selectablePaths ?? []),
    })
    schemas[components.kind] = { ...publish(definition.openApiSchema as JsonSchema | undefined), ...extensions(kind) }
    schemas[components.list] = { ...listSchema(kind, listKind, resource, components.kind), ...extensions(listKind) }
  }
  addReferenced({ paths, schemas: { ...schemas } }, schemas, shared)
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths: sorted(paths),
    components: { schemas: sorted(schemas) },
  }
}

function selectableFields(paths: readonly string[]): OpenApiSchema {
  return paths.length === 0 ? {} : { 'x-kubernetes-selectable-fields': paths.map((path) => ({ fieldPath: path.replace(/^\./, '') })) }
}

/** Adds the components that `within` refers to, and those that these refer to. */
function addReferenced(within: unknown, schemas: Record<string, OpenApiSchema>, shared: SharedParts): void {
  if (typeof within !== 'object' || within === null) return
  for (const [member, value] of Object.entries(within)) {
    if (member !== '$ref' || typeof value !== 'string') {
      addReferenced(value, schemas, shared)
      continue
    }
    const name = value.replace('#/components/schemas/', '')
    const component = shared.component(name)
    if (schemas[name] !== undefined || component === undefined) continue
    schemas[name] = component
    addReferenced(component, schemas, shared)
  }
}

const sorted = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

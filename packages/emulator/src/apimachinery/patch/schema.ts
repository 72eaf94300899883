import { isObject, type JsonObject } from './json-object.ts'

/** What a schema says about one value, as patches need it. A schema without a type has all three shapes. */
export interface SchemaNode {
  /** The name of the Go type, without its package: known for the types that have a component of their own. */
  typeName?: string
  scalar?: ScalarShape
  list?: ListShape
  map?: MapShape
}

export interface ScalarShape {
  type: 'numeric' | 'string' | 'boolean' | 'untyped'
  /** OpenAPI's format, such as `int32`. */
  format?: string
}

export interface ListShape {
  /** Elements are told apart by keys (or by value, without keys), instead of the list being one value. */
  associative: boolean
  keys: readonly string[]
  element: () => SchemaNode
}

export interface MapShape {
  atomic: boolean
  fields: ReadonlyMap<string, FieldSchema>
  /** The schema of members that are no fields. Without it there may be none. */
  element?: () => SchemaNode
  /** Nothing is known about the members: they are what they look like. */
  deduced: boolean
}

export interface FieldSchema {
  node: () => SchemaNode
  default?: unknown
  /** x-kubernetes-patch-strategy, split. */
  patchStrategies: readonly string[]
  patchMergeKey: string
}

/** Turns the schemas of an API's types into nodes, each once, when somebody asks. */
export interface SchemaSource {
  /** @throws Error when there is no such component */
  component(name: string): SchemaNode
  /** The node of a schema that is not a component, such as a custom resource's. */
  compile(schema: JsonObject): SchemaNode
}

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension'

/** A value that is never merged below its top. */
const UNTYPED: SchemaNode = {
  scalar: { type: 'untyped' },
  list: { associative: false, keys: [], element: () => UNTYPED },
  map: { atomic: true, fields: new Map(), element: () => UNTYPED, deduced: false },
}

/** A value of which nothing is known: maps are merged, lists replaced. */
export const DEDUCED: SchemaNode = {
  scalar: { type: 'untyped' },
  list: { associative: false, keys: [], element: () => UNTYPED },
  map: { atomic: false, fields: new Map(), element: () => DEDUCED, deduced: true },
}

/** `components`: the `components.schemas` of OpenAPI documents, or a way to look them up. */
export function createSchemaSource(components: Record<string, unknown> | ((name: string) => unknown)): SchemaSource {
  const nodes = new Map<string, SchemaNode>()
  const lookUp = typeof components === 'function' ? components : (name: string) => components[name]
  const component = (name: string): SchemaNode => {
    let node = nodes.get(name)
    if (node === undefined) {
      const schema = lookUp(name)
      if (!isObject(schema)) throw new Error(`no schema called ${name}`)
      node = compileComponent(name, schema, component)
      nodes.set(name, node)
    }
    return node
  }
  return { component, compile: (schema) => compileSchema(schema, { component, preserve: false }) }
}

interface Scope {
  component: (name: string) => SchemaNode
  /** Unknown fields are kept here and below (x-kubernetes-preserve-unknown-fields). */
  preserve: boolean
}

function compileComponent(name: string, schema: JsonObject, component: Scope['component']): SchemaNode {
  const typeName = name.slice(name.lastIndexOf('.') + 1)
  if (name === QUANTITY) return { typeName, scalar: { type: 'untyped' } }
  if (name === RAW_EXTENSION) return { ...UNTYPED, typeName }
  return { ...compileSchema(schema, { component, preserve: false }), typeName }
}

function compileSchema(schema: JsonObject, outer: Scope): SchemaNode {
  const preserve = outer.preserve || schema['x-kubernetes-preserve-unknown-fields'] === true
  const scope = { ...outer, preserve }
  switch (schema.type) {
    case 'object':
      return { map: compileMap(schema, scope) }
    case 'array':
      return { list: compileList(schema, scope) }
    case 'integer':
    case 'number':
      return { scalar: { type: 'numeric', format: formatOf(schema) } }
    case 'boolean':
      return { scalar: { type: 'boolean' } }
    case 'string':
      return { scalar: { type: ['', 'byte'].includes(formatOf(schema)) ? 'string' : 'untyped', format: formatOf(schema) } }
    default:
      return { scalar: { type: 'untyped', format: formatOf(schema) }, list: compileList(schema, scope), map: compileMap(schema, scope) }
  }
}

const formatOf = ({ format }: JsonObject) => (typeof format === 'string' ? format : '')

/** The node of a member or element: a reference, alone or in an `allOf`, or a schema in place. */
function reference(schema: JsonObject, scope: Scope): () => SchemaNode {
  const [only, ...more] = Array.isArray(schema.allOf) ? schema.allOf : []
  const ref = schema.$ref ?? (more.length === 0 && isObject(only) ? only.$ref : undefined)
  const mapType = schema['x-kubernetes-map-type']
  return lazily(() => {
    if (typeof ref !== 'string') return compileSchema(schema, scope)
    const node = scope.component(ref.slice(ref.lastIndexOf('/') + 1))
    if (typeof mapType !== 'string' || node.map === undefined) return node
    return { ...node, map: { ...node.map, atomic: mapType === 'atomic' } }
  })
}

function lazily(make: () => SchemaNode): () => SchemaNode {
  let node: SchemaNode | undefined
  return () => {
    node ??= make()
    return node
  }
}

function compileList(schema: JsonObject, scope: Scope): ListShape {
  const element = isObject(schema.items) ? reference(schema.items, scope) : () => UNTYPED
  return { ...elementRelationship(schema), element }
}

function elementRelationship(schema: JsonObject): Pick<ListShape, 'associative' | 'keys'> {
  const listType = schema['x-kubernetes-list-type']
  if (listType !== undefined) {
    const keys = schema['x-kubernetes-list-map-keys']
    return { associative: listType === 'set' || listType === 'map', keys: listType === 'map' && Array.isArray(keys) ? keys : [] }
  }
  const key = schema['x-kubernetes-patch-merge-key']
  const associative = patchStrategies(schema).includes('merge')
  return { associative, keys: associative && typeof key === 'string' ? [key] : [] }
}

function patchStrategies(schema: JsonObject): string[] {
  const strategy = schema['x-kubernetes-patch-strategy']
  return typeof strategy === 'string' ? strategy.split(',') : []
}

function compileMap(schema: JsonObject, scope: Scope): MapShape {
  const fields = new Map<string, FieldSchema>()
  for (const [name, member] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    const field = member as JsonObject
    const mergeKey = field['x-kubernetes-patch-merge-key']
    fields.set(name, {
      node: reference(field, scope),
      ...('default' in field ? { default: field.default } : {}),
      patchStrategies: patchStrategies(field),
      patchMergeKey: typeof mergeKey === 'string' ? mergeKey : '',
    })
  }
  const element = elementOf(schema, fields.size, scope)
  const deduced = fields.size === 0 && element !== undefined && element === deducedNode
  return { atomic: schema['x-kubernetes-map-type'] === 'atomic', fields, ...(element === undefined ? {} : { element }), deduced }
}

const deducedNode = () => DEDUCED

function elementOf(schema: JsonObject, fields: number, scope: Scope): (() => SchemaNode) | undefined {
  const additional = schema.additionalProperties
  if (additional === undefined) return scope.preserve || fields === 0 ? deducedNode : undefined
  if (isObject(additional)) return reference(additional, scope)
  return additional === true ? deducedNode : undefined
}

/** What expressions of webhooks and policies may refer to (apiserver, admission/plugin/cel/compile.go). */
import {
  boolType,
  type CelType,
  dynType,
  intType,
  libraryTypes,
  listOf,
  mapOf,
  type Structs,
  stringType,
  timestampType,
  type Variables,
} from '../../../apimachinery/cel/index.ts'

type Fields = Readonly<Record<string, CelType>>

function objectType(name: string, fields: Fields): CelType {
  const byName = new Map(Object.entries(fields))
  return { kind: 'object', name, fields: () => byName }
}

const strings = (...names: string[]): Fields => Object.fromEntries(names.map((name) => [name, stringType]))

const kind = objectType('kubernetes.GroupVersionKind', strings('group', 'version', 'kind'))
const resource = objectType('kubernetes.GroupVersionResource', strings('group', 'version', 'resource'))

const request = objectType('kubernetes.AdmissionRequest', {
  kind,
  resource,
  ...strings('subResource', 'requestSubResource', 'name', 'namespace', 'operation'),
  requestKind: kind,
  requestResource: resource,
  userInfo: objectType('kubernetes.UserInfo', {
    ...strings('username', 'uid'),
    groups: listOf(stringType),
    extra: mapOf(stringType, listOf(stringType)),
  }),
  dryRun: boolType,
  options: dynType,
})

const namespace = objectType('kubernetes.Namespace', {
  metadata: objectType('kubernetes.NamespaceMetadata', {
    ...strings('name', 'generateName', 'namespace', 'UID', 'resourceVersion'),
    labels: mapOf(stringType, stringType),
    annotations: mapOf(stringType, stringType),
    creationTimestamp: timestampType,
    deletionTimestamp: timestampType,
    deletionGracePeriodSeconds: intType,
    generation: intType,
    finalizers: listOf(stringType),
  }),
  spec: objectType('kubernetes.NamespaceSpec', { finalizers: listOf(stringType) }),
  status: objectType('kubernetes.NamespaceStatus', {
    conditions: listOf(
      objectType('kubernetes.NamespaceCondition', { ...strings('status', 'type', 'message', 'reason'), lastTransitionTime: timestampType }),
    ),
    phase: stringType,
  }),
})

export interface Declarations {
  params: boolean
  authorizer: boolean
  /** Those of a policy, in order: each may refer to the ones before it. */
  variables?: ReadonlyMap<string, CelType>
}

/** The variables of an expression and their types. */
export function declareVariables({ params, authorizer, variables }: Declarations): Variables {
  const declared = new Map<string, CelType>([
    ['object', dynType],
    ['oldObject', dynType],
    ['namespaceObject', namespace],
    ['request', request],
  ])
  if (params) declared.set('params', dynType)
  if (variables !== undefined) declared.set('variables', { kind: 'object', name: 'kubernetes.variables', fields: () => variables })
  if (authorizer) {
    declared.set('authorizer', libraryTypes['Authorizer']!)
    declared.set('authorizer.requestResource', libraryTypes['ResourceCheck']!)
  }
  return declared
}

/** Whatever it is called, it is there, and may be anything. */
const anyField = new Map<string, CelType>()
anyField.get = () => dynType

const operationFields = new Map<string, CelType>([...['op', 'path', 'from'].map((name) => [name, stringType] as const), ['value', dynType]])
const knownField = operationFields.get.bind(operationFields)
// Fields that there are none of have a type without a name, which nothing fits.
operationFields.get = (name) => knownField(name) ?? { kind: 'object', name: '' }
const jsonPatch: CelType = { kind: 'object', name: 'JSONPatch', fields: () => operationFields }

/** The objects that mutations make: parts of an object, named by their path in it, and operations of JSON patches. */
export const patchStructs: Structs = (name) => {
  if (name === 'JSONPatch') return jsonPatch as CelType & { kind: 'object' }
  return name === 'Object' || name.startsWith('Object.') ? { kind: 'object', name, fields: () => anyField } : undefined
}

import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { invalid } from '../../apimachinery/field-error.ts'
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/group-version.ts'
import { parentManagedFields, type ReplicasPathOf, scaleManagedFields } from '../../apimachinery/managed-fields/scale.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { APPLY_PATCH, patchTypeOf } from '../../apimachinery/patch/apply-patch.ts'
import { unknownType } from '../../apimachinery/scheme/decode-body.ts'
import { newBadRequest, newConflict, newInternalError, newInvalid, newNotFound, StatusError } from '../../apimachinery/status-error.ts'
import { nameIsDNSSubdomain, validateObjectMeta } from '../../apimachinery/validation/index.ts'
import { validateKubeFinalizers } from '../../registry/core/finalizers.ts'
import type { ResourceDefinition, ScalePaths } from '../../registry/resource.ts'
import { ensureNamespace } from '../../registry/store.ts'
import type { Preconditions } from '../../registry/update.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import { appliedObject } from '../handlers/apply.ts'
import { admissionAttributes, decodeObject, writeContext } from '../handlers/create.ts'
import { readStored } from '../handlers/get.ts'
import { patchedObject } from '../handlers/patch.ts'
import { checkName } from '../handlers/update.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { transformWith } from '../negotiation/transform.ts'
import { parseWriteOptions, type WriteOptions } from '../options.ts'
import { respond } from '../responses.ts'
import type { RequestScope } from '../scope.ts'
import { definitionOfKind } from './kind.ts'
import { formatLabelSelector } from './label-selector-text.ts'

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** The number of replicas of a workload (autoscaling/v1 Scale). */
export async function serveScale(scope: RequestScope): Promise<ApiResponse> {
  const { request } = scope
  if (request.method === 'GET') return respondScale(scope, readObject(scope, readStored(scope).object), true)
  return request.method === 'PATCH' ? patchScale(scope) : updateScale(scope)
}

/** The scope of the Scale itself, with the workload's name and access. */
function scaleScope(scope: RequestScope): RequestScope {
  return { ...scope, definition: definitionOfKind(scope, scaleKind) }
}

async function updateScale(scope: RequestScope): Promise<ApiResponse> {
  const inner = scaleScope(scope)
  const body = await readBody(scope.request)
  const options = parseWriteOptions(scope.query, 'UpdateOptions')
  const sent = decodeScale(scope, body, options)
  checkIdentity(scope, deepCopy(sent))
  const { uid = '' } = sent.metadata
  const change = (live: KubeObject) => {
    const scale = deepCopy(sent)
    checkIdentity(scope, scale)
    scope.services.managedFields.onWrite(inner, live, scale, options)
    return scale
  }
  return writeScale(scope, options, change, uid === '' ? {} : { uid })
}

/** Where the Scale belongs to a custom resource, the server fails to say what is wrong with it: the scheme that it asks has no Scale. */
function decodeScale(scope: RequestScope, body: Uint8Array, options: WriteOptions): KubeObject {
  try {
    return decodeObject(scaleScope(scope), body, mediaTypeOfBody(scope.request), options)
  } catch (error) {
    if (!scope.definition.custom || !(error instanceof StatusError) || error.reason !== 'BadRequest') throw error
    throw newBadRequest(unknownType('v1.Scale').message)
  }
}

async function patchScale(scope: RequestScope): Promise<ApiResponse> {
  const inner = scaleScope(scope)
  const patchType = patchTypeOf(scope.request.headers['content-type'] ?? '', scope.definition.custom)
  const body = await readBody(scope.request)
  const options = parseWriteOptions(scope.query, 'PatchOptions', patchType === APPLY_PATCH)
  return writeScale(scope, options, (live) => {
    const applies = patchType === APPLY_PATCH
    const scale = applies
      ? appliedObject(inner, options, body, live)
      : patchedObject(inner, live, patchType, Buffer.from(body).toString(), options)
    checkIdentity(scope, scale)
    if (!applies) scope.services.managedFields.onWrite(inner, live, scale, options)
    return scale
  })
}

function checkIdentity({ definition, info }: RequestScope, scale: KubeObject): void {
  ensureNamespace(scale, definition.namespaced ? info.namespace : '')
  checkName(scale, info.name)
}

/** Reads the Scale off the stored object, lets `change` make a new one of it, and brings that home. */
async function writeScale(
  scope: RequestScope,
  options: WriteOptions,
  change: (live: KubeObject) => KubeObject,
  preconditions: Preconditions = {},
): Promise<ApiResponse> {
  const { definition, info, store, registry } = scope
  const pathOf = replicasPaths(scope)
  const { revision } = await store.update({
    name: info.name,
    context: writeContext(scope, options),
    // The whole object is written, by the rules of a write of the whole.
    subresource: '',
    preconditions,
    async change(existing) {
      if (existing === undefined) throw newNotFound(definition, info.name)
      const live = scaleOf(scope, existing)
      const known = scaleManagedFields(existing.metadata.managedFields, pathOf)
      if (known !== undefined) live.metadata.managedFields = known
      const scale = change(live)
      const attributes = admissionAttributes(scope, options, { operation: 'UPDATE', object: scale, oldObject: live, name: info.name })
      await registry.admission.admit(attributes)
      checkScale(scope, scale, existing)
      await registry.admission.validate(attributes)
      return withScale(scope, existing, scale, pathOf)
    },
    validateCreate: () => {},
    validateUpdate: () => {},
  })
  return respondScale(scope, readObject(scope, revision.object), false)
}

const replicasOf = (scale: KubeObject): number => (scale['spec'] as { replicas?: number } | undefined)?.replicas ?? 0

function checkScale({ definition, info }: RequestScope, scale: KubeObject, existing: KubeObject): void {
  const replicas = replicasOf(scale)
  if (definition.custom) {
    const { specReplicasPath } = pathsOf(definition)
    if (replicas === UNSET) throw newBadRequest(`the spec replicas field ${JSON.stringify(specReplicasPath)} cannot be empty`)
    return
  }
  const errors = [...validateObjectMeta(scale.metadata, true, nameIsDNSSubdomain), ...validateKubeFinalizers(scale.metadata)]
  if (replicas < 0) errors.push(invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  if (errors.length > 0) throw newInvalid(scaleKind, info.name, errors)
  const { uid = '' } = scale.metadata
  if (uid === '' || uid === existing.metadata.uid) return
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${existing.metadata.uid}`
  throw newConflict({ group: definition.group, resource: `${definition.resource}/scale` }, info.name, why)
}

function withScale(scope: RequestScope, existing: KubeObject, scale: KubeObject, pathOf: ReplicasPathOf): KubeObject {
  const { definition } = scope
  const object = deepCopy(existing)
  setAt(object, pathsOf(definition).specReplicasPath, replicasOf(scale))
  const { resourceVersion = '' } = scale.metadata
  if (!definition.custom || resourceVersion !== '') object.metadata.resourceVersion = resourceVersion
  const entries = parentManagedFields(existing.metadata.managedFields, scale.metadata.managedFields, formatGroupVersion(definition), pathOf)
  if (entries === undefined) delete object.metadata.managedFields
  else object.metadata.managedFields = entries
  return object
}

// Where the numbers are

const builtInPaths: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }
const pathsOf = ({ scalePaths }: ResourceDefinition): ScalePaths => scalePaths ?? builtInPaths
const split = (path: string) => path.replace(/^\./, '').split('.')

/** Stands for the replicas of a custom resource that does not say how many. */
const UNSET = -2147483648

function replicasPaths({ definition, registry }: RequestScope): ReplicasPathOf {
  return (apiVersion) => {
    const groupVersion = parseGroupVersion(apiVersion)
    const version = groupVersion && registry.catalog.find(groupVersion.group, groupVersion.version, definition.resource)
    if (version === undefined) return undefined
    return version.subresources.has('scale') ? split(pathsOf(version).specReplicasPath).join('.') : null
  }
}

function at(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const name of split(path)) value = (value as Record<string, unknown> | null | undefined)?.[name]
  return value
}

function setAt(object: KubeObject, path: string, value: unknown): void {
  const names = split(path)
  const last = names.pop() as string
  let parent = object as Record<string, unknown>
  for (const name of names) {
    parent[name] ??= {}
    parent = parent[name] as Record<string, unknown>
  }
  parent[last] = value
}

function readObject({ definition }: RequestScope, stored: KubeObject): KubeObject {
  return definition.codec.fromStorage?.(stored) ?? stored
}

function scaleOf({ definition, services }: RequestScope, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const paths = pathsOf(definition)
  const replicas = at(object, paths.specReplicasPath) ?? (definition.custom ? UNSET : 0)
  const selector = definition.custom ? textAt(object, paths.labelSelectorPath) : formatLabelSelector(at(object, '.spec.selector'))
  return services.codecOf(scaleKind).normalize({
    apiVersion: formatGroupVersion(scaleKind),
    kind: scaleKind.kind,
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: { replicas },
    status: { replicas: at(object, paths.statusReplicasPath) ?? 0, ...(selector === '' ? {} : { selector }) },
  })
}

function textAt(object: KubeObject, path = ''): string {
  const value = path === '' ? '' : at(object, path)
  return typeof value === 'string' ? value : ''
}

function respondScale(scope: RequestScope, object: KubeObject, mustBeSet: boolean): ApiResponse {
  const scale = scaleOf(scope, object)
  if (replicasOf(scale) === UNSET) {
    const path = pathsOf(scope.definition).specReplicasPath
    if (mustBeSet) throw newInternalError(`the spec replicas field ${JSON.stringify(path)} does not exist`)
    scale['spec'] = {}
  }
  const format = negotiateOutput(scope.request, { transforms: true })
  if (format.as === undefined) return respond(200, scale, format)
  const { custom } = scope.definition
  const shown = { printer: scope.services.printers.scale(custom), goType: custom ? '*v1.Scale' : '*autoscaling.Scale' }
  return respond(200, transformWith(scope, scale, format, shown), format)
}

import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes, WriteContext } from '../../registry/context.ts'
import { ensureNamespace } from '../../registry/store.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseWriteOptions, type WriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { dedupeOwnerReferences } from './owner-references.ts'
import { respondObject } from './result.ts'

export async function createObject(scope: RequestScope): Promise<ApiResponse> {
  const { request, definition, store, info } = scope
  const format = negotiateOutput(request, { transforms: true })
  const mediaType = mediaTypeOfBody(request)
  const body = await readBody(request)
  const options = parseWriteOptions(scope.query, 'CreateOptions')
  const object = decodeObject(scope, body, mediaType, options)
  wipeSystemFields(object)
  const isNamespace = definition.resource === 'namespaces' && definition.group === ''
  ensureNamespace(object, definition.namespaced ? info.namespace : '')
  dedupeOwnerReferences(object, scope.warnings)
  await scope.services.managedFields.onWrite(scope, undefined, object, options)
  const context = writeContext(scope, options)
  const attributes = admissionAttributes(scope, options, {
    operation: 'CREATE',
    object,
    oldObject: undefined,
    name: object.metadata.name ?? '',
    namespace: isNamespace ? (object.metadata.name ?? '') : context.namespace,
  })
  await scope.registry.admission.admit(attributes)
  refuseEscalation(scope, object, undefined)
  const revision = await store.create({
    object,
    context,
    validate: (complete) => scope.registry.admission.validate({ ...attributes, object: complete, name: complete.metadata.name ?? '' }),
  })
  return respondObject(scope, 201, revision, format)
}

/**
 * Reads the object out of a body, with the defaults of its version.
 * @throws StatusError for bodies that are not of this resource
 */
export function decodeObject(scope: RequestScope, body: Uint8Array, mediaType: string, { fieldValidation }: WriteOptions): KubeObject {
  const { definition, warnings } = scope
  const decoded = definition.codec.decode(body, mediaType, fieldValidation)
  for (const text of decoded.warnings) warnings.add(text)
  const { object } = decoded
  const { name, uid, resourceVersion } = object.metadata
  scope.observed.sent = { name, uid, resourceVersion }
  const expected = formatGroupVersion(definition)
  if (object.apiVersion !== expected) {
    throw newBadRequest(`the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`)
  }
  definition.strategy.applyDefaults?.(object)
  return object
}

/** What only the server says about a new object. */
export function wipeSystemFields({ metadata }: KubeObject): void {
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.selfLink
  delete metadata.uid
  delete metadata.creationTimestamp
}

/** Admission of what a subresource is posted: it is checked like a new object, and not stored. */
export async function admitCreate(scope: RequestScope, object: KubeObject, options: { dryRun: boolean }): Promise<void> {
  const attributes = admissionAttributes(scope, options, { operation: 'CREATE', object, oldObject: undefined, name: scope.info.name })
  await scope.registry.admission.admit(attributes)
  await scope.registry.admission.validate(attributes)
}

/** RBAC objects that would give more than their writer has. */
export function refuseEscalation(scope: RequestScope, object: KubeObject, old: KubeObject | undefined): void {
  const { definition, info, user } = scope
  if (definition.group !== 'rbac.authorization.k8s.io') return
  const write = { user, group: definition.group, resource: definition.resource, namespace: info.namespace, name: info.name, object, old }
  const error = scope.services.escalationError(write)
  if (error !== undefined) throw error
}

export function writeContext(scope: RequestScope, { dryRun }: { dryRun: boolean }): WriteContext {
  return {
    user: scope.user,
    namespace: scope.definition.namespaced ? scope.info.namespace : '',
    dryRun,
    clock: scope.clock,
    warn: (text) => scope.warnings.add(text),
  }
}

export function admissionAttributes(
  scope: RequestScope,
  options: { dryRun: boolean },
  about: Pick<AdmissionAttributes, 'operation' | 'object' | 'oldObject' | 'name'> & {
    namespace?: string
    options?: AdmissionAttributes['options']
  },
): AdmissionAttributes {
  return {
    definition: scope.definition,
    subresource: scope.info.subresource,
    namespace: scope.info.namespace,
    dryRun: options.dryRun,
    user: scope.user,
    options: writeOptions(scope.query),
    warn: (text) => scope.warnings.add(text),
    ...about,
  }
}

/** CreateOptions or UpdateOptions as they were given. */
function writeOptions(query: URLSearchParams): AdmissionAttributes['options'] {
  const dryRun = query.getAll('dryRun')
  const [manager, validation] = [query.get('fieldManager'), query.get('fieldValidation')]
  return {
    ...(dryRun.length === 0 ? {} : { dryRun }),
    ...(manager ? { fieldManager: manager } : {}),
    ...(validation ? { fieldValidation: validation } : {}),
  }
}

import type { KubeObject } from '../../apimachinery/object.ts'
import { copyDecoded } from '../../apimachinery/scheme/emptied.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import { createOnUpdateError } from '../../authorization/access-denied.ts'
import { ensureNamespace } from '../../registry/store.ts'
import { attributesOf } from '../attributes.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseWriteOptions, type WriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { admissionAttributes, decodeObject, refuseEscalation, writeContext } from './create.ts'
import { dedupeOwnerReferences } from './owner-references.ts'
import { respondObject } from './result.ts'

export async function updateObject(scope: RequestScope): Promise<ApiResponse> {
  const { request, definition, info } = scope
  const format = negotiateOutput(request, { transforms: true })
  const body = await readBody(request)
  const options = parseWriteOptions(scope.query, 'UpdateOptions')
  const object = decodeObject(scope, body, mediaTypeOfBody(request), options)
  ensureNamespace(object, definition.namespaced ? info.namespace : '')
  checkName(object, info.name)
  dedupeOwnerReferences(object, scope.warnings)
  const uid = object.metadata.uid ?? ''
  const { revision, created } = await writeChange(scope, options, () => copyDecoded(object), { ...(uid === '' ? {} : { uid }) })
  return respondObject(scope, created ? 201 : 200, revision, format)
}

/** Stores what `change` makes of the existing object: managed fields, admission and validation on the way. */
export function writeChange(
  scope: RequestScope,
  options: WriteOptions,
  change: (existing: KubeObject | undefined) => KubeObject | Promise<KubeObject>,
  { uid, forceAllowCreate = false, managedFields = true }: { uid?: string; forceAllowCreate?: boolean; managedFields?: boolean } = {},
) {
  const { info, registry, services, store } = scope
  const attributes = (object: KubeObject, oldObject: KubeObject | undefined) =>
    admissionAttributes(scope, options, { operation: oldObject === undefined ? 'CREATE' : 'UPDATE', object, oldObject, name: info.name })
  return store.update({
    name: info.name,
    context: writeContext(scope, options),
    subresource: info.subresource,
    ...(uid === undefined ? {} : { preconditions: { uid } }),
    forceAllowCreate,
    async change(existing) {
      const object = await change(existing)
      if (managedFields) await services.managedFields.onWrite(scope, existing, object, options)
      await registry.admission.admit(attributes(object, existing))
      dedupeOwnerReferences(object, scope.warnings, ' after mutating admission happens')
      refuseEscalation(scope, object, existing)
      return object
    },
    async validateCreate(object) {
      const denied = createOnUpdateError(scope.authorizer, attributesOf(info, scope.user))
      if (denied !== undefined) throw denied
      await registry.admission.validate(attributes(object, undefined))
    },
    validateUpdate: (object, old) => registry.admission.validate(attributes(object, old)),
  })
}

/** @throws StatusError 400 where the object has another name than the path, or none */
export function checkName({ metadata }: KubeObject, name: string): void {
  const given = metadata.name ?? ''
  if (given === '') throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (given !== name) throw newBadRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
}

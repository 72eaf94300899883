import { deepEqual } from '../deep-copy.ts'
import { formatGroupVersion, type GroupVersionKind, parseGroupVersion } from '../group-version.ts'
import type { KubeObject, ManagedFieldsEntry } from '../object.ts'
import { isObject, type JsonObject } from '../patch/json-object.ts'
import { newBadRequest, newPlainError } from '../status-error.ts'
import { fieldsOf } from './applied-fields.ts'
import { newApplyConflict } from './conflict.ts'
import { difference, type FieldSet, isEmpty, recursiveDifference } from './field-set.ts'
import { conflictsOfLastApplied, syncLastApplied } from './last-applied.ts'
import { decodeManagers, encodeManagers, identityOf, type Manager, type Managers } from './managers.ts'
import { mergeApplied } from './merge.ts'
import { findChanges, type OwnershipContext, takeOver, withoutServerFields } from './ownership.ts'
import { SchemaMismatch } from './path-element.ts'
import { pruneMerged } from './prune.ts'
import { reconcileManagers } from './reconcile.ts'
import { addUpdate, withoutManagedFields } from './update.ts'
import { validateTyped } from './validate.ts'

interface ApplyRequest extends Omit<OwnershipContext, 'apiVersion'> {
  /** The stored object in the version of the request. For a create: the type's zero object, without a uid. */
  live: KubeObject
  /** The type's zero object. */
  zero: KubeObject
  /** What the client sent, as YAML or JSON gives it. */
  applied: unknown
  /** The kind that the request is for. */
  gvk: GroupVersionKind
  manager: string
  force: boolean
  subresource?: string
  /** RFC 3339, in seconds. */
  now: string
}

interface ApplyResult {
  /** The merged object without managedFields: neither decoded nor defaulted. */
  object: KubeObject
  managedFields: ManagedFieldsEntry[] | undefined
}

/** Server-side apply (KEP-555): merges, removes what the manager no longer applies, finds conflicts, and says who owns what now.
 * @throws StatusError 400 and 500 for an object of a wrong type, 409 for conflicts
 */
export function applyObject(request: ApplyRequest): ApplyResult {
  const { live, gvk, subresource = '', manager, now } = request
  const applied = checkKind(request)
  const apiVersion = formatGroupVersion(gvk)
  let managers = decodeLive(live)
  if (managers.size === 0) managers = trackExisting(request, apiVersion)
  const self: Manager = { manager, operation: 'Apply', apiVersion, subresource, fields: {} }
  const { object, changed } = merge(request, applied, managers, self)
  if (changed) setTime(managers, self, now)
  const { managedFields: _live, ...metadata } = object.metadata ?? {}
  const result = { ...object, metadata } as KubeObject
  if (manager === 'kubectl') syncLastApplied(result, applied)
  return { object: result, managedFields: encodeManagers(managers) }
}

function checkKind({ applied, gvk }: ApplyRequest): KubeObject {
  const object: JsonObject = isObject(applied) ? applied : {}
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const groupVersion = parseGroupVersion(text(object.apiVersion))
  const { group, version } = groupVersion ?? { group: '', version: '' }
  const kind = groupVersion === undefined ? '' : text(object.kind)
  if (kind !== gvk.kind || group !== gvk.group || version !== gvk.version) {
    throw newBadRequest(`invalid object type: ${group}/${version}, Kind=${kind}`)
  }
  const { metadata } = object
  if (isObject(metadata) && Array.isArray(metadata.managedFields)) throw newBadRequest('metadata.managedFields must be nil')
  return object as KubeObject
}

function decodeLive({ metadata }: KubeObject): Managers {
  try {
    return decodeManagers(metadata.managedFields ?? [], true)
  } catch (error) {
    throw newPlainError(`failed to decode managed fields: ${(error as Error).message}`)
  }
}

/** An object that nobody tracked: all that it has is owned by a manager of its own from now on. */
function trackExisting(request: ApplyRequest, apiVersion: string): Managers {
  const managers: Managers = new Map()
  const { live, zero, now, subresource = '', ...context } = request
  const updated = withoutManagedFields(live)
  typed(updated, request, true, (id) => `failed to create manager for existing fields: failed to convert new object (${id}) to smd typed`)
  addUpdate(managers, {
    ...context,
    apiVersion,
    live: zero,
    updated,
    manager: 'before-first-apply',
    subresource,
    now,
  })
  return managers
}

/** @param what says what failed, given which object it is */
function typed(object: unknown, request: ApplyRequest, allowDuplicates: boolean, what: (id: string) => string): void {
  try {
    validateTyped(object, request.schema, allowDuplicates)
  } catch (error) {
    if (!(error instanceof SchemaMismatch)) throw error
    throw newPlainError(`${what(identify(object, request.gvk))}: ${error.message}`)
  }
}

function identify(object: unknown, gvk: GroupVersionKind): string {
  const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {}
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return `${text(metadata.namespace)}/${text(metadata.name)}; ${gvk.group}/${gvk.version}, Kind=${gvk.kind}`
}

interface Merged {
  object: KubeObject
  changed: boolean
}

/** Changes `managers`. */
function merge(request: ApplyRequest, applied: KubeObject, managers: Managers, self: Manager): Merged {
  const { live, schema, resetFields } = request
  typed(applied, request, false, (id) => `failed to create typed patch object (${id})`)
  typed(live, request, true, (id) => `failed to create typed live object (${id})`)
  const context: OwnershipContext = { ...request, apiVersion: self.apiVersion }
  reconcileManagers(managers, context)
  const id = identityOf(self)
  const last = managers.get(id)
  const fields = fieldsOf(applied, schema)
  const owned = resetFields === undefined ? fields : recursiveDifference(fields, resetFields)
  managers.set(id, { ...self, fields: owned, ...(last?.time === undefined ? {} : { time: last.time }) })
  const object = pruneMerged(mergeApplied(live, applied, schema), managers, last, context) as KubeObject
  const changes = findChanges(live, object, managers, id, context)
  if (!request.force && changes.conflicts.size > 0) refuseConflicts(request, changes.conflicts, managers, context)
  takeOver(managers, changes)
  for (const [key, entry] of managers) if (isEmpty(entry.fields)) managers.delete(key)
  stripServerFields(managers, id)
  return { object, changed: !deepEqual(live, object) }
}

function stripServerFields(managers: Managers, id: string): void {
  const own = managers.get(id)
  if (own === undefined) return
  const fields = withoutServerFields(own.fields)
  if (isEmpty(fields)) managers.delete(id)
  else managers.set(id, { ...own, fields })
}

/** kubectl may take over what its client-side apply once set. */
function refuseConflicts(request: ApplyRequest, conflicts: Map<string, FieldSet>, managers: Managers, context: OwnershipContext): void {
  const allowed = request.manager === 'kubectl' ? conflictsOfLastApplied(request.live, context) : undefined
  if (allowed === undefined) throw newApplyConflict(conflicts, managers)
  const left = new Map(
    [...conflicts].map(([id, fields]) => [id, difference(fields, allowed)] as const).filter(([, fields]) => !isEmpty(fields)),
  )
  if (left.size > 0) throw newApplyConflict(left, managers)
}

function setTime(managers: Managers, self: Manager, now: string): void {
  const id = identityOf(self)
  const own = managers.get(id)
  if (own !== undefined) managers.set(id, { ...own, time: now })
}

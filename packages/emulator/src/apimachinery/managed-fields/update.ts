import { deepEqual } from '../deep-copy.ts'
import type { KubeObject, ManagedFieldsEntry } from '../object.ts'
import { EMPTY, type FieldSet, isEmpty, recursiveDifference, union } from './field-set.ts'
import { capUpdateManagers, decodeManagers, encodeManagers, identityOf, isReset, type Managers } from './managers.ts'
import { fieldsOfNew } from './new-object.ts'
import { type Changes, findChanges, type OwnershipContext, takeOver, withoutServerFields } from './ownership.ts'
import { SchemaMismatch } from './path-element.ts'
import { reconcileManagers } from './reconcile.ts'
import { validateTyped } from './validate.ts'

export interface UpdateRequest extends OwnershipContext {
  /** The object before the write, with its managedFields. For a create: the type's zero object, without a uid. */
  live: KubeObject
  /** The object as the client wants it: decoded and defaulted, but not yet prepared by the registry. */
  updated: KubeObject
  /** The name of the writer (see `managerName`). */
  manager: string
  subresource?: string
  /** RFC 3339, in seconds. */
  now: string
}

/** The managedFields of an object after a create, update or patch; undefined if it has none. Never throws: like the API server, it
 * gives up tracking an object that it cannot make sense of (apimachinery, managedfields.UpdateNoErrors).
 */
export function updateManagedFields(request: UpdateRequest): ManagedFieldsEntry[] | undefined {
  const { live, updated, subresource = '' } = request
  const known = live.metadata.managedFields
  const given = updated.metadata.managedFields
  const managers = subresource === '' && !deepEqual(given, known) ? decodeGiven(given, known) : decodeLive(known)
  // an object that is not tracked stays so; a new one always is
  if (managers.size === 0 && (live.metadata.uid ?? '') !== '') return undefined
  // Only a status may be sent as of another kind or version, which there is no schema for.
  if (request.untyped === true && (updated.kind !== live.kind || updated.apiVersion !== request.apiVersion)) return undefined
  try {
    if (request.untyped === true) validateTyped(withoutManagedFields(updated), request.schema, true)
    else if (managers.size === 0 && given === undefined) return encodeManagers(ofNewObject(request))
    return track(request, managers)
  } catch (error) {
    if (error instanceof SchemaMismatch) return undefined
    throw error
  }
}

export function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

function decodeLive(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  try {
    return decodeManagers(entries ?? [], true)
  } catch {
    return new Map()
  }
}

/** What the client sent counts, if it makes sense; without any, the live object's. */
function decodeGiven(given: readonly ManagedFieldsEntry[] | undefined, known: readonly ManagedFieldsEntry[] | undefined): Managers {
  if (isReset(given)) return new Map()
  try {
    const managers = decodeManagers(given ?? [], false)
    if (managers.size > 0) return managers
  } catch {
    // as if none had been sent
  }
  return decodeLive(known)
}

/** Not a manager's identity: the current one is told apart from its own earlier entry. */
const SELF = ''

function track(request: UpdateRequest, managers: Managers): ManagedFieldsEntry[] | undefined {
  addUpdate(managers, request)
  capUpdateManagers(managers)
  return encodeManagers(managers)
}

/** Gives the writer what it changed, and takes that from the others. Changes `managers`. */
export function addUpdate(managers: Managers, request: UpdateRequest): void {
  const { live, updated, manager, apiVersion, subresource = '', now, resetFields } = request
  reconcileManagers(managers, request)
  const changes = findChanges(live, updated, managers, SELF, request)
  takeOver(managers, changes)
  for (const [id, { fields }] of managers) if (isEmpty(fields)) managers.delete(id)
  const own = ownFields(changes, resetFields)
  if (isEmpty(own)) return
  const entry = { manager: manager === '' ? 'unknown' : manager, operation: 'Update' as const, apiVersion, subresource }
  const id = identityOf(entry)
  const earlier = managers.get(id)
  managers.set(id, { ...entry, time: now, fields: earlier === undefined ? own : union(own, earlier.fields) })
}

function ownFields({ comparison: { modified, added } }: Changes, resetFields: FieldSet | undefined): FieldSet {
  const changed = union(modified, added)
  return withoutServerFields(resetFields === undefined ? changed : recursiveDifference(changed, resetFields))
}

/** A new object has one manager, or none. */
function ofNewObject(request: UpdateRequest): Managers {
  const { live, updated, manager, apiVersion, subresource = '', now, resetFields } = request
  const findOut = () => ownFields(findChanges(live, updated, new Map(), SELF, request), resetFields)
  const fields = fieldsOfNew(live, updated, resetFields ?? EMPTY, findOut)
  if (isEmpty(fields)) return new Map()
  return new Map([
    [SELF, { manager: manager === '' ? 'unknown' : manager, operation: 'Update', apiVersion, subresource, time: now, fields }],
  ])
}

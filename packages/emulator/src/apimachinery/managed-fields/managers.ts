import { deepEqual } from '../deep-copy.ts'
import type { ManagedFieldsEntry } from '../object.ts'
import { EMPTY, type FieldSet, isEmpty, readFieldSet, union } from './field-set.ts'

/** Who owns what: one entry of managedFields, decoded. */
export interface Manager {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  subresource: string
  /** RFC 3339; absent where the entry changed owners only. */
  time?: string
  fields: FieldSet
}

/** Managers by what tells them apart: name, operation, subresource, and for updates the version. */
export type Managers = Map<string, Manager>

export function identityOf({
  manager,
  operation,
  apiVersion,
  subresource,
}: Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const entry = {
    ...(manager === '' ? {} : { manager }),
    operation,
    ...(operation === 'Apply' || apiVersion === '' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  }
  return JSON.stringify(entry)
}

/** Reads managedFields.
 * @throws Error that says what is wrong with them, in the API server's words
 */
export function decodeManagers(entries: readonly ManagedFieldsEntry[], trusted: boolean): Managers {
  const managers: Managers = new Map()
  for (const [index, entry] of entries.entries()) {
    const { manager = '', operation, apiVersion = '', subresource = '', time, fieldsType = '', fieldsV1 } = entry
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`')
    if (apiVersion === '') throw new Error('apiVersion must not be empty')
    if (fieldsType === '') throw new Error(`missing fieldsType in managed fields entry ${index}`)
    if (fieldsType !== 'FieldsV1') throw new Error(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`)
    const fields = trusted ? ((fieldsV1 ?? EMPTY) as FieldSet) : readFieldSet(fieldsV1 ?? {})
    const decoded: Manager = { manager, operation, apiVersion, subresource, fields }
    if (time !== undefined && time !== null) decoded.time = time
    managers.set(identityOf(decoded), decoded)
  }
  return managers
}

/** Writes managedFields in their order: operation, time in seconds, manager, version, subresource. Undefined if there are none. */
export function encodeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined
  return [...managers.values()].sort(compareManagers).map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
    ...(manager === '' ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: shared(manager, fields) as Record<string, unknown>,
    ...(subresource === '' ? {} : { subresource }),
  }))
}

/** How many managers' last fields are remembered. */
const mostRemembered = 256
const lastFields = new Map<string, FieldSet>()

/** What a manager writes is much alike, so that the objects of a workload share most of what says who owns them. */
function shared(manager: string, fields: FieldSet): FieldSet {
  const last = lastFields.get(manager)
  if (last !== undefined && deepEqual(last, fields)) return last
  if (lastFields.size >= mostRemembered) lastFields.clear()
  lastFields.set(manager, fields)
  return fields
}

const compareTexts = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0)
const seconds = ({ time }: Manager) => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000))

function compareManagers(left: Manager, right: Manager): number {
  return (
    compareTexts(left.operation, right.operation) ||
    seconds(left) - seconds(right) ||
    compareTexts(left.manager, right.manager) ||
    compareTexts(left.apiVersion, right.apiVersion) ||
    compareTexts(left.subresource, right.subresource)
  )
}

/** A client asks for managedFields to be forgotten: an empty list, or a list of one empty entry. */
export function isReset(entries: readonly ManagedFieldsEntry[] | null | undefined): boolean {
  if (entries === undefined || entries === null || entries.length > 1) return false
  return entries.every((entry) => Object.values(entry).every((value) => value === undefined || value === null || value === ''))
}

/** Replaces a manager's fields; a manager without any goes. */
export function setFields(managers: Managers, id: string, fields: FieldSet): void {
  const known = managers.get(id)
  if (known === undefined || known.fields === fields) return
  if (isEmpty(fields)) managers.delete(id)
  else managers.set(id, { ...known, fields })
}

/** How many entries of updates an object may have. */
const MAX_UPDATE_MANAGERS = 10

/** Puts the oldest updates of a version together, once there are too many. */
export function capUpdateManagers(managers: Managers): void {
  const updates = [...managers].filter(([, { operation }]) => operation === 'Update')
  let count = updates.length
  if (count <= MAX_UPDATE_MANAGERS) return
  updates.sort(([a, left], [b, right]) => seconds(left) - seconds(right) || compareTexts(a, b))
  const firsts = new Map<string, string>()
  for (const [id, update] of updates) {
    if (count <= MAX_UPDATE_MANAGERS) return
    const first = firsts.get(update.apiVersion)
    if (first === undefined) {
      firsts.set(update.apiVersion, id)
      continue
    }
    const bucket: Manager = { ...update, manager: 'ancient-changes', subresource: '' }
    const bucketId = identityOf(bucket)
    const merged = managers.get(bucketId) ?? managers.get(first)
    if (!managers.has(bucketId)) managers.delete(first)
    managers.set(bucketId, { ...bucket, fields: union(update.fields, merged?.fields ?? EMPTY) })
    managers.delete(id)
    count--
  }
}

/** The entries with the times of earlier ones; undefined if they differ in more than that. */
export function withTimesOf(
  entries: readonly ManagedFieldsEntry[] | undefined,
  earlier: readonly ManagedFieldsEntry[] | undefined,
): ManagedFieldsEntry[] | undefined {
  if (entries === undefined || earlier === undefined || entries.length !== earlier.length) return undefined
  const same = entries.every((entry, index) => deepEqual({ ...entry, time: '' }, { ...earlier[index], time: '' }))
  return same ? [...earlier] : undefined
}

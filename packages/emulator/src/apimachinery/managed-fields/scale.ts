import { formatGroupVersion } from '../group-version.ts'
import type { ManagedFieldsEntry } from '../object.ts'
import { difference, type FieldSet, hasPath, isEmpty } from './field-set.ts'
import { decodeManagers, encodeManagers, type Managers } from './managers.ts'
import { pathSet } from './ownership.ts'

const SCALE_VERSION = formatGroupVersion({ group: 'autoscaling', version: 'v1' })
const REPLICAS = pathSet('spec.replicas')
const REPLICAS_PATH = ['f:spec', 'f:replicas']

/** Where an object of a version keeps the number that its Scale shows as spec.replicas, such as `spec.replicas` for `apps/v1`. Null: the
 * version has no scale subresource. Undefined: there is no such version, and its entries are dropped.
 */
export type ReplicasPathOf = (apiVersion: string) => string | null | undefined

const elements = (path: string) => path.split('.').map((name) => `f:${name}`)

/** The managedFields of an object, as those of its Scale: who owns the number of replicas (apimachinery, ScaleHandler). */
export function scaleManagedFields(
  parent: readonly ManagedFieldsEntry[] | undefined,
  pathOf: ReplicasPathOf,
): ManagedFieldsEntry[] | undefined {
  const managers: Managers = new Map()
  for (const [id, entry] of decodeManagers(parent ?? [], true)) {
    const path = pathOf(entry.apiVersion) ?? undefined
    if (path !== undefined && hasPath(entry.fields, elements(path)))
      managers.set(id, { ...entry, apiVersion: SCALE_VERSION, fields: REPLICAS })
  }
  return encodeManagers(managers)
}

/** The way back: the managedFields of the object after a write of its Scale. */
export function parentManagedFields(
  parent: readonly ManagedFieldsEntry[] | undefined,
  scale: readonly ManagedFieldsEntry[] | undefined,
  apiVersion: string,
  pathOf: ReplicasPathOf,
): ManagedFieldsEntry[] | undefined {
  const parents = decodeManagers(parent ?? [], true)
  const scales = decodeManagers(scale ?? [], true)
  const managers: Managers = new Map()
  for (const [id, entry] of parents) {
    const path = pathOf(entry.apiVersion)
    if (path === undefined) continue
    const ownsReplicas = path !== null && hasPath(entry.fields, elements(path))
    const fields: FieldSet = ownsReplicas && !scales.delete(id) ? difference(entry.fields, pathSet(path)) : entry.fields
    if (!isEmpty(fields)) managers.set(id, { ...entry, fields })
  }
  const path = pathOf(apiVersion) ?? undefined
  for (const [id, entry] of scales) {
    if (path === undefined || !hasPath(entry.fields, REPLICAS_PATH)) continue
    const { time: _, ...rest } = entry
    const time = parents.get(id)?.time
    managers.set(id, { ...rest, apiVersion, fields: pathSet(path), ...(time === undefined ? {} : { time }) })
  }
  return encodeManagers(managers)
}

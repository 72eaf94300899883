import { formatGroupVersion } from '../group-version.ts'
import type { ManagedFieldsEntry } from '../object.ts'
import { difference, type FieldSet, hasPath, isEmpty } from './field-set.ts'
import { decodeManagers, encodeManagers, type Managers } from './managers.ts'
import { pathSet } from './ownership.ts'

const SCALE_VERSION = formatGroupVersion({ group: 'autoscaling', version: 'v1' })
const REPLICAS = pathSet('spec.replicas')
const REPLICAS_PATH = ['f:spec', 'f:replicas']

/** Where an object keeps the number that its Scale shows as spec.replicas; `undefined` for versions without a scale subresource. */
export interface ReplicasPaths {
  /** By version, such as `apps/v1` → `spec.replicas`. Versions that are not listed are unknown, and their entries are dropped. */
  readonly [apiVersion: string]: string | undefined
}

const elements = (path: string) => path.split('.').map((name) => `f:${name}`)

/** The managedFields of an object, as those of its Scale: who owns the number of replicas (apimachinery, ScaleHandler). */
export function scaleManagedFields(
  parent: readonly ManagedFieldsEntry[] | undefined,
  paths: ReplicasPaths,
): ManagedFieldsEntry[] | undefined {
  const managers: Managers = new Map()
  for (const [id, entry] of decodeManagers(parent ?? [], true)) {
    const path = paths[entry.apiVersion]
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
  paths: ReplicasPaths,
): ManagedFieldsEntry[] | undefined {
  const parents = decodeManagers(parent ?? [], true)
  const scales = decodeManagers(scale ?? [], true)
  const managers: Managers = new Map()
  for (const [id, entry] of parents) {
    if (!(entry.apiVersion in paths)) continue
    const path = paths[entry.apiVersion]
    const ownsReplicas = path !== undefined && hasPath(entry.fields, elements(path))
    const fields: FieldSet = ownsReplicas && !scales.delete(id) ? difference(entry.fields, pathSet(path)) : entry.fields
    if (!isEmpty(fields)) managers.set(id, { ...entry, fields })
  }
  const path = paths[apiVersion]
  for (const [id, entry] of scales) {
    if (path === undefined || !hasPath(entry.fields, REPLICAS_PATH)) continue
    const { time: _, ...rest } = entry
    const time = parents.get(id)?.time
    managers.set(id, { ...rest, apiVersion, fields: pathSet(path), ...(time === undefined ? {} : { time }) })
  }
  return encodeManagers(managers)
}

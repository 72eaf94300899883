import { formatTime } from '../apimachinery/clock.ts'
import { deepCopy, deepEqual } from '../apimachinery/deep-copy.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { orderMetadata } from '../apimachinery/order-metadata.ts'
import { newConflict } from '../apimachinery/status-error.ts'
import { type Revision, StorageConflict } from '../storage/storage.ts'
import type { WriteContext } from './context.ts'
import type { ResourceDefinition } from './resource.ts'
import type { ResourceStore } from './store.ts'
import { transientRevision } from './store-base.ts'
import type { Preconditions } from './update.ts'

/** meta/v1 DeleteOptions, as far as the registry acts on them. */
export interface DeleteOptions {
  gracePeriodSeconds?: number
  preconditions?: Preconditions
  orphanDependents?: boolean
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  dryRun?: string[]
  ignoreStoreReadErrorWithClusterBreakingPotential?: boolean
}

export interface DeleteRequest {
  name: string
  options: DeleteOptions
  context: WriteContext
  /** Validating admission, given the object as it is. */
  validate(old: KubeObject): void | Promise<void>
}

export interface DeleteResult {
  /** The last state, or the state in which the object now waits. */
  revision: Revision
  /** False while finalizers or a grace period hold the object. */
  deleted: boolean
  /** The answer is the object, not a Status. */
  answersObject: boolean
}

export const orphanFinalizer = 'orphan'
export const foregroundFinalizer = 'foregroundDeletion'

/**
 * Deletes one object as far as its finalizers and grace period let it (apiserver, registry/generic Store.Delete).
 * @throws StatusError NotFound, Conflict on preconditions
 */
export async function deleteObject(store: ResourceStore, request: DeleteRequest): Promise<DeleteResult> {
  const { definition } = store
  const { name, options, context } = request
  for (;;) {
    const existing = store.get(context.namespace, name)
    checkPreconditions(definition, existing.object, options.preconditions)
    await request.validate(existing.object)
    const next = terminatingState(definition, existing.object, options, context)
    const answersObject = next !== 'now' || definition.strategy.returnsDeletedObject === true
    try {
      if (next === 'pending')
        return { revision: existing, deleted: false, answersObject: definition.strategy.returnsDeletedObject === true }
      if (next === 'held') return { revision: existing, deleted: false, answersObject: true }
      if (next === 'now') return { revision: remove(store, existing, context.dryRun), deleted: true, answersObject }
      return { ...settle(store, existing, next, context.dryRun), answersObject }
    } catch (error) {
      // Somebody wrote in between: look again.
      if (!(error instanceof StorageConflict)) throw error
    }
  }
}

function remove({ collection }: ResourceStore, existing: Revision, dryRun: boolean): Revision {
  return dryRun ? existing : collection.delete(existing.key, existing.revision)
}

/** Writes the terminating state; with nothing left to wait for, deletes. */
function settle(store: ResourceStore, existing: Revision, next: KubeObject, dryRun: boolean) {
  const begun = store.definition.strategy.beginDeletion !== undefined && existing.object.metadata.deletionTimestamp === undefined
  const waits = begun || (next.metadata.finalizers ?? []).length > 0 || (next.metadata.deletionGracePeriodSeconds ?? 0) > 0
  if (dryRun) return { revision: transientRevision(next), deleted: !waits }
  const written = deepEqual(next, existing.object) ? existing : store.collection.update(existing.key, existing.revision, next)
  return waits ? { revision: written, deleted: false } : { revision: store.collection.delete(written.key, written.revision), deleted: true }
}

/** @throws StatusError Conflict if this is not the object, or not the version of it, that is to go */
export function checkPreconditions(
  definition: ResourceDefinition,
  { metadata }: KubeObject,
  preconditions: Preconditions | undefined,
): void {
  if (preconditions === undefined) return
  const kind = { group: definition.storageKind.group, resource: definition.storageKind.kind }
  const name = metadata.name!
  const { uid, resourceVersion } = preconditions
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`
    throw newConflict(kind, name, why)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`
    throw newConflict(kind, name, why)
  }
}

/** What the object becomes: gone 'now', left as it is since a longer wait is 'pending', or the state in which it waits. */
function terminatingState(definition: ResourceDefinition, old: KubeObject, options: DeleteOptions, { clock }: WriteContext) {
  const object: KubeObject = { ...old, metadata: { ...deepCopy(old.metadata) } }
  const own = definition.strategy.beginDeletion?.(object, clock.now())
  if (own === 'wait') return 'held'
  const graceful = own === 'begin' ? true : beginGracefulDeletion(definition, object, options, clock.now())
  if (graceful === 'pending') return 'pending'
  const finalizers = finalizersFor(definition, object, options)
  if (finalizers.length > 0) object.metadata.finalizers = finalizers
  else delete object.metadata.finalizers
  if (!graceful) {
    if (finalizers.length === 0) return 'now'
    markAsDeleting(object, clock.now())
  }
  return { ...object, metadata: orderMetadata(object.metadata, definition.custom) }
}

function markAsDeleting({ metadata }: KubeObject, now: number): void {
  if (metadata.deletionTimestamp === undefined && (metadata.generation ?? 0) > 0) metadata.generation = metadata.generation! + 1
  if (metadata.deletionTimestamp === undefined || Date.parse(metadata.deletionTimestamp) > now) metadata.deletionTimestamp = formatTime(now)
  metadata.deletionGracePeriodSeconds = 0
}

/** Sets when a gracefully deleted object (a Pod) is to end. False for resources without, and where the end is now. */
function beginGracefulDeletion(
  { strategy }: ResourceDefinition,
  object: KubeObject,
  options: DeleteOptions,
  now: number,
): boolean | 'pending' {
  if (strategy.gracePeriod === undefined) return false
  const { metadata } = object
  const requested = options.gracePeriodSeconds === undefined ? undefined : options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds
  if (metadata.deletionTimestamp !== undefined) return shortenGracePeriod(metadata, requested, now)
  const seconds = strategy.gracePeriod(object, requested)
  if (seconds === undefined) return false
  metadata.deletionTimestamp = formatTime(now + seconds * 1000)
  metadata.deletionGracePeriodSeconds = seconds
  if ((metadata.generation ?? 0) > 0) metadata.generation = metadata.generation! + 1
  return true
}

/** Once terminating, the wait may only become shorter. */
function shortenGracePeriod(metadata: KubeObject['metadata'], requested: number | undefined, now: number): boolean | 'pending' {
  const current = metadata.deletionGracePeriodSeconds ?? 0
  if (current === 0) return false
  if (requested === undefined || requested >= current) return 'pending'
  const begun = Date.parse(metadata.deletionTimestamp!) - current * 1000
  const ends = begun + requested * 1000
  metadata.deletionTimestamp = formatTime(Math.max(ends, now))
  metadata.deletionGracePeriodSeconds = ends < now && requested !== 0 ? 1 : requested
  return true
}

/** The object's finalizers, with those of the garbage collector as the propagation policy wants them. */
function finalizersFor({ strategy }: ResourceDefinition, object: KubeObject, options: DeleteOptions): string[] {
  const current = object.metadata.finalizers ?? []
  const byDefault = strategy.defaultGarbageCollectionPolicy?.(object) ?? 'background'
  const kept = current.filter((name) => name !== orphanFinalizer && name !== foregroundFinalizer)
  if (byDefault === 'unsupported') return kept
  const policy = policyOf(options) ?? policyOfFinalizers(current) ?? byDefault
  if (policy === 'orphan') kept.push(orphanFinalizer)
  if (policy === 'foreground') kept.push(foregroundFinalizer)
  const same = kept.length === current.length && kept.every((name) => current.includes(name))
  return same ? current : kept
}

function policyOf({ orphanDependents, propagationPolicy }: DeleteOptions): 'orphan' | 'foreground' | 'background' | undefined {
  if (orphanDependents !== undefined) return orphanDependents ? 'orphan' : 'background'
  return propagationPolicy?.toLowerCase() as 'orphan' | 'foreground' | 'background' | undefined
}

function policyOfFinalizers(finalizers: readonly string[]): 'orphan' | 'foreground' | undefined {
  for (const name of finalizers) {
    if (name === orphanFinalizer) return 'orphan'
    if (name === foregroundFinalizer) return 'foreground'
  }
  return undefined
}

/** What DELETE answers where the resource does not give the object back. */
export function deletionStatus({ group, resource }: ResourceDefinition, { metadata }: KubeObject) {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: metadata.name, ...(group === '' ? {} : { group }), kind: resource, uid: metadata.uid },
  }
}

import { deepCopy, deepEqual } from '../apimachinery/deep-copy.ts'
import type { FieldError } from '../apimachinery/field-error.ts'
import { withTimesOf } from '../apimachinery/managed-fields/managers.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { quote } from '../apimachinery/quote.ts'
import { newConflict, newInvalid, newNotFound, newPlainError } from '../apimachinery/status-error.ts'
import { pathSegmentName, validateObjectMeta, validateObjectMetaUpdate } from '../apimachinery/validation/index.ts'
import { type Revision, StorageConflict } from '../storage/storage.ts'
import type { WriteContext } from './context.ts'
import type { Creation } from './creation.ts'
import { finalizerErrors } from './finalizer-checks.ts'
import type { ResourceDefinition } from './resource.ts'
import { fillSystemFields, type StoreBase, transientRevision, withVersion } from './store-base.ts'
import type { SubresourceStrategy } from './strategy.ts'

export interface Preconditions {
  uid?: string
  resourceVersion?: string
}

export interface UpdateRequest {
  name: string
  context: WriteContext
  /** '' for the object itself. */
  subresource: string
  preconditions?: Preconditions
  /** Makes the new object out of the stored one; is asked again after a conflict that is not the client's. */
  change(existing: KubeObject | undefined): KubeObject | Promise<KubeObject>
  validateCreate(object: KubeObject): void | Promise<void>
  validateUpdate(object: KubeObject, old: KubeObject): void | Promise<void>
  /** Server-side apply creates what is missing. */
  forceAllowCreate?: boolean
  /** The change goes straight to the storage, without a look at what else it brings: so does a binding. */
  unchecked?: boolean
}

export interface UpdateResult {
  revision: Revision
  created: boolean
}

const optimisticLockMessage = 'the object has been modified; please apply your changes to the latest version and try again'

/** How objects of one resource are changed (apiserver, registry/generic and registry/rest/update.go). */
export function createUpdate(base: StoreBase, createOnce: Creation['createOnce']): (request: UpdateRequest) => Promise<UpdateResult> {
  const { definition, collection, key, strategyContext, missing, nameRuleOf, refuse, toStored, confirmed } = base
  const { strategy, codec } = definition

  const update = async (request: UpdateRequest): Promise<UpdateResult> => {
    const { name, context } = request
    const at = key(context.namespace, name)
    for (;;) {
      const existing = collection.get(at)
      if (existing === undefined) {
        if (pathSegmentName(name, false).length > 0) throw missing(name)
        if (request.preconditions?.uid !== undefined && (strategy.allowCreateOnUpdate || request.forceAllowCreate)) {
          throw newConflict(definition, name, mismatch('UID', definition, at, request.preconditions.uid, '', request.context))
        }
        if (!strategy.allowCreateOnUpdate && !request.forceAllowCreate) throw newNotFound(definition, name)
        const object = await request.change(undefined)
        fillSystemFields(object, context.clock)
        const revision = await createOnce({ object, context, validate: request.validateCreate })
        return { revision, created: true }
      }
      const result = await updateOnce(request, existing, at)
      if (result !== undefined) return { revision: result, created: false }
    }
  }

  const updateOnce = async (request: UpdateRequest, existing: Revision, at: string): Promise<Revision | undefined> => {
    const { name, context } = request
    checkPreconditions(existing, request, at)
    const old = codec.fromStorage === undefined ? existing.object : codec.fromStorage(existing.object)
    const object = await request.change(old)
    const unconditional = checkResourceVersion(object, old, name)
    if (!request.unchecked) beforeUpdate(object, old, request)
    await request.validateUpdate(object, old)
    const stored = toStored(codec.convertToStorage === undefined ? object : await codec.convertToStorage(object), context)
    if (isGone(stored, existing.object)) {
      if (context.dryRun) return transientRevision(withVersion(stored, existing))
      return finishDeletion(at, existing, stored)
    }
    if (sameButVersion(stored, existing.object)) return existing
    if (context.dryRun) return transientRevision(withVersion(stored, existing))
    try {
      return collection.update(at, existing.revision, stored, confirmed(stored, context))
    } catch (error) {
      if (!(error instanceof StorageConflict)) throw error
      if (unconditional || error.found?.revision === existing.revision) return undefined
      throw error.found === undefined ? newNotFound(definition, name) : newConflict(definition, name, optimisticLockMessage)
    }
  }

  const checkPreconditions = (existing: Revision, { name, preconditions, context }: UpdateRequest, at: string) => {
    const uid = existing.object.metadata.uid ?? ''
    if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
      throw newConflict(definition, name, mismatch('UID', definition, at, preconditions.uid, uid, context))
    }
    const version = existing.object.metadata.resourceVersion ?? ''
    if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== version) {
      throw newConflict(definition, name, mismatch('ResourceVersion', definition, at, preconditions.resourceVersion, version, context))
    }
  }

  /** Whether the write is to be tried again when somebody else was quicker. */
  const checkResourceVersion = (object: KubeObject, old: KubeObject, name: string): boolean => {
    const given = object.metadata.resourceVersion ?? ''
    if (given !== '' && !/^\d+$/.test(given)) throw newPlainError(`strconv.ParseUint: parsing ${quote(given)}: invalid syntax`)
    const version = given === '' ? '0' : given
    if (version === '0' && strategy.allowUnconditionalUpdate !== false) {
      object.metadata.resourceVersion = old.metadata.resourceVersion!
      return true
    }
    if (version === '0') {
      const error: FieldError = {
        reason: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        message: 'Invalid value: 0: must be specified for an update',
      }
      throw newInvalid({ group: definition.group, kind: definition.resource }, name, [error])
    }
    if (BigInt(version) !== BigInt(old.metadata.resourceVersion!)) throw newConflict(definition, name, optimisticLockMessage)
    return false
  }

  const beforeUpdate = (object: KubeObject, old: KubeObject, { context, subresource }: UpdateRequest) => {
    const meta = object.metadata
    const { generation } = old.metadata
    if (generation === undefined) delete meta.generation
    else meta.generation = generation
    const forStrategy = strategyContext(context)
    const part: SubresourceStrategy = partStrategy(definition, subresource)
    part.prepareForUpdate?.(object, old, forStrategy)
    if ((meta.uid ?? '') === '') meta.uid = old.metadata.uid!
    meta.creationTimestamp = old.metadata.creationTimestamp!
    if (old.metadata.deletionTimestamp !== undefined) meta.deletionTimestamp = old.metadata.deletionTimestamp
    if (meta.deletionGracePeriodSeconds === undefined && old.metadata.deletionGracePeriodSeconds !== undefined) {
      meta.deletionGracePeriodSeconds = old.metadata.deletionGracePeriodSeconds
    }
    const ofKind = part.validateUpdate?.(object, old, forStrategy) ?? []
    const errors = [
      ...validateObjectMeta(meta, definition.namespaced, pathSegmentName),
      ...validateObjectMetaUpdate(meta, old.metadata),
      // The kinds' own checks look at metadata once more, so its errors stand several times among the causes.
      ...(part.metadataChecksOnUpdate ?? ['update']).flatMap((check) => [
        ...(check === 'update'
          ? validateObjectMetaUpdate(meta, old.metadata)
          : validateObjectMeta(meta, definition.namespaced, nameRuleOf(object))),
        ...finalizerErrors(definition, object, ofKind),
      ]),
      ...ofKind,
    ]
    refuse(errors, object)
    for (const text of strategy.warningsOnUpdate?.(object, old) ?? []) if (subresource === '') context.warn(text)
  }

  /** An update that takes the last finalizer off a terminating object ends it. Watchers see the state before; the client what it wrote. */
  const finishDeletion = (at: string, existing: Revision, last: KubeObject): Revision => {
    collection.delete(at, existing.revision)
    return transientRevision(withVersion(last, existing))
  }

  return update
}

/** How the main resource or one of its subresources is updated. */
function partStrategy({ strategy }: ResourceDefinition, subresource: string): SubresourceStrategy {
  if (subresource === '') return strategy
  if (subresource === 'status') return strategy.status ?? statusOnly
  return strategy.subresources?.[subresource] ?? {}
}

const statusOnly: SubresourceStrategy = {
  prepareForUpdate(object, old) {
    const { status, metadata } = object
    for (const field of Object.keys(object)) if (field !== 'apiVersion' && field !== 'kind') delete object[field]
    Object.assign(object, deepCopy(old))
    object.metadata.resourceVersion = metadata.resourceVersion!
    if (metadata.managedFields !== undefined) object.metadata.managedFields = metadata.managedFields
    if (status === undefined) delete object['status']
    else object['status'] = status
  },
}

function isGone({ metadata }: KubeObject, old: KubeObject): boolean {
  if ((metadata.finalizers ?? []).length > 0) return false
  if (metadata.deletionTimestamp === undefined || old.metadata.deletionTimestamp === undefined) return false
  return (old.metadata.finalizers ?? []).length > 0 && (metadata.deletionGracePeriodSeconds ?? 0) === 0
}

function sameButVersion(stored: KubeObject, existing: KubeObject): boolean {
  stored.metadata.resourceVersion = existing.metadata.resourceVersion!
  if (deepEqual(stored, existing)) return true
  // A write that would change nothing but the times of managedFields is none.
  const managedFields = withTimesOf(stored.metadata.managedFields, existing.metadata.managedFields)
  return managedFields !== undefined && deepEqual({ ...stored, metadata: { ...stored.metadata, managedFields } }, existing)
}

/** Dry runs do not get to where the key is given its prefix. */
const mismatch = (what: string, { keyPrefix }: ResourceDefinition, key: string, given: string, found: string, { dryRun }: WriteContext) =>
  `StorageError: invalid object, Code: 4, Key: ${dryRun ? keyPrefix.replace('/registry', '') : keyPrefix}${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
  `Precondition failed: ${what} in precondition: ${given}, ${what} in object meta: ${found}`

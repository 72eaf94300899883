import { randomUUID } from 'node:crypto'
import { type Clock, formatTime } from '../apimachinery/clock.ts'
import { deepCopy, deepEqual } from '../apimachinery/deep-copy.ts'
import type { FieldError } from '../apimachinery/field-error.ts'
import { withTimesOf } from '../apimachinery/managed-fields/managers.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { orderMetadata } from '../apimachinery/order-metadata.ts'
import { quote } from '../apimachinery/quote.ts'
import { copyDecoded, keepEmptied } from '../apimachinery/scheme/emptied.ts'
import {
  newAlreadyExists,
  newBadRequest,
  newConflict,
  newGenerateNameConflict,
  newInvalid,
  newNotFound,
  newPlainError,
} from '../apimachinery/status-error.ts'
import {
  type NameRule,
  nameIsDNSSubdomain,
  pathSegmentName,
  validateNames,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../apimachinery/validation/index.ts'
import { type Collection, type Revision, retryOnConflict, type Storage, StorageConflict } from '../storage/storage.ts'
import type { WriteContext } from './context.ts'
import { claimedKind } from './custom/claimed-kind.ts'
import { finalizerErrors } from './finalizer-checks.ts'
import { randomSuffix } from './random-suffix.ts'
import type { ResourceDefinition } from './resource.ts'
import type { StrategyContext, SubresourceStrategy } from './strategy.ts'

export interface StoreDependencies {
  storage: Storage
  clock: Clock
  lookup: StrategyContext['lookup']
  lookupAll: StrategyContext['lookupAll']
}

export interface Preconditions {
  uid?: string
  resourceVersion?: string
}

export interface CreateRequest {
  object: KubeObject
  context: WriteContext
  /** Runs once the object is complete, before it is stored: validating admission. */
  validate(object: KubeObject): void | Promise<void>
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

const kept = { dryRun: false }
const optimisticLockMessage = 'the object has been modified; please apply your changes to the latest version and try again'
const generatedNameAttempts = 8

/** The generic registry: create, read and update of one resource, whatever it is (apiserver, registry/generic). Deletion is in deletion.ts. */
export interface ResourceStore {
  readonly definition: ResourceDefinition
  readonly collection: Collection
  key(namespace: string, name: string): string
  get(namespace: string, name: string): Revision
  create(request: CreateRequest): Promise<Revision>
  /** An object as another server had it: complete, only without what each server sets itself; it may bring a uid. Replaces nothing. */
  restoreNow(object: KubeObject, context: WriteContext): Revision
  /** The same for one whose fields are all in the canonical order, but for those that each server sets: its parts are shared. */
  restoreCanonical(object: KubeObject, context: WriteContext): Revision
  /** The emulator's own objects, at once and without admission; they may bring a uid. One that is there already stays. */
  createNow(object: KubeObject, context: WriteContext): Revision
  update(request: UpdateRequest): Promise<UpdateResult>
  strategyContext(context: WriteContext): StrategyContext
}

export function createResourceStore(definition: ResourceDefinition, dependencies: StoreDependencies): ResourceStore {
  const { strategy, codec } = definition
  const collection = dependencies.storage.collection(definition.keyPrefix)
  const key = (namespace: string, name: string) => (definition.namespaced ? `${namespace}/${name}` : name)

  const strategyContext = ({ user, namespace, dryRun, warn, clock }: WriteContext): StrategyContext => ({
    clock,
    user,
    namespace,
    dryRun,
    warn,
    lookup: dependencies.lookup,
    lookupAll: dependencies.lookupAll,
  })

  const get = (namespace: string, name: string): Revision => {
    if (name === '') throw newBadRequest('Name parameter required.')
    const found = collection.get(key(namespace, name))
    if (found === undefined) throw missing(name)
    return found
  }

  /** Where nothing is: by a name that nothing could have, in the API server's words (genericregistry.NamespaceKeyFunc). */
  const missing = (name: string) => {
    const errors = pathSegmentName(name, false)
    return errors.length === 0
      ? newNotFound(definition, name)
      : newBadRequest(`Name parameter invalid: ${quote(name)}: ${errors.join(';')}`)
  }

  const nameRuleOf = (object: KubeObject): NameRule => {
    const { nameRule = nameIsDNSSubdomain } = strategy
    return (name, prefix) => nameRule(name, prefix, object)
  }

  /** What every new object goes through, whether by POST or by a PUT or apply that creates. */
  const beforeCreate = (object: KubeObject, context: WriteContext): KubeObject => {
    const forStrategy = strategyContext(context)
    strategy.prepareForCreate?.(object, forStrategy)
    const ofKind = strategy.validate?.(object, forStrategy) ?? []
    const ownChecks = strategy.metadataChecksOnCreate === 'own'
    const errors = ownChecks
      ? []
      : [...validateObjectMeta(object.metadata, definition.namespaced, nameRuleOf(object)), ...finalizerErrors(definition, object, ofKind)]
    refuse([...(strategy.validateBeforeMetadata?.(object, forStrategy) ?? []), ...errors, ...ofKind], object)
    // What the kind has found sound is so still, but for its names, for which there is another rule.
    refuse(
      ownChecks
        ? validateObjectMeta(object.metadata, definition.namespaced, pathSegmentName)
        : validateNames(object.metadata, pathSegmentName),
      object,
    )
    for (const text of strategy.warningsOnCreate?.(object) ?? []) context.warn(text)
    strategy.canonicalize?.(object)
    return object
  }

  const refuse = (errors: FieldError[], object: KubeObject) => {
    // Errors name the kind as the server holds it, not the group that it was asked in.
    if (errors.length === 0) return
    const named = definition.custom ? claimedKind(object) : definition.storageKind
    throw newInvalid({ group: named.group, kind: named.kind }, object.metadata.name ?? '', errors)
  }

  const toStored = (object: KubeObject, { dryRun }: { dryRun: boolean }): KubeObject => {
    // A place for the number that the storage gives, where the canonical order wants it.
    object.metadata.resourceVersion = '0'
    // The storage drops it, which a dry run does not come to.
    if (!dryRun) delete object.metadata.selfLink
    const normal = codec.normalize(object)
    return codec.toStorage === undefined ? normal : codec.toStorage(normal)
  }

  const fillSystemFields = (object: KubeObject, clock: Clock) => {
    object.metadata.creationTimestamp = formatTime(clock.now())
    object.metadata.uid = randomUUID()
  }

  /** Stores, or for a dry run makes what would have been stored. */
  const commit = (object: KubeObject, context: WriteContext, write: (stored: KubeObject) => Revision): Revision => {
    if (!context.dryRun) return write(toStored(object, context))
    const resourceVersion = object.metadata.resourceVersion
    const stored = toStored(object, context)
    if (resourceVersion === undefined || resourceVersion === '') delete stored.metadata.resourceVersion
    else stored.metadata.resourceVersion = resourceVersion
    return transientRevision(stored)
  }

  const createOnce = async ({ object, context, validate }: CreateRequest): Promise<Revision> => {
    if (!context.dryRun) delete object.metadata.resourceVersion
    beforeCreate(object, context)
    await validate(object)
    const converted = codec.convertToStorage === undefined ? object : await codec.convertToStorage(object)
    const name = object.metadata.name ?? ''
    const at = key(context.namespace, name)
    const taken = collection.get(at)
    if (taken !== undefined) throw alreadyExists(taken, name)
    return commit(converted, context, (stored) =>
      retryOnConflict(() => {
        try {
          return collection.create(at, stored, confirmed(stored, context))
        } catch (error) {
          if (error instanceof StorageConflict && error.found !== undefined) throw alreadyExists(error.found, name)
          throw error
        }
      }),
    )
  }

  /** Since when nothing of the kind may have changed; undefined if that does not matter. */
  const confirmed = (stored: KubeObject, context: WriteContext): number | undefined => {
    strategy.confirm?.(stored, strategyContext(context))
    return strategy.confirm && collection.changedAt
  }

  const alreadyExists = (found: Revision, name: string) => {
    const error = newAlreadyExists(definition, name)
    if (found.object.metadata.deletionTimestamp === undefined) return error
    error.status.message = `object is being deleted: ${error.status.message}`
    error.message = error.status.message
    return error
  }

  /** Only the storage minds a version, after all else, which a dry run does not come to, and only one that it can read. */
  const refusingVersion = (request: CreateRequest): CreateRequest => {
    const { object, context, validate } = request
    if (context.dryRun || !/^0*[1-9]\d*$/.test(object.metadata.resourceVersion ?? '')) return request
    const refuseVersion = async (each: KubeObject) => {
      await validate(each)
      throw newPlainError('resourceVersion should not be set on objects to be created')
    }
    return { ...request, validate: refuseVersion }
  }

  const create = async (asked: CreateRequest): Promise<Revision> => {
    const request = refusingVersion(asked)
    const { object, context } = request
    fillSystemFields(object, context.clock)
    const { name = '', generateName = '' } = object.metadata
    if (name !== '' || generateName === '') return createOnce(request)
    for (let attempt = 1; ; attempt++) {
      const candidate = attempt === generatedNameAttempts ? object : copyToName(object)
      candidate.metadata.name = generateName.slice(0, 58) + randomSuffix()
      try {
        return await createOnce({ ...request, object: candidate })
      } catch (error) {
        if (!isAlreadyExists(error)) throw error
        if (attempt === generatedNameAttempts) throw newGenerateNameConflict(definition, candidate.metadata.name)
      }
    }
  }

  /** Another server may just have been quicker. */
  const createUnlessThere = (at: string, stored: KubeObject): Revision => {
    try {
      return collection.create(at, stored)
    } catch (error) {
      if (error instanceof StorageConflict && error.found !== undefined) return error.found
      throw error
    }
  }

  const restoreNow = (object: KubeObject, { clock }: WriteContext): Revision => {
    const at = key(object.metadata.namespace ?? '', object.metadata.name!)
    const own = { ...object, metadata: { ...object.metadata } }
    fillSystemFields(own, clock)
    if (object.metadata.uid !== undefined) own.metadata.uid = object.metadata.uid
    return collection.get(at) ?? createUnlessThere(at, toStored(own, kept))
  }

  const restoreCanonical = (object: KubeObject, { clock }: WriteContext): Revision => {
    const own = { ...object, metadata: { ...object.metadata, resourceVersion: '0' } }
    fillSystemFields(own, clock)
    const at = key(object.metadata.namespace ?? '', object.metadata.name!)
    return collection.get(at) ?? createUnlessThere(at, { ...own, metadata: orderMetadata(own.metadata, false) })
  }

  const createNow = (object: KubeObject, context: WriteContext): Revision => {
    const at = key(object.metadata.namespace ?? '', object.metadata.name!)
    const found = collection.get(at)
    if (found !== undefined) return found
    const own = deepCopy(object)
    strategy.applyDefaults?.(own)
    fillSystemFields(own, context.clock)
    if (object.metadata.uid !== undefined) own.metadata.uid = object.metadata.uid
    beforeCreate(own, context)
    return createUnlessThere(at, toStored(own, kept))
  }

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

  return { definition, collection, key, get, create, createNow, restoreNow, restoreCanonical, update, strategyContext }
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

/** A copy that may be changed, but for the fields of its managers: objects share these. */
function copyToName(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata
  const copy: KubeObject = copyDecoded(keepEmptied(object, { ...object, metadata }))
  if (managedFields !== undefined) copy.metadata.managedFields = managedFields.map((entry) => ({ ...entry }))
  return copy
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

const withVersion = (object: KubeObject, { object: { metadata } }: Revision): KubeObject => {
  object.metadata.resourceVersion = metadata.resourceVersion!
  return object
}

/** What a dry run answers: looks stored, is nowhere. */
export const transientRevision = (object: KubeObject): Revision => ({
  key: '',
  revision: 0,
  object,
  deleted: false,
  previous: undefined,
  encoded: undefined,
})

/** Dry runs do not get to where the key is given its prefix. */
const mismatch = (what: string, { keyPrefix }: ResourceDefinition, key: string, given: string, found: string, { dryRun }: WriteContext) =>
  `StorageError: invalid object, Code: 4, Key: ${dryRun ? keyPrefix.replace('/registry', '') : keyPrefix}${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
  `Precondition failed: ${what} in precondition: ${given}, ${what} in object meta: ${found}`

const isAlreadyExists = (error: unknown) => (error as { reason?: string }).reason === 'AlreadyExists'

/** Where the namespace of a body is not that of the path. */
export function ensureNamespace(object: KubeObject, namespace: string): void {
  const given = object.metadata.namespace ?? ''
  if (given === '') {
    if (namespace !== '') object.metadata.namespace = namespace
  } else if (given !== namespace) {
    if (namespace === '') delete object.metadata.namespace
    else throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

import { deepCopy } from '../apimachinery/deep-copy.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { orderMetadata } from '../apimachinery/order-metadata.ts'
import { copyDecoded, keepEmptied } from '../apimachinery/scheme/emptied.ts'
import { newAlreadyExists, newGenerateNameConflict, newPlainError } from '../apimachinery/status-error.ts'
import { pathSegmentName, validateNames, validateObjectMeta } from '../apimachinery/validation/index.ts'
import { type Revision, retryOnConflict, StorageConflict } from '../storage/storage.ts'
import type { WriteContext } from './context.ts'
import { finalizerErrors } from './finalizer-checks.ts'
import { randomSuffix } from './random-suffix.ts'
import { fillSystemFields, type StoreBase, transientRevision } from './store-base.ts'

export interface CreateRequest {
  object: KubeObject
  context: WriteContext
  /** Runs once the object is complete, before it is stored: validating admission. */
  validate(object: KubeObject): void | Promise<void>
}

/** How objects of one resource come to be (apiserver, registry/generic and registry/rest/create.go). */
export interface Creation {
  create(request: CreateRequest): Promise<Revision>
  /** Without a name of the server's making, and without the fields that no client sets. */
  createOnce(request: CreateRequest): Promise<Revision>
  /** An object as another server had it: complete, only without what each server sets itself; it may bring a uid. Replaces nothing. */
  restoreNow(object: KubeObject, context: WriteContext): Revision
  /** The same for one whose fields are all in the canonical order, but for those that each server sets: its parts are shared. */
  restoreCanonical(object: KubeObject, context: WriteContext): Revision
  /** The emulator's own objects, at once and without admission; they may bring a uid. One that is there already stays. */
  createNow(object: KubeObject, context: WriteContext): Revision
}

const kept = { dryRun: false }
const generatedNameAttempts = 8

export function createCreation(base: StoreBase): Creation {
  const { definition, collection, key, strategyContext, nameRuleOf, refuse, toStored, confirmed } = base
  const { strategy, codec } = definition

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

  return { create, createOnce, createNow, restoreNow, restoreCanonical }
}

/** A copy that may be changed, but for the fields of its managers: objects share these. */
function copyToName(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata
  const copy: KubeObject = copyDecoded(keepEmptied(object, { ...object, metadata }))
  if (managedFields !== undefined) copy.metadata.managedFields = managedFields.map((entry) => ({ ...entry }))
  return copy
}

const isAlreadyExists = (error: unknown) => (error as { reason?: string }).reason === 'AlreadyExists'

import { randomUUID } from 'node:crypto'
import { type Clock, formatTime } from '../apimachinery/clock.ts'
import type { FieldError } from '../apimachinery/field-error.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { quote } from '../apimachinery/quote.ts'
import { newBadRequest, newInvalid, newNotFound, type StatusError } from '../apimachinery/status-error.ts'
import { type NameRule, nameIsDNSSubdomain, pathSegmentName } from '../apimachinery/validation/index.ts'
import type { Collection, Revision, Storage } from '../storage/storage.ts'
import type { WriteContext } from './context.ts'
import { claimedKind } from './custom/claimed-kind.ts'
import type { ResourceDefinition } from './resource.ts'
import type { StrategyContext } from './strategy.ts'

export interface StoreDependencies {
  storage: Storage
  clock: Clock
  lookup: StrategyContext['lookup']
  lookupAll: StrategyContext['lookupAll']
}

/** What reading, creation and update of one resource build on. */
export interface StoreBase {
  readonly definition: ResourceDefinition
  readonly collection: Collection
  key(namespace: string, name: string): string
  strategyContext(context: WriteContext): StrategyContext
  /** Where nothing is: by a name that nothing could have, in the API server's words (genericregistry.NamespaceKeyFunc). */
  missing(name: string): StatusError
  /** What names of the kind must be like. */
  nameRuleOf(object: KubeObject): NameRule
  /** @throws StatusError 422 if there are errors */
  refuse(errors: FieldError[], object: KubeObject): void
  /** In the form and the order of the storage. */
  toStored(object: KubeObject, context: { dryRun: boolean }): KubeObject
  /** Since when nothing of the kind may have changed; undefined if that does not matter. */
  confirmed(stored: KubeObject, context: WriteContext): number | undefined
}

export function createStoreBase(definition: ResourceDefinition, dependencies: StoreDependencies): StoreBase {
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

  const confirmed = (stored: KubeObject, context: WriteContext): number | undefined => {
    strategy.confirm?.(stored, strategyContext(context))
    return strategy.confirm && collection.changedAt
  }

  return { definition, collection, key, strategyContext, missing, nameRuleOf, refuse, toStored, confirmed }
}

/** What no client sets. */
export const fillSystemFields = (object: KubeObject, clock: Clock) => {
  object.metadata.creationTimestamp = formatTime(clock.now())
  object.metadata.uid = randomUUID()
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

export const withVersion = (object: KubeObject, { object: { metadata } }: Revision): KubeObject => {
  object.metadata.resourceVersion = metadata.resourceVersion!
  return object
}

import type { KubeObject } from '../apimachinery/object.ts'
import { newBadRequest } from '../apimachinery/status-error.ts'
import type { Collection, Revision } from '../storage/storage.ts'
import type { WriteContext } from './context.ts'
import { type Creation, createCreation } from './creation.ts'
import type { ResourceDefinition } from './resource.ts'
import { createStoreBase, type StoreDependencies } from './store-base.ts'
import type { StrategyContext } from './strategy.ts'
import { createUpdate, type UpdateRequest, type UpdateResult } from './update.ts'

/** The generic registry: create, read and update of one resource, whatever it is (apiserver, registry/generic). Deletion is in deletion.ts. */
export interface ResourceStore extends Omit<Creation, 'createOnce'> {
  readonly definition: ResourceDefinition
  readonly collection: Collection
  key(namespace: string, name: string): string
  get(namespace: string, name: string): Revision
  update(request: UpdateRequest): Promise<UpdateResult>
  strategyContext(context: WriteContext): StrategyContext
}

export function createResourceStore(definition: ResourceDefinition, dependencies: StoreDependencies): ResourceStore {
  const base = createStoreBase(definition, dependencies)
  const { collection, key, missing, strategyContext } = base
  const { createOnce, ...creation } = createCreation(base)
  const get = (namespace: string, name: string): Revision => {
    if (name === '') throw newBadRequest('Name parameter required.')
    const found = collection.get(key(namespace, name))
    if (found === undefined) throw missing(name)
    return found
  }

  return { definition, collection, key, get, ...creation, update: createUpdate(base, createOnce), strategyContext }
}

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

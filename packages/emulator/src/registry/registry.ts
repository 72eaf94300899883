import type { Clock } from '../apimachinery/clock.ts'
import { memoize } from '../apimachinery/memoize.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { Storage } from '../storage/storage.ts'
import type { MutableCatalog } from './catalog.ts'
import type { Admission, WriteContext } from './context.ts'
import type { ResourceDefinition } from './resource.ts'
import { createResourceStore, type ResourceStore } from './store.ts'
import type { StoreDependencies } from './store-base.ts'

/** All objects of one emulator, by resource. */
export interface Registry {
  readonly catalog: MutableCatalog
  readonly storage: Storage
  readonly clock: Clock
  readonly admission: Admission
  store(definition: ResourceDefinition): ResourceStore
  /** The store of a resource in the version that is stored. */
  storeOf(group: string, resource: string): ResourceStore | undefined
  lookup: StoreDependencies['lookup']
  lookupAll: StoreDependencies['lookupAll']
  /** For the emulator's own writes, such as a controller's. */
  systemContext(namespace: string): WriteContext
}

const systemUser: UserInfo = { name: 'system:apiserver', uid: '', groups: ['system:masters'], extra: {} }

export interface RegistryOptions {
  catalog: MutableCatalog
  storage: Storage
  clock: Clock
  admission: Admission
}

export function createRegistry({ catalog, storage, clock, admission }: RegistryOptions): Registry {
  const store = memoize(
    (definition: ResourceDefinition): ResourceStore => createResourceStore(definition, { storage, clock, lookup, lookupAll }),
  )

  const storeOf = (group: string, resource: string): ResourceStore | undefined => {
    const definition = catalog.storedAs(group, resource)
    return definition === undefined ? undefined : store(definition)
  }

  const lookup: Registry['lookup'] = ({ group, resource }, namespace, name) => {
    const from = storeOf(group, resource)
    return from?.collection.get(from.key(namespace, name))?.object
  }

  const lookupAll: Registry['lookupAll'] = ({ group, resource }, namespace): KubeObject[] => {
    const from = storeOf(group, resource)
    if (from === undefined) return []
    return from.collection.list(namespace === '' ? '' : `${namespace}/`).map(({ object }) => object)
  }

  const systemContext = (namespace: string): WriteContext => ({ user: systemUser, namespace, dryRun: false, clock, warn: () => {} })

  return { catalog, storage, clock, admission, store, storeOf, lookup, lookupAll, systemContext }
}

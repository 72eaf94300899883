import { deepCopy } from '../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { retryOnConflict, StorageConflict } from '../../storage/storage.ts'
import { type DeleteOptions, deleteObject } from '../deletion.ts'
import type { Registry } from '../registry.ts'

/** What controllers do to objects: as an API server's own clients, without admission and authorization. */
export interface SystemClient {
  get(resource: ResourceName, namespace: string, name: string): KubeObject | undefined
  list(resource: ResourceName, namespace: string): readonly KubeObject[]
  /** Leaves an object alone that is there already. */
  create(resource: ResourceName, object: KubeObject): void
  /** Changes the stored object; `change` works on a copy, and leaves it as it is by returning false. */
  update(resource: ResourceName, namespace: string, name: string, change: (object: KubeObject) => unknown): void
  /** Ends an object whose last finalizer is done. */
  removeFinally(resource: ResourceName, namespace: string, name: string): void
  delete(resource: ResourceName, namespace: string, name: string, options?: DeleteOptions): Promise<void>
}

export interface ResourceName {
  group: string
  resource: string
}

export function createSystemClient(registry: Registry): SystemClient {
  const storeOf = ({ group, resource }: ResourceName) => {
    const store = registry.storeOf(group, resource)
    if (store === undefined) throw new Error(`no resource ${resource} in group ${JSON.stringify(group)}`)
    return store
  }
  return {
    get: (resource, namespace, name) => registry.lookup(resource, namespace, name),
    list: (resource, namespace) => registry.lookupAll(resource, namespace),
    create(resource, object) {
      const store = storeOf(resource)
      store.createNow(object, registry.systemContext(object.metadata.namespace ?? ''))
    },
    update(resource, namespace, name, change) {
      const store = storeOf(resource)
      retryOnConflict(() => {
        const found = store.collection.get(store.key(namespace, name))
        if (found === undefined) return
        const object = deepCopy(found.object)
        if (change(object) === false) return
        store.collection.update(found.key, found.revision, store.definition.codec.normalize(object))
      })
    },
    removeFinally(resource, namespace, name) {
      const store = storeOf(resource)
      const found = store.collection.get(store.key(namespace, name))
      try {
        if (found !== undefined) store.collection.delete(found.key, found.revision)
      } catch (error) {
        // Whoever has changed it in between has it before them.
        if (!(error instanceof StorageConflict)) throw error
      }
    },
    async delete(resource, namespace, name, options = {}) {
      try {
        await deleteObject(storeOf(resource), { name, options, context: registry.systemContext(namespace), validate: () => {} })
      } catch (error) {
        if (!(error instanceof StorageConflict) && (error as { code?: number }).code !== 404) throw error
      }
    },
  }
}

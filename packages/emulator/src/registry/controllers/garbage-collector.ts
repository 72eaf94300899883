import { parseGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject, OwnerReference } from '../../apimachinery/object.ts'
import { foregroundFinalizer, orphanFinalizer } from '../deletion.ts'
import type { ResourceCatalog } from '../resource.ts'
import type { Controller } from './controller.ts'
import type { ResourceName, SystemClient } from './system-client.ts'

interface Dependent {
  resource: ResourceName
  namespace: string
  name: string
}

/** Events come and go too often for it to look at them (DefaultIgnoredResources). */
const isIgnored = (group: string, resource: string) => resource === 'events' && (group === '' || group === 'events.k8s.io')

/** Deletes or orphans what belongs to deleted owners (the garbage collector). Knows dependents by their owners' uids. */
export function garbageCollector(client: SystemClient, catalog: ResourceCatalog): Controller {
  const dependents = new Map<string, Map<string, Dependent>>()
  const known = new Map<string, string[]>()

  const index = (resource: ResourceName, key: string, object: KubeObject | undefined) => {
    if (known.size === 0 && object?.metadata.ownerReferences === undefined) return
    const id = `${resource.group}/${resource.resource}/${key}`
    for (const uid of known.get(id) ?? []) dependents.get(uid)?.delete(id)
    known.delete(id)
    const owners = object?.metadata.ownerReferences ?? []
    if (object === undefined || owners.length === 0) return
    const { namespace = '', name = '' } = object.metadata
    known.set(
      id,
      owners.map(({ uid }) => uid),
    )
    for (const { uid } of owners) {
      const of = dependents.get(uid) ?? new Map<string, Dependent>()
      dependents.set(uid, of.set(id, { resource, namespace, name }))
    }
  }

  const dependentsOf = (uid: string) => [...(dependents.get(uid)?.values() ?? [])]

  const ownerExists = (namespace: string, { apiVersion, kind, name, uid }: OwnerReference): boolean => {
    const groupVersion = parseGroupVersion(apiVersion)
    const definition = groupVersion && catalog.findKind(groupVersion.group, groupVersion.version, kind)
    if (!definition) return true
    const owner = client.get(
      { group: definition.storageKind.group, resource: definition.resource },
      definition.namespaced ? namespace : '',
      name,
    )
    return owner?.metadata.uid === uid
  }

  /** An object with no owner left goes; with some left, only the references to those that are gone. */
  const collect = async ({ resource, namespace, name }: Dependent) => {
    const object = client.get(resource, namespace, name)
    const owners = object?.metadata.ownerReferences ?? []
    if (object === undefined || owners.length === 0) return
    const present = owners.filter((owner) => ownerExists(namespace, owner))
    if (present.length === owners.length) return
    if (present.length === 0) return client.delete(resource, namespace, name, { propagationPolicy: policyOf(object) })
    client.update(resource, namespace, name, ({ metadata }) => {
      metadata.ownerReferences = present
    })
  }

  const orphan = (resource: ResourceName, owner: KubeObject) => {
    const { uid = '', namespace = '', name = '' } = owner.metadata
    for (const dependent of dependentsOf(uid)) {
      client.update(dependent.resource, dependent.namespace, dependent.name, ({ metadata }) => {
        metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((each) => each.uid !== uid)
        if (metadata.ownerReferences.length === 0) delete metadata.ownerReferences
      })
    }
    return finish(resource, namespace, name, orphanFinalizer)
  }

  /** Deletes the dependents; the owner follows once those that block it are gone. */
  const foreground = async (resource: ResourceName, owner: KubeObject) => {
    const { uid = '', namespace = '', name = '' } = owner.metadata
    for (const dependent of dependentsOf(uid)) {
      const object = client.get(dependent.resource, dependent.namespace, dependent.name)
      if (object === undefined || object.metadata.deletionTimestamp !== undefined) continue
      const others = (object.metadata.ownerReferences ?? []).filter((each) => each.uid !== uid && ownerExists(dependent.namespace, each))
      if (others.length === 0)
        await client.delete(dependent.resource, dependent.namespace, dependent.name, { propagationPolicy: 'Foreground' })
    }
    const blocking = dependentsOf(uid).some((dependent) => {
      const references = client.get(dependent.resource, dependent.namespace, dependent.name)?.metadata.ownerReferences ?? []
      return references.some((each) => each.uid === uid && each.blockOwnerDeletion === true)
    })
    if (!blocking) await finish(resource, namespace, name, foregroundFinalizer)
  }

  const finish = async (resource: ResourceName, namespace: string, name: string, finalizer: string) => {
    const object = client.get(resource, namespace, name)
    if (!object?.metadata.finalizers?.includes(finalizer)) return
    const left = object.metadata.finalizers.filter((each) => each !== finalizer)
    if (left.length === 0) return client.removeFinally(resource, namespace, name)
    client.update(resource, namespace, name, ({ metadata }) => {
      metadata.finalizers = left
    })
  }

  const settle = async (resource: ResourceName, object: KubeObject, deleted: boolean) => {
    const { metadata } = object
    if (deleted) {
      for (const dependent of dependentsOf(metadata.uid ?? '')) await collect(dependent)
      for (const owner of metadata.ownerReferences ?? []) await releaseOwner(metadata.namespace ?? '', owner)
      return
    }
    if (metadata.deletionTimestamp !== undefined) {
      if (metadata.finalizers?.includes(orphanFinalizer)) return orphan(resource, object)
      if (metadata.finalizers?.includes(foregroundFinalizer)) return foreground(resource, object)
    }
    const dependent = { resource, namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
    if ((metadata.ownerReferences ?? []).length > 0) return collect(dependent)
  }

  /** An owner may have waited for this dependent. */
  const releaseOwner = async (namespace: string, { apiVersion, kind, name }: OwnerReference) => {
    const groupVersion = parseGroupVersion(apiVersion)
    const definition = groupVersion && catalog.findKind(groupVersion.group, groupVersion.version, kind)
    if (!definition) return
    const resource = { group: definition.storageKind.group, resource: definition.resource }
    const owner = client.get(resource, definition.namespaced ? namespace : '', name)
    if (owner?.metadata.finalizers?.includes(foregroundFinalizer)) await foreground(resource, owner)
  }

  return {
    changed({ group, resource, key, change }) {
      if (isIgnored(group, resource)) return undefined
      const name = { group, resource }
      index(name, key, change.deleted ? undefined : change.object)
      const { metadata } = change.object
      const idle = !change.deleted && metadata.deletionTimestamp === undefined && (metadata.ownerReferences ?? []).length === 0
      if (idle || (change.deleted && !dependents.has(metadata.uid ?? '') && (metadata.ownerReferences ?? []).length === 0)) return undefined
      // The client gets its answer first, as from a server whose garbage collector is elsewhere.
      return new Promise<void>((resolve) => setImmediate(resolve)).then(() => settle(name, change.object, change.deleted))
    },
    restored({ group, resource, key, change }) {
      if (!isIgnored(group, resource)) index({ group, resource }, key, change.deleted ? undefined : change.object)
    },
  }
}

/** How a collected object treats its own dependents. */
function policyOf({ metadata }: KubeObject): 'Orphan' | 'Foreground' | 'Background' {
  if (metadata.finalizers?.includes(orphanFinalizer)) return 'Orphan'
  return metadata.finalizers?.includes(foregroundFinalizer) ? 'Foreground' : 'Background'
}

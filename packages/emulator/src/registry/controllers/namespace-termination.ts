import type { Clock } from '../../apimachinery/clock.ts'
import { formatTime } from '../../apimachinery/clock.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { ResourceCatalog, ResourceDefinition } from '../resource.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const namespaces = { group: '', resource: 'namespaces' }

/** Empties namespaces that are being deleted, says in their status what is left, and lets them go (the namespace controller). */
export function namespaceTermination(client: SystemClient, catalog: ResourceCatalog, clock: Clock): Controller {
  const pending = new Map<string, NodeJS.Timeout>()

  const terminate = async (name: string) => {
    const namespace = client.get(namespaces, '', name)
    if (namespace?.metadata.deletionTimestamp === undefined) return
    const left = await empty(client, catalog, name)
    if (left.length > 0) return writeConditions(client, name, left, clock)
    client.update(namespaces, '', name, (object) => {
      const finalizers: string[] = object['spec']?.finalizers ?? []
      if (!finalizers.includes('kubernetes')) return false
      object['spec'] = { ...object['spec'], finalizers: finalizers.filter((each) => each !== 'kubernetes') }
      return undefined
    })
    const emptied = client.get(namespaces, '', name)
    // What others still hold is left as it is: each write would be a change, and so a reason to come here again.
    if (emptied !== undefined && [...(emptied['spec']?.finalizers ?? []), ...(emptied.metadata.finalizers ?? [])].length === 0)
      await client.delete(namespaces, '', name)
  }

  /** Once the change at hand has been answered; several changes of a namespace are one reason. */
  const schedule = (name: string) => {
    if (pending.has(name)) return undefined
    return new Promise<void>((resolve) => void pending.set(name, setTimeout(resolve, 50))).then(() => {
      pending.delete(name)
      return terminate(name)
    })
  }

  return {
    changed({ group, resource, key, change }) {
      if (group === '' && resource === 'namespaces') {
        return !change.deleted && change.object.metadata.deletionTimestamp !== undefined ? schedule(key) : undefined
      }
      const slash = key.indexOf('/')
      if (!change.deleted || slash < 0) return undefined
      const name = key.slice(0, slash)
      return client.get(namespaces, '', name)?.metadata.deletionTimestamp === undefined ? undefined : schedule(name)
    },
    close() {
      for (const timer of pending.values()) clearTimeout(timer)
    },
  }
}

interface Remainder {
  definition: ResourceDefinition
  objects: readonly KubeObject[]
}

async function empty(client: SystemClient, catalog: ResourceCatalog, namespace: string): Promise<Remainder[]> {
  const left: Remainder[] = []
  for (const definition of [...catalog.stored()]) {
    if (!definition.namespaced || !definition.verbs.has('deletecollection')) continue
    const name = { group: definition.storageKind.group, resource: definition.resource }
    for (const { metadata } of client.list(name, namespace)) {
      if (metadata.deletionTimestamp === undefined || definition.resource === 'pods') {
        await client.delete(name, namespace, metadata.name!, {
          propagationPolicy: 'Background',
          ...(definition.resource === 'pods' ? {} : {}),
        })
      }
    }
    const objects = client.list(name, namespace)
    if (objects.length > 0) left.push({ definition, objects })
  }
  return left
}

function writeConditions(client: SystemClient, name: string, left: readonly Remainder[], clock: Clock): void {
  const time = formatTime(clock.now())
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastTransitionTime: time,
    reason,
    message,
  })
  const finalizers = new Map<string, number>()
  for (const { objects } of left) {
    for (const { metadata } of objects) for (const each of metadata.finalizers ?? []) finalizers.set(each, (finalizers.get(each) ?? 0) + 1)
  }
  const remaining = left
    .map(({ definition, objects }) => `${qualified(definition)} has ${objects.length} resource instances`)
    .sort()
    .join(', ')
  const held = [...finalizers]
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
    .sort()
    .join(', ')
  const conditions = [
    condition('NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'),
    condition('NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    condition(
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    condition('NamespaceContentRemaining', 'True', 'SomeResourcesRemain', `Some resources are remaining: ${remaining}`),
    finalizers.size === 0
      ? condition('NamespaceFinalizersRemaining', 'False', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished')
      : condition(
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held}`,
        ),
  ]
  client.update(namespaces, '', name, (object) => {
    const before = (object['status']?.conditions ?? []) as Array<Record<string, unknown>>
    const same = before.length === conditions.length && conditions.every(({ message }, i) => before[i]?.['message'] === message)
    if (same) return false
    object['status'] = { ...object['status'], conditions }
    return undefined
  })
}

const qualified = ({ resource, group }: ResourceDefinition) => `${resource}.${group}`

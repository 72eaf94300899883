import type { KubeObject } from '../../apimachinery/object.ts'
import type { Controller, ResourceChange } from './controller.ts'
import type { ResourceName, SystemClient } from './system-client.ts'

interface Protection {
  resource: ResourceName
  finalizer: string
  isUsed(object: KubeObject, client: SystemClient): boolean
}

const pods = { group: '', resource: 'pods' }
const claims = { group: '', resource: 'persistentvolumeclaims' }
const volumes = { group: '', resource: 'persistentvolumes' }
const attributesClasses = { group: 'storage.k8s.io', resource: 'volumeattributesclasses' }

const protections: readonly Protection[] = [
  { resource: claims, finalizer: 'kubernetes.io/pvc-protection', isUsed: isClaimUsed },
  { resource: volumes, finalizer: 'kubernetes.io/pv-protection', isUsed: ({ status }) => status?.phase === 'Bound' },
  { resource: attributesClasses, finalizer: 'kubernetes.io/vac-protection', isUsed: isClassUsed },
]

/** Resources whose changes may free something, besides the protected ones. */
const users = new Set([pods, claims, volumes].map(({ resource }) => resource))

/** Once the change at hand has been answered. */
const delay = 50

/** Lets claims, volumes and attributes classes that are being deleted go, as soon as nothing uses them (the protection controllers). */
export function storageProtection(client: SystemClient): Controller {
  const release = ({ resource, finalizer, isUsed }: Protection, namespace: string) => {
    for (const object of client.list(resource, namespace)) {
      const { name = '', namespace: its = '', deletionTimestamp, finalizers = [] } = object.metadata
      if (deletionTimestamp === undefined || !finalizers.includes(finalizer) || isUsed(object, client)) continue
      if (finalizers.length === 1) client.removeFinally(resource, its, name)
      else
        client.update(resource, its, name, ({ metadata }) => {
          metadata.finalizers = finalizers.filter((each) => each !== finalizer)
        })
    }
  }
  /** What waits to be let go. */
  const ending = new Set<string>()
  let pending = false
  const schedule = async () => {
    if (pending) return
    pending = true
    await new Promise<void>((resolve) => setTimeout(resolve, delay).unref())
    pending = false
    for (const each of protections) release(each, '')
  }
  const note = ({ group, resource, key, change }: ResourceChange): boolean => {
    if (!protections.some((each) => each.resource.group === group && each.resource.resource === resource)) return false
    const ends = !change.deleted && change.object.metadata.deletionTimestamp !== undefined
    if (ends) ending.add(`${resource}/${key}`)
    else ending.delete(`${resource}/${key}`)
    return ends
  }
  return {
    changed(change) {
      const ends = note(change)
      const frees = ending.size > 0 && change.group === '' && users.has(change.resource)
      return ends || frees ? schedule() : undefined
    },
    restored: (change) => void note(change),
  }
}

/** Only Pods with a node count: no kubelet starts one whose claim is being deleted. */
function isClaimUsed({ metadata: { name, namespace = '' } }: KubeObject, client: SystemClient): boolean {
  return client.list(pods, namespace).some((pod) => {
    const { nodeName = '', volumes: mounted = [] } = pod['spec'] ?? {}
    const isOver = pod.metadata.deletionTimestamp !== undefined && pod.metadata.deletionGracePeriodSeconds === 0
    const refersTo = (volume: { name: string; persistentVolumeClaim?: { claimName: string }; ephemeral?: object }) =>
      volume.persistentVolumeClaim?.claimName === name ||
      (!isOver && volume.ephemeral !== undefined && `${pod.metadata.name}-${volume.name}` === name)
    return nodeName !== '' && mounted.some(refersTo)
  })
}

function isClassUsed({ metadata: { name } }: KubeObject, client: SystemClient): boolean {
  const refersTo = ({ spec, status }: KubeObject) =>
    spec?.volumeAttributesClassName === name || status?.currentVolumeAttributesClassName === name
  return client.list(claims, '').some(refersTo) || client.list(volumes, '').some(refersTo)
}

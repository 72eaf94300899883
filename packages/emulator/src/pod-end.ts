import type { ApiServer } from './api-server.ts'
import type { KubeObject } from './apimachinery/object.ts'
import { createSystemClient } from './registry/controllers/system-client.ts'
import type { HttpsServer } from './server/listener.ts'

export interface PodServers {
  api: ApiServer
  server: Pick<HttpsServer, 'connections'>
}

interface FollowedPod {
  namespace: string
  name: string
  uid: string
  /** The status of the Pod once its program has ended; undefined where somebody else writes it. */
  endStatus?: (pod: KubeObject, exitCode: number) => Record<string, unknown>
}

/** The last part of what a kubelet does with a Pod. */
export interface PodEnd {
  readonly uid: string
  /** Tells when somebody deletes the Pod, with the seconds that its program has; again when these become fewer. */
  onDeletion(listener: (seconds: number) => void): void
  /** To be called when the program has ended: the Pod's status says so, and a Pod that is being deleted goes. */
  ended(exitCode: number): Promise<void>
}

const pods = { group: '', resource: 'pods' }
/** The kubelet gives no less. */
const leastSeconds = 1
const usualSeconds = 30
/** How long watchers have to be told of the end. */
const watchersMs = 100
/** How long those who are connected have to see that a Pod which was deleted is gone: `kubectl delete` looks for it after its request. */
const deletersMs = 2000
const pollMs = 10

export function followPod({ api, server }: PodServers, { namespace, name, uid, endStatus }: FollowedPod): PodEnd {
  const system = createSystemClient(api.registry)
  const { keyPrefix } = api.registry.storeOf('', 'pods')!.definition
  const key = `${namespace}/${name}`
  let hasEnded = false
  const current = () => {
    const pod = system.get(pods, namespace, name)
    return pod?.metadata.uid === uid ? pod : undefined
  }
  return {
    uid,
    onDeletion(listener) {
      api.registry.storage.onChange((prefix, { key: changed, object, deleted }) => {
        if (prefix !== keyPrefix || changed !== key || object.metadata.uid !== uid || hasEnded) return
        const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata
        if (!deleted && deletionTimestamp === undefined) return
        const given = deletionTimestamp === undefined ? object['spec'].terminationGracePeriodSeconds : deletionGracePeriodSeconds
        listener(Math.max(leastSeconds, given ?? usualSeconds))
      })
    },
    async ended(exitCode) {
      hasEnded = true
      if (current() !== undefined && endStatus !== undefined) {
        system.update(pods, namespace, name, (pod) => {
          pod['status'] = endStatus(pod, exitCode)
        })
      }
      const last = current()
      const isDeleted = last === undefined || last.metadata.deletionTimestamp !== undefined
      if (last !== undefined && isDeleted) await system.delete(pods, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } })
      const end = performance.now() + (isDeleted ? deletersMs : watchersMs)
      while ((isDeleted ? server.connections : api.openWatches.size) > 0 && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, pollMs))
      }
    },
  }
}

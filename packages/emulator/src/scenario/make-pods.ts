import type { KubeObject } from '../apimachinery/object.ts'
import { EmulatorError } from '../errors.ts'
import type { Pod } from '../kubelet/pod-types.ts'
import type { Call, ManifestObject } from './apply.ts'
import { nextOf } from './workload-pod.ts'

export interface PodWish {
  workload: ManifestObject
  namespace: string
  /** Milliseconds since the epoch. */
  now: number
  /** How many; a Pod's manifest makes one. */
  replicas: number
}

/**
 * Makes the Pods of a workload that has been applied, and what comes between, as its controllers would.
 * @throws EmulatorError ERR_POD_REFUSED
 */
export async function makePods(call: Call, { workload: { object, source }, namespace, now, replicas }: PodWish): Promise<Pod[]> {
  const create = async (made: KubeObject): Promise<KubeObject> => {
    const { status, body } = await call('POST', collectionOf(made, namespace), made)
    const answer = body as KubeObject & { message?: string; reason?: string }
    if (status < 400) return { ...answer, apiVersion: made.apiVersion, kind: made.kind }
    const kept = status === 409 && made.kind !== 'Pod' ? await ownedAlready(call, made, namespace) : undefined
    if (kept !== undefined) return { ...kept, apiVersion: made.apiVersion, kind: made.kind }
    const where = source.line === undefined ? source.file : `${source.file}:${source.line}`
    const hint = /service account .* not found/.test(answer.message ?? '') ? 'Add the ServiceAccount to the manifests.' : undefined
    throw new EmulatorError(
      'ERR_POD_REFUSED',
      `${where}: no Pod of ${object.kind} "${object.metadata.name}": ${answer.message}`,
      hint ? { hint } : {},
    )
  }
  const { body } = await call('GET', `${collectionOf(object, namespace)}/${object.metadata.name}`)
  let owner: KubeObject = { ...(body as KubeObject), apiVersion: object.apiVersion, kind: object.kind }
  if (owner.kind === 'Pod') return [owner as Pod]
  const pods: Pod[] = []
  while (pods.length < replicas) {
    const next = nextOf(owner, now, pods.length)
    for (const claim of next.claims) await call('POST', collectionOf(claim, namespace), claim)
    const made = await create(next.object)
    if (made.kind === 'Pod') pods.push(made as Pod)
    else owner = made
  }
  return pods
}

/** What an earlier run of the same cluster made of the same workload. */
async function ownedAlready(call: Call, { apiVersion, kind, metadata }: KubeObject, namespace: string): Promise<KubeObject | undefined> {
  const { status, body } = await call('GET', `${collectionOf({ apiVersion, kind, metadata }, namespace)}/${metadata.name}`)
  const owners = status === 200 ? (body as KubeObject).metadata.ownerReferences : []
  return owners?.some(({ uid }) => uid === metadata.ownerReferences?.[0]?.uid) ? (body as KubeObject) : undefined
}

const COLLECTIONS: Readonly<Record<string, string>> = {
  Pod: 'pods',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  ReplicaSet: 'replicasets',
  Job: 'jobs',
  CronJob: 'cronjobs',
}

const collectionOf = ({ apiVersion, kind }: KubeObject, namespace: string) =>
  `${apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`}/namespaces/${encodeURIComponent(namespace)}/${COLLECTIONS[kind]}`

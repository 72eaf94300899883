import { randomUUID } from 'node:crypto'
import type { ApiServer } from './api-server.ts'
import type { KubeObject } from './apimachinery/object.ts'
import { EmulatorError } from './errors.ts'
import { type Front, type PodUids, podIdentity } from './front.ts'
import { nodeName } from './kubelet/plain-pod.ts'
import { hostNetwork, type PodNetwork } from './pod/cluster-addresses.ts'
import { serviceEnvironment } from './pod/environment.ts'
import { createPodRoot, type PodRoot } from './pod/root.ts'
import { type ServiceAccountFiles, serviceAccountVolume } from './pod/service-account-volume.ts'
import type { EmulatedContainer, WorkloadOptions } from './pod-container.ts'
import type { PodEnd, PodServers } from './pod-end.ts'

/** Who the program is in the cluster. */
export interface PodOptions {
  /** Default `default`. */
  namespace?: string
  /** Default `default`. */
  serviceAccountName?: string
  /** Default made up, as a workload's Pods are called. */
  name?: string
  /** Default 3607, as the kubelet asks for. */
  tokenExpirationSeconds?: number
  /** Whether the token is renewed by itself, as the kubelet does when a fifth of its time is left by the emulator's clock. Default false. */
  renewsToken?: boolean
  /** Whether the API has an object of the Pod, to which its token is bound, and its node. Default false. */
  exists?: boolean
  /** @internal A path where nothing is yet, in a folder that somebody removes. */
  root?: string
  /** @internal */
  uids?: PodUids | undefined
  /** @internal */
  network?: PodNetwork
  /** Instead of an account alone: a workload among the manifests, whose Pod is made, and one of its containers laid out. */
  workload?: WorkloadOptions
}

/** The Pod's view of the cluster. */
export interface EmulatedPod {
  namespace: string
  serviceAccountName: string
  name: string
  /** Variables to set, and names to take away, for a program to find the server and nothing else. */
  env: Record<string, string>
  unsetEnv: string[]
  files: ServiceAccountFiles
  /** Makes a new token, as the kubelet does before the old one expires; the files below `root` are replaced. */
  renewToken(): Promise<ServiceAccountFiles>
  /** False when the service account says `automountServiceAccountToken: false`: programs get no files. */
  mountsFiles: boolean
  /** A folder that stands in for `/`: the files, if mounted, are at their usual place below it. */
  root: string
  /** Of a workload's Pod: the container to run. */
  container?: EmulatedContainer
  /**
   * Of a Pod that the API has, made of no workload.
   * @internal
   */
  end?: PodEnd
  /** Those of all the workload's Pods; `container` is the first. */
  replicas?: EmulatedContainer[]
}

export interface PodSurroundings {
  api: ApiServer
  front: Front
  /** Folders that were made, which the emulator removes. */
  roots: PodRoot[]
}

/** Makes what the emulator's Pod is: a workload's, or just an account's. */
export function layOutPod(options: PodOptions = {}, surroundings: PodSurroundings): Promise<EmulatedPod> {
  const { workload } = options
  return workload === undefined ? layOutAccount(options, surroundings) : layOutWorkload(workload, options, surroundings)
}

async function layOutWorkload(workload: WorkloadOptions, options: PodOptions, surroundings: PodSurroundings): Promise<EmulatedPod> {
  const { makePodContainers } = await import('./pod-container.ts')
  const { front, api } = surroundings
  const { host, port } = options.network?.server ?? front.server
  const serverVariables = serviceEnvironment(host, port)
  const made = await makePodContainers({
    ...options,
    ...workload,
    api,
    server: front.server,
    adminToken: front.adminToken,
    serverVariables,
  })
  const [{ pod, container }] = made as [(typeof made)[0]]
  const { namespace, name } = pod.metadata as { namespace: string; name: string }
  const emulated = await layOutAccount(
    { ...options, exists: false, namespace, name, serviceAccountName: pod.spec.serviceAccountName! },
    surroundings,
  )
  return Object.assign(emulated, { container, replicas: made.map((each) => each.container) })
}

async function layOutAccount(options: PodOptions, { api, front, roots }: PodSurroundings): Promise<EmulatedPod> {
  const { namespace = 'default', serviceAccountName = 'default' } = options
  const account = accountOf(api, namespace, serviceAccountName)
  const own = { ...options, uids: options.uids ?? uidsOnNode(api) }
  const { issueFiles, uids, ...identity } = podIdentity(own, front, api.tokens.issuer, account.metadata.uid!)
  const network = options.network ?? hostNetwork
  const placed =
    uids === undefined ? {} : { end: await placePod({ api, server: front.server }, { ...identity, serviceAccountName, uids, network }) }
  let files = await issueFiles()
  const mountsFiles = account['automountServiceAccountToken'] !== false
  return {
    ...identity,
    ...placed,
    get files() {
      return files
    },
    mountsFiles,
    async renewToken() {
      files = await issueFiles()
      if (mountsFiles) roots[0]?.update(serviceAccountVolume(files))
      return files
    },
    // Most programs never ask for it.
    get root() {
      if (roots.length === 0) roots.push(createPodRoot(mountsFiles ? serviceAccountVolume(files) : undefined, options.root))
      return roots[0]!.path
    },
  }
}

/** The node is there already where another emulator of the cluster runs. */
function uidsOnNode({ registry }: ApiServer): PodUids | undefined {
  const node = registry.lookup({ group: '', resource: 'nodes' }, '', nodeName)
  return node && { pod: randomUUID(), node: node.metadata.uid! }
}

/** Complete objects, since nothing has to be asked or decided. */
async function placePod(
  servers: PodServers,
  pod: { namespace: string; name: string; serviceAccountName: string; uids: PodUids; network: PodNetwork },
): Promise<PodEnd> {
  const { registry } = servers.api
  const { nodeObject, plainPod, plainPodEnd } = await import('./kubelet/plain-pod.ts')
  const { followPod } = await import('./pod-end.ts')
  const now = registry.clock.now()
  const put = (resource: string, object: KubeObject) =>
    registry.storeOf('', resource)!.restoreNow(object, registry.systemContext(object.metadata.namespace ?? ''))
  put('nodes', nodeObject(now, pod.network.hostIP, pod.uids.node))
  put('pods', plainPod({ ...pod, uid: pod.uids.pod, now }))
  return followPod(servers, {
    ...pod,
    uid: pod.uids.pod,
    endStatus: (placed, exitCode) => plainPodEnd(placed, { network: pod.network, exitCode, startedAt: now, now: registry.clock.now() }),
  })
}

function accountOf({ registry }: ApiServer, namespace: string, name: string): KubeObject {
  if (registry.lookup({ group: '', resource: 'namespaces' }, '', namespace) === undefined) {
    const hint = `Add it to the manifests:\n\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n`
    throw new EmulatorError('ERR_NAMESPACE_NOT_FOUND', `no manifest makes the namespace "${namespace}"`, { hint })
  }
  const account = registry.lookup({ group: '', resource: 'serviceaccounts' }, namespace, name)
  if (account !== undefined) return account
  const hint = `Add it to the manifests:\n\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n`
  throw new EmulatorError('ERR_SERVICE_ACCOUNT_NOT_FOUND', `no manifest makes the service account "${name}" in namespace "${namespace}"`, {
    hint,
  })
}

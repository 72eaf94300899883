import type { Socket } from 'node:net'
import { type ApiServer, createApiServer } from './api-server.ts'
import type { Clock } from './apimachinery/clock.ts'
import type { MovableClock } from './apimachinery/movable-clock.ts'
import type { KubeObject } from './apimachinery/object.ts'
import type { UserInfo } from './authentication/user-info.ts'
import type { DenialExplanation } from './authorization/explain/explain-denial.ts'
import { moveServer, publishDns, publishServer } from './bootstrap.ts'
import type { Containers } from './container-runtime/running-containers.ts'
import { EmulatorError } from './errors.ts'
import { createFaultEndpoint } from './faults/endpoint.ts'
import type { Fault } from './faults/fault.ts'
import { createFaultSet, type FaultSet } from './faults/fault-set.ts'
import { type Front, openFront, type PodUids, podIdentity } from './front.ts'
import type { ClientSigner } from './pki/client-signer.ts'
import { hostNetwork, type PodNetwork, serviceIP } from './pod/cluster-addresses.ts'
import { serviceEnvironment } from './pod/environment.ts'
import { formatKubeconfig, type KubeconfigUser } from './pod/kubeconfig.ts'
import { createPodRoot, type PodRoot } from './pod/root.ts'
import { type ServiceAccountFiles, serviceAccountVolume } from './pod/service-account-volume.ts'
import type { EmulatedContainer, WorkloadOptions } from './pod-container.ts'
import type { PodEnd } from './pod-end.ts'
import type { RbacMode } from './recording/access/recorder.ts'
import type { AuditEvent } from './recording/audit-event.ts'
import { type Audit, createRecorder } from './recording/recorder.ts'
import type { Registry } from './registry/registry.ts'
import { createResetEndpoint } from './reset-endpoint.ts'
import { applyManifests } from './scenario/apply.ts'
import { findDanglingReferences } from './scenario/dangling-references.ts'
import { loadManifests, type ManifestSource } from './scenario/manifests.ts'
import { createFetch, type Fetch } from './server/fetch.ts'
import { serverControls } from './server-controls.ts'
import type { PodAccount } from './service-account/claims.ts'
import type { Snapshot } from './storage/storage.ts'

export interface EmulatorOptions {
  manifests?: readonly ManifestSource[]
  /** Who the program is in the cluster. */
  pod?: {
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
    /** @internal */
    uids?: PodUids | undefined
    /** @internal */
    network?: PodNetwork
    /** Instead of an account alone: a workload among the manifests, whose Pod is made, and one of its containers laid out. */
    workload?: WorkloadOptions
  }
  /**
   * What runs as the containers of Pods: their logs, exec, attach and port-forward reach it.
   * @internal
   */
  containers?: Containers
  /** The address to listen at; default 127.0.0.1. */
  host?: string
  /** Default: a free one. */
  port?: number
  /** Such as `1.36`. */
  kubernetesVersion?: string
  /**
   * A folder that keeps the cluster: its objects, keys and certificates. An emulator that is started with it later goes on where this one
   * ended, however it ended. Default: all is in memory.
   */
  data?: string
  /** What the emulator's own clock is set by; default the system's. */
  clock?: Clock
  /** What the server does wrong from the beginning. */
  faults?: readonly Fault[]
  /** Told of new files of the service account that a fault has made before their time. */
  onFilesReplaced?(files: ServiceAccountFiles): void
  /** What becomes of requests of the Pod's account that RBAC denies; default `enforce`. */
  rbacMode?: RbacMode
  /** Told of what may be a mistake in the manifests, and of what `rbacMode: 'warn'` lets through. */
  onWarning?(text: string): void
  /** Told of each request that is denied: why, and what would change it. Requests alike are told once. */
  onDenial?(explanation: DenialExplanation): void
  /** How many of the last requests `audit.events()` gives; default 10,000. */
  auditLimit?: number
  /** Told of each stage of each request, as the API server's audit log has it. */
  onAudit?(event: AuditEvent): void
}

export interface SigningKeys {
  /** From now on a new key signs; the older ones go on verifying until they are retired. Gives the new key's id (`kid`). */
  rotate(): Promise<string>
  /** Tokens that this key signed are no longer valid. The key that signs cannot be retired. */
  retire(id: string): void
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

export interface Emulator extends AsyncDisposable {
  /** Such as `https://127.0.0.1:40123`. */
  url: string
  host: string
  port: number
  /** PEM. */
  caCertificate: string
  /** A bearer token of a member of system:masters. */
  adminToken: string
  pod: EmulatedPod
  /** Where the emulator takes the time from: expiry, ages and rotation follow it. */
  clock: MovableClock
  /** What was asked of the server, by whom, and what became of it. */
  audit: Audit
  /** What the server does wrong. */
  faults: FaultSet
  /** The keys that sign service account tokens. */
  signingKeys: SigningKeys
  /** Requests in this process, without a socket. Paths such as `/api/v1/pods` will do; who sends no Authorization is anonymous. */
  fetch: Fetch
  /** A kubeconfig as YAML; the administrator's, with the token, unless another user's credentials are given. */
  kubeconfig(user?: KubeconfigUser): string
  /** A certificate that authenticates a user to this server, with its key (PEM); the administrator's if no user is named. */
  clientCertificate(request?: { user: string; groups?: string[]; notAfter?: Date }): Promise<{ cert: string; key: string }>
  /** Applies manifests, in an order that works. */
  apply(...manifests: ManifestSource[]): Promise<void>
  /** All objects as they are now. Costs next to nothing: states are shared, not copied. */
  snapshot(): Snapshot
  /**
   * Goes back to the objects of a snapshot of this emulator. Resource versions go on counting, and open watches see the difference as
   * events. Clock, keys and tokens stay as they are.
   */
  restore(snapshot: Snapshot): void
  /** Goes back to the objects that there were once the emulator had started, manifests included. */
  reset(): void
  /**
   * Forgets the history of all changes so far, as etcd does when it is compacted. Watches that are open go on; a watch or a list from an
   * older resourceVersion is told 410 `Expired`, so that its client must list again.
   */
  compact(): void
  /** Ends all open watches, as the server does when their time is up. Their clients watch again from where they were. */
  endWatches(): void
  /** Drops all connections of clients, in the midst of what they are doing; new ones are accepted at once. */
  disconnect(): void
  close(): Promise<void>
  /** @internal What a network of the Pod's own is joined to. */
  readonly inner: { registry: Registry; accept(socket: Socket): void }
}

const adminUser: UserInfo = { name: 'kubernetes-admin', uid: '', groups: ['system:masters', 'system:authenticated'], extra: {} }
/** When what speaks TLS and HTTP/2 is loaded though no client has come. */
const LOAD_AFTER_MS = 25

/**
 * Starts an API server with RBAC in this process, and lays out what a Pod of it would see.
 * @throws EmulatorError for manifests that cannot be applied, a port that is taken, an account that nothing makes
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const front = await openDurably(options)
  const timer = setTimeout(() => void front.server.load(), LOAD_AFTER_MS).unref()
  try {
    return await furnish(front, options)
  } catch (error) {
    clearTimeout(timer)
    await front.server.close()
    await front.data?.close()
    throw error
  }
}

/** The front, with the folder that keeps the cluster if there is one. */
async function openDurably({ data: path, ...options }: EmulatorOptions): Promise<Front> {
  if (path === undefined) return openFront(options)
  const { openDataFolder } = await import('./data-folder.ts')
  const data = await openDataFolder(path, { onWarning: options.onWarning })
  try {
    return await openFront({ ...options, dataFolder: data })
  } catch (error) {
    await data.close()
    throw error
  }
}

/**
 * Puts an API server behind a front, which the emulator then owns.
 * @param account the Pod's, if its token has been issued already
 */
export async function furnish(front: Front, options: EmulatorOptions, account?: PodAccount): Promise<Emulator> {
  const { clock, authority, server, adminToken, data } = front
  const recorder = createRecorder(clock, options, () => api)
  const faults = createFaultSet({
    clock,
    controls: serverControls(front, () => pod, options.onFilesReplaced),
    openWatches: () => api.openWatches,
  })
  const api = createApiServer({
    clock,
    faults: faults.source,
    serveOwn: createResetEndpoint(() => startAgain(), createFaultEndpoint(faults)),
    kubernetesVersion: options.kubernetesVersion,
    caCertificate: authority.caCertificate,
    staticTokens: new Map([[adminToken, adminUser]]),
    serverAddress: () => front.address,
    clientSigner: () => clients(),
    account,
    containers: options.containers,
    access: recorder.access,
    observe: recorder.observe,
    storage: data?.storage,
    keySource: data?.keySource,
  })
  const url = `https://${front.address}`
  let signer: Promise<ClientSigner> | undefined
  const clients = () => {
    signer ??= authority.clientSigner().then(async (made) => {
      await server.trustClients(made.caCertificate)
      return made
    })
    return signer
  }
  const roots: PodRoot[] = []
  const endings = [clock.onMove(api.timePassed), api.close]
  const close = async () => {
    faults.clear()
    api.endWatches()
    for (const end of endings) end()
    await Promise.all([server.close(), ...roots.map((root) => root.remove())])
    recorder.end()
    await data?.close()
  }
  const apply = async (...manifests: ManifestSource[]) => {
    const objects = await loadManifests(manifests)
    const onWarning = options.onWarning ?? (() => {})
    const namespace = options.pod?.namespace ?? 'default'
    await applyManifests(api.handle, adminToken, objects, { onWarning, defaultNamespace: namespace, isApplied: data?.isApplied })
    recorder.give(objects)
    for (const text of findDanglingReferences(objects, api.registry, namespace)) onWarning(text)
  }
  let pod: EmulatedPod
  let startAgain = () => {}
  try {
    if (data !== undefined) {
      // Who has a certificate of an earlier run is known from the first connection on.
      if (data.certificates.clientAuthority) await clients()
      const { removeFormerPods } = await import('./kubelet/former-pods.ts')
      removeFormerPods(api.registry)
    }
    const { server: reached = server, dnsIP } = options.pod?.network ?? hostNetwork
    if (data !== undefined) moveServer(api.registry, reached)
    publishServer(api.registry, { host: reached.host, port: reached.port, serviceIP })
    if (dnsIP !== undefined) publishDns(api.registry, dnsIP)
    await apply(...(options.manifests ?? []))
    const { workload } = options.pod ?? {}
    pod =
      workload === undefined
        ? await layOutPod(options.pod, { api, front, roots })
        : await layOutWorkload(workload, options.pod, { api, front, roots })
    if (options.pod?.renewsToken) {
      const { renewInTime } = await import('./pod/token-renewal.ts')
      const { tokenExpirationSeconds: expirationSeconds } = options.pod
      endings.push(renewInTime({ clock, expirationSeconds, renew: pod.renewToken }))
    }
    recorder.begin(pod)
    data?.settle()
    const started = api.snapshot()
    const addFaults = () => {
      for (const fault of options.faults ?? []) faults.add(fault)
    }
    startAgain = () => {
      faults.clear()
      api.restore(started)
      addFaults()
    }
    addFaults()
    front.serveWith(api.handle)
    return {
      url,
      host: server.host,
      port: server.port,
      caCertificate: authority.caCertificate,
      adminToken,
      pod,
      clock,
      audit: recorder.audit,
      faults,
      signingKeys: api.signingKeys,
      fetch: createFetch({ handle: api.handle, url }),
      kubeconfig: (user = { token: adminToken }) =>
        formatKubeconfig({ server: url, caCertificate: authority.caCertificate, user, namespace: pod.namespace }),
      clientCertificate: async (request = { user: adminUser.name, groups: ['system:masters'] }) =>
        (await clients()).issueClientCertificate(request),
      apply,
      snapshot: api.snapshot,
      restore: api.restore,
      reset: () => api.restore(started),
      compact: () => api.compact(),
      endWatches: () => api.endWatches(),
      disconnect: () => server.disconnect(),
      close,
      [Symbol.asyncDispose]: close,
      inner: { registry: api.registry, accept: server.accept },
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface PodSurroundings {
  api: ReturnType<typeof createApiServer>
  front: Front
  roots: PodRoot[]
}

async function layOutWorkload(
  workload: WorkloadOptions,
  options: EmulatorOptions['pod'],
  surroundings: PodSurroundings,
): Promise<EmulatedPod> {
  const { makePodContainers } = await import('./pod-container.ts')
  const { front, api } = surroundings
  const { host, port } = options?.network?.server ?? front.server
  const serverVariables = serviceEnvironment(host, port)
  const made = await makePodContainers({ ...options, ...workload, api, adminToken: front.adminToken, serverVariables })
  const [{ pod, container }] = made as [(typeof made)[0]]
  const { namespace, name } = pod.metadata as { namespace: string; name: string }
  const emulated = await layOutPod(
    { ...options, exists: false, namespace, name, serviceAccountName: pod.spec.serviceAccountName! },
    surroundings,
  )
  return Object.assign(emulated, { container, replicas: made.map((each) => each.container) })
}

async function layOutPod(options: EmulatorOptions['pod'] = {}, { api, front, roots }: PodSurroundings): Promise<EmulatedPod> {
  const { namespace = 'default', serviceAccountName = 'default' } = options
  const account = accountOf(api, namespace, serviceAccountName)
  const { issueFiles, uids, ...identity } = podIdentity(options, front, api.tokens.issuer, account.metadata.uid!)
  const network = options.network ?? hostNetwork
  const placed = uids === undefined ? {} : { end: await placePod(api, { ...identity, serviceAccountName, uids, network }) }
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
      if (roots.length === 0) roots.push(createPodRoot(mountsFiles ? serviceAccountVolume(files) : undefined))
      return roots[0]!.path
    },
  }
}

/** Complete objects, since nothing has to be asked or decided. */
async function placePod(
  api: ApiServer,
  pod: { namespace: string; name: string; serviceAccountName: string; uids: PodUids; network: PodNetwork },
): Promise<PodEnd> {
  const { registry } = api
  const { nodeObject, plainPod, plainPodEnd } = await import('./kubelet/plain-pod.ts')
  const { followPod } = await import('./pod-end.ts')
  const now = registry.clock.now()
  const put = (resource: string, object: KubeObject) =>
    registry.storeOf('', resource)!.restoreNow(object, registry.systemContext(object.metadata.namespace ?? ''))
  put('nodes', nodeObject(now, pod.network.hostIP, pod.uids.node))
  put('pods', plainPod({ ...pod, uid: pod.uids.pod, now }))
  return followPod(api, {
    ...pod,
    uid: pod.uids.pod,
    endStatus: (placed, exitCode) => plainPodEnd(placed, { network: pod.network, exitCode, startedAt: now, now: registry.clock.now() }),
  })
}

function accountOf({ registry }: PodSurroundings['api'], namespace: string, name: string): KubeObject {
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

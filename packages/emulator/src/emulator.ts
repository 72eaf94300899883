import type { Socket } from 'node:net'
import { createActionEndpoint } from './action-endpoint.ts'
import { type ApiServer, createApiServer } from './api-server.ts'
import type { Clock } from './apimachinery/clock.ts'
import type { MovableClock } from './apimachinery/movable-clock.ts'
import type { UserInfo } from './authentication/user-info.ts'
import type { DenialExplanation } from './authorization/explain/explain-denial.ts'
import { replaceClientAuthority } from './bootstrap.ts'
import { comeBack, publish, refounder } from './coming-back.ts'
import type { Containers } from './container-runtime/running-containers.ts'
import { type EmulatedPod, layOutPod, type PodOptions } from './emulated-pod.ts'
import { createFaultEndpoint } from './faults/endpoint.ts'
import type { Fault } from './faults/fault.ts'
import { createFaultSet, type FaultSet } from './faults/fault-set.ts'
import { type Front, openFront } from './front.ts'
import type { ClientSigner } from './pki/client-signer.ts'
import { formatKubeconfig, type KubeconfigUser } from './pod/kubeconfig.ts'
import type { PodRoot } from './pod/root.ts'
import type { ServiceAccountFiles } from './pod/service-account-volume.ts'
import type { RbacMode } from './recording/access/recorder.ts'
import type { AuditEvent } from './recording/audit-event.ts'
import { type Audit, createRecorder, type Recorder } from './recording/recorder.ts'
import type { Registry } from './registry/registry.ts'
import { applyManifests } from './scenario/apply.ts'
import { findDanglingReferences } from './scenario/dangling-references.ts'
import { loadManifests, type ManifestSource } from './scenario/manifests.ts'
import { createFetch, type Fetch } from './server/fetch.ts'
import { serverControls } from './server-controls.ts'
import type { PodAccount } from './service-account/claims.ts'
import type { EtcdStorageOptions } from './shared-cluster.ts'
import type { Snapshot } from './storage/storage.ts'

export interface EmulatorOptions {
  manifests?: readonly ManifestSource[]
  /** Who the program is in the cluster. */
  pod?: PodOptions
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
  /**
   * Instead: an etcd (its URL, `etcd://HOST:PORT`) whose objects this emulator shares with others. All of them are servers of one cluster:
   * with the same keys, certificates and administrator's token.
   */
  storage?: string | EtcdStorageOptions
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
  const timer = setTimeout(() => front.server.load().catch(() => {}), LOAD_AFTER_MS).unref()
  try {
    return await furnish(front, options)
  } catch (error) {
    clearTimeout(timer)
    await front.server.close()
    await front.data?.close()
    throw error
  }
}

/** The front, with what keeps the cluster if there is something. */
async function openDurably({ data, storage, ...options }: EmulatorOptions): Promise<Front> {
  if (data === undefined && storage === undefined) return openFront(options)
  const { openKeptCluster } = await import('./open-kept-cluster.ts')
  const kept = await openKeptCluster({ data, storage }, { onWarning: options.onWarning })
  try {
    return await openFront({ ...options, kept })
  } catch (error) {
    await kept.close()
    throw error
  }
}

/**
 * Puts an API server behind a front, which the emulator then owns.
 * @param account the Pod's, if its token has been issued already
 */
export async function furnish(front: Front, options: EmulatorOptions, account?: PodAccount): Promise<Emulator> {
  const { clock, authority, server, adminToken, data } = front
  let pod: EmulatedPod
  let startAgain = () => {}
  const parts = assemble(front, options, { account, pod: () => pod, startAgain: () => startAgain() })
  const { api, recorder, faults, clients, roots, endings } = parts
  const close = async () => {
    faults.clear()
    api.endWatches()
    for (const end of endings) end()
    await Promise.all([server.close(), ...roots.map((root) => root.remove())])
    recorder.end()
    await data?.close()
  }
  const apply = (...manifests: ManifestSource[]) => applyTo(parts, front, options, manifests)
  try {
    if (data !== undefined) await comeBack(parts, data)
    publish(api.registry, front, options.pod?.network)
    await apply(...(options.manifests ?? []))
    pod = await layOutPod(options.pod, { api, front, roots })
    if (options.pod?.renewsToken) {
      const { renewInTime } = await import('./pod/token-renewal.ts')
      const { tokenExpirationSeconds: expirationSeconds } = options.pod
      endings.push(renewInTime({ clock, expirationSeconds, renew: pod.renewToken }))
    }
    recorder.begin(pod)
    data?.peers?.onRewound(refounder(api, front, pod, () => apply(...(options.manifests ?? [])), options.pod?.network))
    await data?.settle()
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
    const url = `https://${front.address}`
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

/** What an emulator is made of, besides its front. */
interface Parts {
  api: ApiServer
  recorder: Recorder
  faults: FaultSet
  /** Who signs client certificates; made when first asked for. */
  clients(): Promise<ClientSigner>
  roots: PodRoot[]
  /** To be called when the emulator ends. */
  endings: Array<() => void>
}

interface Later {
  account: PodAccount | undefined
  pod(): EmulatedPod
  startAgain(): void
}

function assemble(front: Front, options: EmulatorOptions, { account, pod, startAgain }: Later): Parts {
  const { clock, authority, server, adminToken, data } = front
  const recorder = createRecorder(clock, options, () => api)
  const controls = serverControls(front, pod, options.onFilesReplaced)
  const faults = createFaultSet({ clock, controls, openWatches: () => api.openWatches })
  let signer: Promise<ClientSigner> | undefined
  const clients = () => {
    signer ??= authority.clientSigner().then(async (made) => {
      await server.trustClients(made.caCertificate)
      replaceClientAuthority(api.registry, made.caCertificate)
      return made
    })
    return signer
  }
  const api = createApiServer({
    clock,
    faults: faults.source,
    serveOwn: createActionEndpoint({ reset: startAgain, compact: () => api.compact() }, createFaultEndpoint(faults)),
    kubernetesVersion: options.kubernetesVersion,
    caCertificate: authority.caCertificate,
    staticTokens: new Map([[adminToken, adminUser]]),
    serverAddress: () => front.address,
    clientSigner: clients,
    account,
    containers: options.containers,
    access: recorder.access,
    observe: recorder.observe,
    storage: data?.storage,
    keySource: data?.keySource,
  })
  return { api, recorder, faults, clients, roots: [], endings: [clock.onMove(api.timePassed), api.close] }
}

async function applyTo(
  { api, recorder }: Parts,
  { adminToken, data }: Front,
  options: EmulatorOptions,
  manifests: ManifestSource[],
): Promise<void> {
  const objects = await loadManifests(manifests)
  const onWarning = options.onWarning ?? (() => {})
  const namespace = options.pod?.namespace ?? 'default'
  await applyManifests(api.handle, adminToken, objects, { onWarning, defaultNamespace: namespace, isApplied: data?.isApplied })
  recorder.give(objects)
  for (const text of findDanglingReferences(objects, api.registry, namespace)) onWarning(text)
}

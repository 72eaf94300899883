import { randomBytes } from 'node:crypto'
import { createApiServer } from './api-server.ts'
import { type Clock, systemClock } from './apimachinery/clock.ts'
import { createMovableClock, type MovableClock } from './apimachinery/movable-clock.ts'
import type { KubeObject } from './apimachinery/object.ts'
import type { UserInfo } from './authentication/user-info.ts'
import type { DenialExplanation } from './authorization/explain/explain-denial.ts'
import { publishServer } from './bootstrap.ts'
import { EmulatorError } from './errors.ts'
import { createCertificateAuthority } from './pki/authority.ts'
import type { ClientSigner } from './pki/client-signer.ts'
import { podEnvironment } from './pod/environment.ts'
import { formatKubeconfig, type KubeconfigUser } from './pod/kubeconfig.ts'
import { createPodRoot, type PodRoot } from './pod/root.ts'
import { type ServiceAccountFiles, serviceAccountVolume } from './pod/service-account-volume.ts'
import { observeDenials } from './recording/denials.ts'
import { applyManifests } from './scenario/apply.ts'
import { findDanglingReferences } from './scenario/dangling-references.ts'
import { loadManifests, type ManifestSource } from './scenario/manifests.ts'
import { createFetch, type Fetch } from './server/fetch.ts'
import { startHttpsServer } from './server/listener.ts'
import { sharedSigningKey } from './service-account/signing-key.ts'
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
  }
  /** The address to listen at; default 127.0.0.1. */
  host?: string
  /** Default: a free one. */
  port?: number
  /** Such as `1.36`. */
  kubernetesVersion?: string
  /** What the emulator's own clock is set by; default the system's. */
  clock?: Clock
  /** Told of what may be a mistake in the manifests. */
  onWarning?(text: string): void
  /** Told of each request that is denied: why, and what would change it. Requests alike are told once. */
  onDenial?(explanation: DenialExplanation): void
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
}

const serviceIP = '10.96.0.1'
/** What the kubelet asks for. */
const defaultExpirationSeconds = 3607
const adminUser: UserInfo = { name: 'kubernetes-admin', uid: '', groups: ['system:masters', 'system:authenticated'], extra: {} }

/**
 * Starts an API server with RBAC in this process, and lays out what a Pod of it would see.
 * @throws EmulatorError for manifests that cannot be applied, a port that is taken, an account that nothing makes
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0 } = options
  const { clock: base = systemClock } = options
  const clock = createMovableClock(() => base.now())
  // Made on another thread meanwhile; who needs it first also gets the error, should there be one.
  sharedSigningKey().catch(() => {})
  const authority = await createCertificateAuthority({ now: () => new Date(clock.now()), addresses: host === '127.0.0.1' ? [] : [host] })
  // Hexadecimal: base64url may begin with a dash, and `--token -x` is refused by option parsers.
  const adminToken = randomBytes(24).toString('hex')
  const staticTokens = new Map([[adminToken, adminUser]])
  const address = { value: '' }
  const api = createApiServer({
    clock,
    kubernetesVersion: options.kubernetesVersion,
    caCertificate: authority.caCertificate,
    staticTokens,
    serverAddress: () => address.value,
    clientSigner: () => clients(),
    ...(options.onDenial === undefined ? {} : { observe: observeDenials(() => api, options.onDenial) }),
  })
  const server = await listen(
    () => startHttpsServer({ host, port, ...authority.serving, clientCa: authority.caCertificate, handle: api.handle }),
    host,
    port,
  )
  address.value = hostPort(server.host, server.port)
  const url = `https://${address.value}`
  let signer: Promise<ClientSigner> | undefined
  const clients = () => {
    signer ??= authority.clientSigner().then(async (made) => {
      await server.trustClients(made.caCertificate)
      return made
    })
    return signer
  }
  const roots: PodRoot[] = []
  const close = async () => {
    api.endWatches()
    await Promise.all([server.close(), ...roots.map((root) => root.remove())])
  }
  const apply = async (...manifests: ManifestSource[]) => {
    const objects = await loadManifests(manifests)
    const onWarning = options.onWarning ?? (() => {})
    const namespace = options.pod?.namespace ?? 'default'
    await applyManifests(api.handle, adminToken, objects, onWarning, namespace)
    for (const text of findDanglingReferences(objects, api.registry, namespace)) onWarning(text)
  }
  try {
    publishServer(api.registry, { host: server.host, port: server.port, serviceIP })
    await apply(...(options.manifests ?? []))
    const pod = await layOutPod(options, { api, host: server.host, port: server.port, caCertificate: authority.caCertificate, roots })
    const started = api.snapshot()
    return {
      url,
      host: server.host,
      port: server.port,
      caCertificate: authority.caCertificate,
      adminToken,
      pod,
      clock,
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
    }
  } catch (error) {
    await close()
    throw error
  }
}

const hostPort = (host: string, port: number) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

async function listen<T>(start: () => Promise<T>, host: string, port: number): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EADDRINUSE') {
      const hint = 'Choose another with --port, or leave it out to take a free one.'
      throw new EmulatorError('ERR_PORT_IN_USE', `port ${port} of ${host} is in use`, { hint, cause: error })
    }
    if (code === 'EACCES') {
      throw new EmulatorError('ERR_PORT_FORBIDDEN', `port ${port} of ${host} may not be listened at`, {
        hint: 'Choose a port above 1023.',
        cause: error,
      })
    }
    if (code === 'EADDRNOTAVAIL') throw new EmulatorError('ERR_ADDRESS', `${host} is no address of this machine`, { cause: error })
    throw error
  }
}

interface PodSurroundings {
  api: ReturnType<typeof createApiServer>
  host: string
  port: number
  caCertificate: string
  roots: PodRoot[]
}

async function layOutPod(
  { pod: options = {} }: EmulatorOptions,
  { api, host, port, caCertificate, roots }: PodSurroundings,
): Promise<EmulatedPod> {
  const { namespace = 'default', serviceAccountName = 'default', name = `inpod-${randomBytes(3).toString('hex')}` } = options
  const account = accountOf(api, namespace, serviceAccountName)
  const issueFiles = async (): Promise<ServiceAccountFiles> => {
    const { token } = await api.tokens.issuer.issue({
      account: { namespace, name: serviceAccountName, uid: account.metadata.uid! },
      audiences: [...api.tokens.apiAudiences],
      expirationSeconds: options.tokenExpirationSeconds ?? defaultExpirationSeconds,
    })
    return { token, 'ca.crt': caCertificate, namespace }
  }
  let files = await issueFiles()
  const environment = podEnvironment({ host, port, podName: name, serviceIP })
  const mountsFiles = account['automountServiceAccountToken'] !== false
  return {
    namespace,
    serviceAccountName,
    name,
    env: environment.set,
    unsetEnv: environment.unset,
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

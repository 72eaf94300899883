import { randomBytes, randomUUID } from 'node:crypto'
import { type Clock, systemClock } from './apimachinery/clock.ts'
import { createMovableClock, type MovableClock } from './apimachinery/movable-clock.ts'
import type { ApiRequest, ApiResponse } from './endpoints/http.ts'
import { EmulatorError } from './errors.ts'
import type { KeptCluster } from './kept-cluster.ts'
import { nodeName } from './kubelet/plain-pod.ts'
import { type CertificateAuthority, createCertificateAuthority } from './pki/authority.ts'
import { type PodNetwork, serviceIP } from './pod/cluster-addresses.ts'
import { podEnvironment } from './pod/environment.ts'
import type { ServiceAccountFiles } from './pod/service-account-volume.ts'
import { type HttpsServer, startHttpsServer } from './server/listener.ts'
import type { TokenIssuer } from './service-account/issuer.ts'
import { sharedSigningKey } from './service-account/signing-key.ts'

export interface FrontOptions {
  host?: string | undefined
  port?: number | undefined
  clock?: Clock | undefined
  /** Told of each connection. */
  onConnection?(): void
  /** What keeps keys and objects between runs. */
  kept?: KeptCluster | undefined
}

type Handle = (request: ApiRequest) => Promise<ApiResponse>

/** What others see of an emulator, before there is an API server behind it: an address, certificates, who the administrator is. */
export interface Front {
  readonly clock: MovableClock
  readonly authority: CertificateAuthority
  readonly server: HttpsServer
  /** `HOST:PORT`. */
  readonly address: string
  readonly adminToken: string
  readonly data: KeptCluster | undefined
  /** From now on requests are answered; those that have come already have waited for it. */
  serveWith(handle: Handle): void
}

/** What the kubelet asks for. */
const defaultExpirationSeconds = 3607
const extendedSeconds = 365 * 24 * 60 * 60

/**
 * Listens, and keeps requests waiting until somebody serves them.
 * @throws EmulatorError for a port that is taken and an address that is not ours
 */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { host = '127.0.0.1', port = 0, clock: base = systemClock, onConnection, kept: data } = options
  const clock = createMovableClock(() => base.now())
  // Made on another thread meanwhile, if none is kept; who needs it first also gets the error, should there be one.
  ;(data ? data.keySource.load() : sharedSigningKey()).catch(() => {})
  const authority = await createCertificateAuthority({
    now: () => new Date(clock.now()),
    addresses: host === '127.0.0.1' ? [] : [host],
    kept: data?.certificates,
  })
  const serving = Promise.withResolvers<Handle>()
  let handle: Handle = async (request) => (await serving.promise)(request)
  const server = await listen(
    () =>
      startHttpsServer({
        host,
        port,
        ...authority.serving,
        clientCa: authority.caCertificate,
        handle: (request) => handle(request),
        onConnection,
      }),
    host,
    port,
  )
  return {
    clock,
    authority,
    server,
    address: server.host.includes(':') ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`,
    // Hexadecimal: base64url may begin with a dash, and `--token -x` is refused by option parsers.
    adminToken: data?.adminToken ?? randomBytes(24).toString('hex'),
    data,
    serveWith(given) {
      handle = given
      serving.resolve(given)
    },
  }
}

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

/** Who the program is in the cluster. */
export interface PodOptions {
  /** Default `default`. */
  namespace?: string | undefined
  /** Default `default`. */
  serviceAccountName?: string | undefined
  /** Default made up, as a workload's Pods are called. */
  name?: string | undefined
  /** Default 3607, as the kubelet asks for. */
  tokenExpirationSeconds?: number | undefined
  /** Whether the API has an object of the Pod, to which its token is bound. */
  exists?: boolean | undefined
  /** Of these objects, if they are known already. */
  uids?: PodUids | undefined
  network?: PodNetwork | undefined
}

export interface PodUids {
  pod: string
  node: string
}

/** What a program is told of the server and of itself. */
export interface PodIdentity {
  namespace: string
  serviceAccountName: string
  name: string
  /** Variables to set, and names to take away, for a program to find the server and nothing else. */
  env: Record<string, string>
  unsetEnv: string[]
  /** Of a Pod that exists, and its node. */
  uids: PodUids | undefined
  issueFiles(): Promise<ServiceAccountFiles>
}

/** @param uid of the Pod's service account */
export function podIdentity(options: PodOptions, { server, authority }: Front, issuer: TokenIssuer, uid: string): PodIdentity {
  const { namespace = 'default', serviceAccountName = 'default', name = `inpod-${randomBytes(3).toString('hex')}` } = options
  const { host, port } = options.network?.server ?? server
  const uids = options.exists ? (options.uids ?? { pod: randomUUID(), node: randomUUID() }) : undefined
  const environment = podEnvironment({ host, port, podName: name, serviceIP })
  return {
    namespace,
    serviceAccountName,
    name,
    env: environment.set,
    unsetEnv: environment.unset,
    uids,
    async issueFiles() {
      const { token } = await issuer.issue({
        account: { namespace, name: serviceAccountName, uid },
        audiences: [issuer.issuer],
        ...tokenLife(options.tokenExpirationSeconds, uids !== undefined),
        ...(uids === undefined ? {} : { bound: { pod: { name, uid: uids.pod }, node: { name: nodeName, uid: uids.node } } }),
      })
      return { token, 'ca.crt': authority.caCertificate, namespace }
    },
  }
}

/** The usual token of a Pod goes on being valid after its time, with a warning (KEP-2799); one that a test wants to expire does not. */
function tokenLife(asked: number | undefined, isBound: boolean): { expirationSeconds: number; warnAfterSeconds?: number } {
  if (asked !== undefined || !isBound) return { expirationSeconds: asked ?? defaultExpirationSeconds }
  return { expirationSeconds: extendedSeconds, warnAfterSeconds: defaultExpirationSeconds }
}

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Emulator, EmulatorOptions } from './emulator.ts'
import { openFront, type PodIdentity, podIdentity } from './front.ts'
import type { ServiceAccountFiles } from './pod/service-account-volume.ts'
import { defaultIssuer } from './service-account/claims.ts'
import { createTokenIssuer } from './service-account/issuer.ts'
import { createKeyRing } from './service-account/key-ring.ts'
import { sharedKeySource } from './service-account/signing-key.ts'

/** An emulator whose Pod is there before its API server is. */
export interface LateEmulator extends AsyncDisposable {
  readonly url: string
  readonly pod: Pick<PodIdentity, 'namespace' | 'serviceAccountName' | 'name' | 'env' | 'unsetEnv'> & {
    uid: string
    files: ServiceAccountFiles
    mountsFiles: boolean
  }
  /** Makes the API server, once. Connections do so too. */
  emulator(): Promise<Emulator>
  /** Calls back once the API server has been made, if it is. */
  onMade(listener: (emulator: Emulator) => void): void
  /** Serves a connection that someone else has accepted. */
  accept(socket: Socket): void
}

/** Namespaces of a fresh cluster: each has an account of this name. */
const namespaces = new Set(['default', 'kube-node-lease', 'kube-public', 'kube-system'])

/** Whether all that could be wrong with these options is known without an API server. */
export function canStartLate({
  manifests = [],
  pod: { namespace = 'default', serviceAccountName = 'default' } = {},
  ...rest
}: EmulatorOptions): boolean {
  const { faults = [] } = rest
  return (
    manifests.length === 0 &&
    faults.length === 0 &&
    rest.kubernetesVersion === undefined &&
    rest.data === undefined &&
    rest.storage === undefined &&
    namespaces.has(namespace) &&
    serviceAccountName === 'default'
  )
}

/**
 * Gives the Pod's files and variables at once, and makes the API server when somebody connects or `emulator` is called.
 * @param options such that {@link canStartLate}
 * @throws EmulatorError for a port that is taken and an address that is not ours
 */
export async function startLate(options: EmulatorOptions): Promise<LateEmulator> {
  const front = await openFront({ ...options, onConnection: () => void emulator() })
  const account = { namespace: options.pod?.namespace ?? 'default', name: 'default', uid: randomUUID() }
  const issuer = createTokenIssuer(createKeyRing(sharedKeySource), front.clock, defaultIssuer)
  const { issueFiles, ...identity } = podIdentity(options.pod ?? {}, front, issuer, account.uid)
  let furnished: Promise<Emulator> | undefined
  let made: Emulator | undefined
  const listeners: ((emulator: Emulator) => void)[] = []
  const emulator = () => {
    furnished ??= import('./emulator.ts').then(async ({ furnish }) => {
      made = await furnish(front, { ...options, pod: { ...options.pod, name: identity.name, uids: identity.uids } }, account)
      front.server.load().catch(() => {})
      for (const listener of listeners) listener(made)
      return made
    })
    furnished.catch(giveUp)
    return furnished
  }
  /** Nothing in the options can be the reason: a bug of ours, and nobody will answer. */
  const giveUp = (error: unknown) => {
    console.error(error)
    void front.server.close()
  }
  return {
    url: `https://${front.address}`,
    pod: { ...identity, uid: identity.uids!.pod, files: await issueFiles(), mountsFiles: true },
    emulator,
    onMade: (listener) => void listeners.push(listener),
    accept: front.server.accept,
    async [Symbol.asyncDispose]() {
      await (made?.close() ?? front.server.close())
    },
  }
}

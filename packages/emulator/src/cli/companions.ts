// What runs beside the program in its Pod: `--proxy` and `--sidecar`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmulatorError } from '../errors.ts'
import { startKubectlProxy } from '../kubectl-proxy/kubectl-proxy.ts'
import { SERVICE_ACCOUNT_FOLDER } from '../pod/service-account-volume.ts'
import type { EmulatedContainer } from '../pod-container.ts'
import type { Companions } from './companion-options.ts'

interface Server {
  url: string
  caCertificate: string
  /** Undefined where the Pod has no token. */
  token: (() => string) | undefined
}

/** Starts the proxy, if one is asked for; it ends when it is disposed of. */
export async function startProxy({ proxy }: Companions, { url, caCertificate, token }: Server): Promise<AsyncDisposable | undefined> {
  if (proxy === undefined) return undefined
  if (token === undefined) {
    const hint =
      'A proxy in its Pod would have nothing to say who it is: take automountServiceAccountToken: false away, or leave out --proxy.'
    throw new EmulatorError('ERR_PROXY', 'the Pod mounts no service account token, which --proxy needs', { hint })
  }
  return startKubectlProxy({ listen: proxy, url, caCertificate, token })
}

/** The token in a container's volumes, which is replaced there before its time is up. */
export function mountedToken({ mounts }: EmulatedContainer): (() => string) | undefined {
  const source = mounts.find(({ target }) => target === SERVICE_ACCOUNT_FOLDER)?.source
  return source === undefined ? undefined : () => readFileSync(join(source, 'token'), 'utf8')
}

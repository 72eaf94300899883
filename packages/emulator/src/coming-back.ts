// A cluster that was there before its server, and what it is to the server that comes, or that has to begin anew.
import type { ApiServer } from './api-server.ts'
import { moveServer, publishAuthorities, publishDns, publishServer } from './bootstrap.ts'
import type { EmulatedPod } from './emulated-pod.ts'
import type { Front } from './front.ts'
import type { KeptCluster } from './kept-cluster.ts'
import { hostNetwork, type PodNetwork, serviceIP } from './pod/cluster-addresses.ts'
import type { Refounder } from './refounding.ts'
import type { Registry } from './registry/registry.ts'

interface Server {
  api: ApiServer
  /** Makes who signs client certificates. */
  clients(): Promise<unknown>
}

/** Takes up what an earlier run has left. */
export async function comeBack({ api, clients }: Server, { certificates, peers }: KeptCluster): Promise<void> {
  // Who has a certificate of an earlier run, or of another server, is known from the first connection on.
  if (certificates.clientAuthority || peers) await clients()
  peers?.onLost(api.endWatches)
  peers?.onGone(() => setImmediate(api.takeUp))
  if (peers?.present) return
  const { removeFormerPods } = await import('./kubelet/former-pods.ts')
  removeFormerPods(api.registry)
}

/** The server's own Service, and where it leads. */
export function publish(registry: Registry, { server, data, authority }: Front, network: PodNetwork = hostNetwork): void {
  const { server: reached = server, dnsIP } = network
  if (data !== undefined) moveServer(registry, reached)
  publishServer(registry, { host: reached.host, port: reached.port, serviceIP })
  publishAuthorities(registry, authority.caCertificate)
  if (dnsIP !== undefined) publishDns(registry, dnsIP)
}

/**
 * Does again what was done at the start, where it is lost. The Pod's token stays valid: its account keeps its uid.
 * @param furnish applies the manifests
 */
export function refounder(
  api: ApiServer,
  front: Front,
  { namespace, serviceAccountName: name }: EmulatedPod,
  furnish: () => Promise<void>,
  network?: PodNetwork,
): Refounder {
  const uid = api.registry.lookup({ group: '', resource: 'serviceaccounts' }, namespace, name)?.metadata.uid
  return {
    found() {
      api.found({ name, namespace, uid })
      publish(api.registry, front, network)
    },
    furnish,
  }
}

// `--network isolated`: loaded only with that option.
import type { AllowedHost, ClusterSide } from '../cluster-network/join.ts'
import { joinNetwork, outsideAddresses } from '../cluster-network/join.ts'
import type { ContainerMount } from '../kubelet/container-mounts.ts'
import { hostsFile } from '../kubelet/hosts-file.ts'
import { plainPod } from '../kubelet/plain-pod.ts'
import { resolvConf } from '../kubelet/resolv-conf.ts'
import { isolatedNetwork } from '../pod/cluster-addresses.ts'
import type { ContainerPlace } from '../sandbox/enclosure.ts'
import { fileMount, resolverMounts } from '../sandbox/network/resolver-mounts.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/sandbox.ts'
import { createTemporaryFolder } from '../sandbox/temporary-folder.ts'

/** A network of the program's own: what the sandbox and the Pod are told of it, and the cluster's part. */
export interface Isolation {
  sandbox: Pick<SandboxOptions, 'network' | 'uts'>
  pod: { network: typeof isolatedNetwork }
  /** Variables that lead to proxies which cannot be reached from there. */
  unsetEnv: string[]
  /** What a container needs besides its own. */
  mounts(folder: string): ContainerMount[]
  /** Lets the cluster serve that network, until it is disposed of. */
  join(sandbox: Sandbox, cluster: ClusterSide): Promise<Disposable>
}

export function isolate(hosts: readonly AllowedHost[]): Isolation {
  return {
    sandbox: { network: { addresses: outsideAddresses(hosts) }, uts: true },
    pod: { network: isolatedNetwork },
    unsetEnv: proxiesOutOfReach(process.env, hosts),
    mounts: resolverMounts,
    join: async (sandbox, cluster) => joinNetwork(await sandbox.network(), cluster, hosts),
  }
}

/** What a program without a manifest finds: names as in a Pod, and all else as it was. */
export async function plainPlace(pod: { namespace: string; name: string }): Promise<{ container: ContainerPlace } & AsyncDisposable> {
  const folder = await createTemporaryFolder()
  const object = plainPod({ ...pod, uid: '', serviceAccountName: '', network: isolatedNetwork, now: 0 })
  const { podIP, dnsIP } = isolatedNetwork
  const mounts = [
    fileMount(folder.path, '/etc/hosts', hostsFile(object, podIP, '')),
    fileMount(folder.path, '/etc/resolv.conf', resolvConf(object, `nameserver ${dnsIP}\n`)),
    ...resolverMounts(folder.path),
  ]
  const container = { mounts, hostname: pod.name, workingDir: undefined, folder: folder.path }
  return { container, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const PROXY = /^(https?|all|ftp)_proxy$/i
const PROXY_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 }

function proxiesOutOfReach(env: Record<string, string | undefined>, hosts: readonly AllowedHost[]): string[] {
  return Object.keys(env).filter((name) => {
    if (!PROXY.test(name)) return false
    const text = env[name] ?? ''
    const url = URL.parse(text.includes('://') ? text : `http://${text}`)
    const port = Number(url?.port) || PROXY_PORTS[url?.protocol ?? '']
    return !hosts.some((allowed) => allowed.host === url?.hostname.toLowerCase() && allowed.port === port)
  })
}

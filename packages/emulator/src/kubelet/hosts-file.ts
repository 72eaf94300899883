import type { Pod } from './pod-types.ts'

const MANAGED = '# Kubernetes-managed hosts file.\n'
const MANAGED_WITH_HOST_NETWORK = '# Kubernetes-managed hosts file (host network).\n'
const LOCAL = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
]
const MAX_HOST_NAME = 63

/** A Pod's own name and, with a subdomain, its domain. */
export function hostNames(pod: Pod, clusterDomain = 'cluster.local'): { hostname: string; domain: string } {
  const { hostname, hostnameOverride, subdomain } = pod.spec
  const full = hostnameOverride ?? (hostname || pod.metadata.name!)
  const short = full.length <= MAX_HOST_NAME ? full : full.slice(0, MAX_HOST_NAME).replace(/[-.]+$/, '')
  const domain = subdomain && hostnameOverride === undefined ? `${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` : ''
  return { hostname: short, domain }
}

/** `/etc/hosts` as the kubelet writes it; `nodeFile` is the machine's own, which Pods of the host network see. */
export function hostsFile(pod: Pod, podIP: string, nodeFile: string): string {
  const aliases = hostAliases(pod)
  if (pod.spec.hostNetwork === true) return `${MANAGED_WITH_HOST_NETWORK}${nodeFile}${aliases}`
  const { hostname, domain } = hostNames(pod)
  const own = domain === '' ? `${podIP}\t${hostname}` : `${podIP}\t${hostname}.${domain}\t${hostname}`
  return `${MANAGED}${[...LOCAL, own].join('\n')}\n${aliases}`
}

function hostAliases({ spec: { hostAliases = [] } }: Pod): string {
  if (hostAliases.length === 0) return ''
  const lines = hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`)
  return `\n# Entries added by HostAliases.\n${lines.join('')}`
}

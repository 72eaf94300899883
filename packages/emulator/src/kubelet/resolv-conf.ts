import type { Pod } from './pod-types.ts'

interface Resolver {
  servers: string[]
  searches: string[]
  options: string[]
}

const MAX_SERVERS = 3
const MAX_SEARCHES = 32

/**
 * `/etc/resolv.conf` of a Pod: the cluster's search list and options by its `dnsPolicy`, then its `dnsConfig`
 * (kubernetes/pkg/kubelet/network/dns). The servers stay the machine's, unless the Pod names its own: this cluster has none.
 */
export function resolvConf(pod: Pod, nodeFile: string, clusterDomain = 'cluster.local'): string {
  const { dnsPolicy, hostNetwork, dnsConfig } = pod.spec
  const node = parse(nodeFile)
  let resolver: Resolver = node
  if (dnsPolicy === 'None') resolver = { servers: [], searches: [], options: [] }
  else if (dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy !== 'Default' && hostNetwork !== true)) {
    const cluster = [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
    resolver = { servers: node.servers, searches: unique([...cluster, ...node.searches]), options: ['ndots:5'] }
  }
  return format({
    servers: unique([...resolver.servers, ...(dnsConfig?.nameservers ?? [])]).slice(0, MAX_SERVERS),
    searches: unique([...resolver.searches, ...(dnsConfig?.searches ?? [])]).slice(0, MAX_SEARCHES),
    options: mergeOptions([
      ...resolver.options,
      ...(dnsConfig?.options ?? []).map(({ name, value }) => (value ? `${name}:${value}` : name)),
    ]),
  })
}

function parse(text: string): Resolver {
  const resolver: Resolver = { servers: [], searches: [], options: [] }
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/)
    if (word === 'nameserver' && rest[0] !== undefined) resolver.servers.push(rest[0])
    if (word === 'search') resolver.searches = rest.filter((domain) => domain !== '.').map((domain) => domain.replace(/\.$/, ''))
    if (word === 'options') resolver.options = mergeOptions([...resolver.options, ...rest])
  }
  return resolver
}

/** The last of each name counts. */
function mergeOptions(options: string[]): string[] {
  return [...new Map(options.map((option) => [option.split(':')[0]!, option])).values()]
}

function format({ servers, searches, options }: Resolver): string {
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

const unique = (texts: string[]) => [...new Set(texts)]

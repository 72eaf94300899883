/** An address of the API server and who the Pod is. */
export interface PodEnvironmentOptions {
  /** Where programs reach the API server: an IP address (IPv6 without brackets) or a name. */
  host: string
  port: number
  podName: string
  /** The cluster IP of the Service `kubernetes`; added to the names that need no proxy. */
  serviceIP?: string
  /** The environment that the Pod's variables are added to: its proxy exceptions are kept. */
  base?: Record<string, string | undefined>
}

export interface PodEnvironment {
  set: Record<string, string>
  /** Names to take away: they would lead clients away from the emulator. */
  unset: string[]
}

const CLUSTER_DOMAINS = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', '.svc', '.svc.cluster.local', '.cluster.local']

/** Names that clients read before or instead of the Pod's own; a name that ends in `*` stands for all that begin so. */
const LEADING_AWAY = [
  'KUBECONFIG',
  'KUBERNETES_*',
  'POD_NAMESPACE',
  'PYKUBE_*',
  'KUBE_*',
  'KUBENAMESPACE',
  'TELEPRESENCE_ROOT',
  'HELM_KUBE*',
  'HELM_NAMESPACE',
]

/** What the kubelet would set in a container, what to take away from the caller's environment, and no proxy on the way. */
export function podEnvironment({ host, port, podName, serviceIP, base = process.env }: PodEnvironmentOptions): PodEnvironment {
  const set = { ...serviceEnvironment(host, port), HOSTNAME: podName, ...proxyExceptions(base, [host, ...(serviceIP ? [serviceIP] : [])]) }
  const unset = Object.keys(base).filter((name) => !(name in set) && LEADING_AWAY.some((pattern) => matches(pattern, name)))
  return { set, unset: unset.sort() }
}

/** The variables that every container has for the Service `kubernetes`, as kubernetes/pkg/kubelet/envvars makes them. */
export function serviceEnvironment(host: string, port: number): Record<string, string> {
  const address = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`
  const prefix = `KUBERNETES_PORT_${port}_TCP`
  return {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: String(port),
    KUBERNETES_SERVICE_PORT_HTTPS: String(port),
    KUBERNETES_PORT: address,
    [prefix]: address,
    [`${prefix}_PROTO`]: 'tcp',
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_ADDR`]: host,
  }
}

/** `NO_PROXY` and `no_proxy`, both with what either held: some clients read one, some the other, and the lower case wins in curl. */
function proxyExceptions(base: Record<string, string | undefined>, addresses: string[]): Record<string, string> {
  const kept = [base['NO_PROXY'], base['no_proxy']].flatMap((list) => (list ?? '').split(',').map((entry) => entry.trim()))
  const all = [...new Set([...kept.filter((entry) => entry !== ''), ...addresses, 'localhost', ...CLUSTER_DOMAINS])].join(',')
  return { NO_PROXY: all, no_proxy: all }
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

/** `base` with the Pod's variables in place. */
export function applyEnvironment(base: Record<string, string | undefined>, { set, unset }: PodEnvironment): Record<string, string> {
  const gone = new Set(unset)
  const kept = Object.entries(base).filter((entry): entry is [string, string] => entry[1] !== undefined && !gone.has(entry[0]))
  return { ...Object.fromEntries(kept), ...set }
}

// Behind the cluster IPs of Services, what kube-proxy does: a connection goes to one of the endpoints that are ready.
import type { Server, Socket } from 'node:net'
import type { KubeObject } from '../apimachinery/object.ts'
import type { Registry } from '../registry/registry.ts'
import { pods, SERVICE_NAME, type ServicePort, services, slices, syncEndpointSlices } from './endpoint-slices.ts'

export interface ClusterIPOptions {
  registry: Registry
  /** Listens at an address of the cluster. */
  listen(ip: string, port: number, onConnection: (socket: Socket) => void): Promise<Server>
  /** Whether an endpoint can be reached from there. */
  canReach(ip: string, port: number): boolean
  /** Joins a connection with one to an endpoint. */
  forward(socket: Socket, ip: string, port: number): void
}

interface Endpoint {
  ip: string
  port: number
}

/** Serves all cluster IPs but those in `taken`, as the API's objects have it from now on. */
export function serveClusterIPs(options: ClusterIPOptions, taken: ReadonlySet<string>): Disposable {
  const { registry, listen, forward } = options
  const targets = new Map<string, Endpoint[]>()
  const listening = new Map<string, Promise<Server | undefined>>()
  let ended = false

  const open = (key: string) => {
    const [ip = '', port] = key.split(' ')
    const onConnection = (socket: Socket) => {
      const endpoints = targets.get(key) ?? []
      const chosen = endpoints[Math.floor(Math.random() * endpoints.length)]
      if (chosen === undefined) socket.resetAndDestroy()
      else forward(socket, chosen.ip, chosen.port)
    }
    // A port that cannot be had, such as one outside of the range of cluster IPs, refuses connections as if nobody were there.
    return listen(ip, Number(port), onConnection).catch(() => undefined)
  }
  const close = (key: string) => {
    void listening.get(key)?.then((server) => server?.close())
    listening.delete(key)
  }
  const sync = () => {
    if (ended) return
    syncEndpointSlices(registry)
    targets.clear()
    for (const [key, endpoints] of findTargets(options)) if (!taken.has(key) && endpoints.length > 0) targets.set(key, endpoints)
    for (const key of listening.keys()) if (!targets.has(key)) close(key)
    for (const key of targets.keys()) if (!listening.has(key)) listening.set(key, open(key))
  }

  const watched = new Set([services, slices, pods].map(({ group, resource }) => registry.storeOf(group, resource)!.definition.keyPrefix))
  let waiting = false
  registry.storage.onChange((prefix) => {
    if (waiting || !watched.has(prefix)) return
    waiting = true
    setImmediate(() => {
      waiting = false
      sync()
    })
  })
  sync()
  return {
    [Symbol.dispose]() {
      ended = true
      for (const key of [...listening.keys()]) close(key)
    },
  }
}

/** Of each `IP PORT`, the endpoints behind it. */
function findTargets({ registry, canReach }: ClusterIPOptions): Map<string, Endpoint[]> {
  const found = new Map<string, Endpoint[]>()
  for (const service of registry.lookupAll(services, '')) {
    const { clusterIPs = [], ports = [] } = (service['spec'] ?? {}) as { clusterIPs?: string[]; ports?: ServicePort[] }
    const ips = clusterIPs.filter((ip) => /^[\d.]+$/.test(ip))
    if (ips.length === 0) continue
    const own = registry
      .lookupAll(slices, service.metadata.namespace!)
      .filter(({ metadata }) => metadata.labels?.[SERVICE_NAME] === service.metadata.name)
    for (const { name = '', port, protocol = 'TCP' } of ports) {
      if (protocol !== 'TCP') continue
      const endpoints = own.flatMap((slice) => readyEndpoints(slice, name)).filter((each) => canReach(each.ip, each.port))
      for (const ip of ips) found.set(`${ip} ${port}`, endpoints)
    }
  }
  return found
}

function readyEndpoints(slice: KubeObject, portName: string): Endpoint[] {
  const { endpoints, ports } = slice as KubeObject & {
    endpoints?: Array<{ addresses: string[]; conditions?: { ready?: boolean } }>
    ports?: Array<{ name?: string; port?: number }>
  }
  const port = ports?.find(({ name = '' }) => name === portName)?.port
  if (port === undefined) return []
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false)
  return ready.flatMap(({ addresses }) => addresses.map((ip) => ({ ip, port })))
}

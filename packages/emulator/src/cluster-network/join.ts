// What listens in the network of the cluster: the API server, the DNS server, and what is let through to the outside.
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { ClusterReader } from '../cluster-dns/kubernetes-zone.ts'
import { createResponder, type Responder } from '../cluster-dns/responder.ts'
import type { LateEmulator } from '../late-emulator.ts'
import { dnsIP, outsideIP, podIP, serviceIP, servicePort } from '../pod/cluster-addresses.ts'
import type { Registry } from '../registry/registry.ts'
import type { ClusterNetwork } from '../sandbox/network/agent-client.ts'
import { resetConnection } from '../server/break-off.ts'
import { serveClusterIPs } from './cluster-ips.ts'
import { services, slices } from './endpoint-slices.ts'

/** Something outside the cluster that may be reached. */
export interface AllowedHost {
  /** A name, in lower case, or an IPv4 address. */
  host: string
  port: number
}

/** A name by which this machine is called in there, since 127.0.0.1 is the Pod itself. */
const THIS_MACHINE = 'host.inpod.internal'
const DNS_PORT = 53
const IDLE_MS = 10_000

const isAddress = (host: string) => /^[\d.]+$/.test(host)

/** The address that each name outside the cluster has in there. */
function outsideNames(hosts: readonly AllowedHost[]): Map<string, string> {
  const names = [...new Set(hosts.map(({ host }) => host).filter((host) => !isAddress(host)))]
  return new Map(names.map((name, index) => [name, outsideIP(index)]))
}

/** All addresses that stand for something outside. */
export function outsideAddresses(hosts: readonly AllowedHost[]): string[] {
  return [...new Set([...outsideNames(hosts).values(), ...hosts.map(({ host }) => host).filter(isAddress)])]
}

/** The cluster, which may be made only when somebody needs it. */
export type ClusterSide = Pick<LateEmulator, 'emulator' | 'accept'>

/** Serves the network of the cluster until it is disposed of. */
export async function joinNetwork(
  network: ClusterNetwork,
  { emulator, accept }: ClusterSide,
  hosts: readonly AllowedHost[],
): Promise<Disposable> {
  const servers: Server[] = []
  const listen = async (host: string, port: number, onConnection: (socket: Socket) => void) => {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, onConnection)
    server.listen(await network.listener(host, port)).on('error', () => {})
    servers.push(server)
    return server
  }
  const names = outsideNames(hosts)
  const isAllowed = (ip: string, port: number) => hosts.some((each) => each.host === ip && each.port === port)
  let clusterIPs: Disposable | undefined
  let isEnded = false
  void emulator().then(({ inner: { registry } }) => {
    if (isEnded) return
    const canReach = (ip: string, port: number) => ip === podIP || isAllowed(ip, port)
    const forward = (socket: Socket, ip: string, port: number) =>
      ip === podIP ? joinSockets(socket, network.connection(ip, port)) : letThrough(socket, ip, port)
    clusterIPs = serveClusterIPs({ registry, listen, canReach, forward }, new Set([`${serviceIP} ${servicePort}`, `${dnsIP} ${DNS_PORT}`]))
  })
  let made: Promise<Responder> | undefined
  const responder = () => {
    made ??= emulator().then(({ inner }) => createResponder({ reader: clusterReader(inner.registry), serverIP: dnsIP, others: names }))
    return made
  }
  const datagrams = await network.datagrams(dnsIP, DNS_PORT)
  datagrams.on('message', async (bytes, { address, port }) => {
    const response = (await responder()).respond(bytes, 'udp')
    // Who has gone by then asks no more.
    if (response !== undefined) datagrams.send(response, port, address, () => {})
  })
  await Promise.all([
    listen(serviceIP, servicePort, accept),
    listen(dnsIP, DNS_PORT, async (socket) => serveDns(socket, await responder())),
    ...hosts.map(({ host, port }) => listen(names.get(host) ?? host, port, (socket) => letThrough(socket, host, port))),
  ])
  return {
    [Symbol.dispose]() {
      isEnded = true
      clusterIPs?.[Symbol.dispose]()
      datagrams.close()
      for (const server of servers) server.close()
    },
  }
}

const clusterReader = ({ lookup, lookupAll }: Registry): ClusterReader => ({
  hasNamespace: (name) => lookup({ group: '', resource: 'namespaces' }, '', name) !== undefined,
  service: (namespace, name) => lookup(services, namespace, name),
  services: () => lookupAll(services, ''),
  endpointSlices: (namespace = '') => lookupAll(slices, namespace),
})

/** Each message has its length before it (RFC 7766); several may come one after the other. */
function serveDns(socket: Socket, responder: Responder): void {
  let waiting = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.setTimeout(IDLE_MS, () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0)
      const response = responder.respond(waiting.subarray(2, end), 'tcp')
      waiting = waiting.subarray(end)
      if (response === undefined) return void socket.destroy()
      const length = Buffer.alloc(2)
      length.writeUInt16BE(response.length)
      socket.write(Buffer.concat([length, response]))
    }
  })
  socket.resume()
}

/** Its name is looked up out here. */
function letThrough(socket: Socket, host: string, port: number): void {
  const outside = connect({ host: host === THIS_MACHINE ? 'localhost' : host, port, noDelay: true, allowHalfOpen: true })
  joinSockets(socket, new Promise((resolve, reject) => outside.once('connect', () => resolve(outside)).once('error', reject)))
}

/** Who cannot be reached resets the connection. */
async function joinSockets(socket: Socket, reaching: Promise<Socket>): Promise<void> {
  socket.allowHalfOpen = true
  let other: Socket | undefined
  const end = () => {
    other?.destroy()
    resetConnection(socket)
  }
  socket.on('error', end)
  try {
    other = await reaching
  } catch {
    return end()
  }
  other.allowHalfOpen = true
  other.on('error', end)
  socket.once('close', () => other.destroy())
  other.once('close', () => socket.destroy())
  if (socket.destroyed) return void other.destroy()
  socket.pipe(other)
  other.pipe(socket)
}

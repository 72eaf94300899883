/**
 * The addresses and ports that the API server gives to Services (Go: registry/core/service/storage/alloc.go). What is taken is read from
 * the Services that there are, so that nothing else has to be kept, restored or reset.
 */
import { fieldPath, invalid } from '../../../apimachinery/field-error.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import type { StatusError } from '../../../apimachinery/status-error.ts'
import { newInternalError, newInvalid, newPlainError } from '../../../apimachinery/status-error.ts'
import { type Fields, formatIP, type IPAddress, parseCIDR, parseIP } from '../../../apimachinery/validation/index.ts'
import type { StrategyContext } from '../../strategy.ts'
import { initFamilies } from './families.ts'
import { isHeadless, needsHealthCheck, nodePortsOf, shouldAllocateNodePorts } from './traits.ts'

export interface ServiceAllocation {
  /** The range of cluster IPs; its first address belongs to the API server's own Service. */
  clusterCIDR: string
  /** Both inclusive. */
  nodePorts: readonly [first: number, last: number]
  /** At least 0 and less than 1. */
  random(): number
}

export const defaultServiceAllocation: ServiceAllocation = { clusterCIDR: '10.96.0.0/16', nodePorts: [30000, 32767], random: Math.random }

const specPath = fieldPath('spec')

/** Gives a new Service what it needs. Throws a StatusError where it asks for what it cannot get. */
export function allocateForCreate(service: KubeObject, context: StrategyContext, allocation: ServiceAllocation): void {
  const { spec } = service as Fields as { spec: Fields }
  if (spec['clusterIP'] && !spec['clusterIPs']?.length) spec['clusterIPs'] = [spec['clusterIP']]
  initFamilies(service, undefined)
  const pool = createPool(service, undefined, context, allocation)
  allocateClusterIPs(service, pool)
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer') allocateNodePorts(service, pool)
  if (needsHealthCheck(spec)) allocateHealthCheckPort(spec, pool)
}

export function allocateForUpdate(service: KubeObject, old: KubeObject, context: StrategyContext, allocation: ServiceAllocation): void {
  const { spec } = service as Fields as { spec: Fields }
  const before: Fields = old['spec']
  if (initFamilies(service, old) === 'unchanged') return
  const pool = createPool(service, old, context, allocation)
  if (before['type'] === 'ExternalName' && spec['type'] !== 'ExternalName') allocateClusterIPs(service, pool)
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer') updateNodePorts(service, old, pool)
  if (!needsHealthCheck(before) && needsHealthCheck(spec)) allocateHealthCheckPort(spec, pool)
}

/** Throws a StatusError if another Service has taken meanwhile what this one was given. */
export function confirmAllocation(service: KubeObject, context: StrategyContext, allocation: ServiceAllocation): void {
  const { spec } = service as Fields as { spec: Fields }
  const pool = createPool(service, service, context, allocation)
  for (const ip of (spec['clusterIPs'] ?? []) as string[]) {
    const failure = ip === 'None' || ip === '' ? undefined : pool.takeIP(parseIP(ip)!)
    if (failure === taken.ip) throw refuse(service, specPath.child('clusterIPs'), [ip], `failed to allocate IP ${ip}: ${failure}`)
  }
  for (const port of new Set(nodePortsOf(spec))) {
    if (pool.takePort(port) === taken.port) throw refuse(service, specPath.child('ports'), port, taken.port)
  }
}

const taken = { ip: 'provided IP is already allocated', port: 'provided port is already allocated' } as const

const refuse = (service: KubeObject, ...error: Parameters<typeof invalid>): StatusError =>
  newInvalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', [invalid(...error)])

function allocateClusterIPs(service: KubeObject, pool: Pool): void {
  const { spec } = service as Fields as { spec: Fields }
  if (spec['type'] === 'ExternalName' || isHeadless(spec)) return
  spec['clusterIPs'] ??= []
  const [wanted = ''] = spec['clusterIPs']
  const shown = wanted === '' ? [''] : [...spec['clusterIPs']]
  if (wanted !== '') {
    const failure = pool.takeIP(parseIP(wanted)!)
    if (failure !== undefined) throw refuse(service, specPath.child('clusterIPs'), shown, `failed to allocate IP ${wanted}: ${failure}`)
    spec['clusterIP'] = wanted
    return
  }
  const address = pool.nextIP()
  if (address === undefined) {
    const name = JSON.stringify(service.metadata.name ?? '')
    throw newInternalError(`failed to allocate a serviceIP for Service ${name}: range is full`)
  }
  spec['clusterIP'] = address
  spec['clusterIPs'] = [address]
}

function allocateNodePorts(service: KubeObject, pool: Pool): void {
  const { spec } = service as Fields as { spec: Fields }
  const ports: Fields[] = spec['ports'] ?? []
  const byPort = new Map<number, number>()
  for (const [i, port] of ports.entries()) {
    if (!port['nodePort'] && !shouldAllocateNodePorts(spec)) continue
    const take = (number: number) => takeNodePort(service, i, number, pool)
    const allocated = byPort.get(port['port'])
    if (allocated === undefined) {
      // Ports of the same number share a node port, whichever of them names it.
      const requested = ports.find((other) => other['port'] === port['port'] && other['nodePort'])?.['nodePort']
      if (requested !== undefined) take(requested)
      port['nodePort'] = requested ?? nextNodePort(pool, 'a nodePort')
      byPort.set(port['port'], port['nodePort'])
    } else if (!port['nodePort']) port['nodePort'] = allocated
    else if (port['nodePort'] !== allocated) take(port['nodePort'])
  }
}

function updateNodePorts(service: KubeObject, old: KubeObject, pool: Pool): void {
  const { spec } = service as Fields as { spec: Fields }
  const own = new Set(nodePortsOf(old['spec']))
  const seen = new Set<string>()
  for (const [i, port] of ((spec['ports'] ?? []) as Fields[]).entries()) {
    if (!port['nodePort'] && !shouldAllocateNodePorts(spec)) continue
    if (!port['nodePort']) port['nodePort'] = nextNodePort(pool, 'a nodePort')
    else if (!own.has(port['nodePort'])) takeNodePort(service, i, port['nodePort'], pool)
    own.add(port['nodePort'])
    const shown = `{${port['protocol']} ${port['nodePort']}}`
    if (seen.has(shown)) throw newPlainError(`duplicate nodePort: ${shown}`)
    seen.add(shown)
  }
}

function takeNodePort(service: KubeObject, index: number, number: number, pool: Pool): void {
  const failure = pool.takePort(number)
  if (failure !== undefined) throw refuse(service, specPath.child('ports').index(index).child('nodePort'), number, failure)
}

function nextNodePort(pool: Pool, what: string): number {
  const port = pool.nextPort()
  if (port === undefined) throw newInternalError(`failed to allocate ${what}: range is full`)
  return port
}

function allocateHealthCheckPort(spec: Fields, pool: Pool): void {
  const requested: number = spec['healthCheckNodePort'] ?? 0
  if (requested === 0) spec['healthCheckNodePort'] = nextNodePort(pool, 'a HealthCheck NodePort 0')
  else {
    const failure = pool.takePort(requested)
    if (failure !== undefined) throw newInternalError(`failed to allocate requested HealthCheck NodePort ${requested}: ${failure}`)
  }
}

/** What one request may take. The texts are those of the API server's allocators; undefined: it is granted. */
interface Pool {
  takeIP(address: IPAddress): string | undefined
  nextIP(): string | undefined
  takePort(port: number): string | undefined
  nextPort(): number | undefined
}

function createPool(service: KubeObject, old: KubeObject | undefined, context: StrategyContext, allocation: ServiceAllocation): Pool {
  const others = context
    .lookupAll({ group: '', resource: 'services' }, '')
    .filter(({ metadata }) => old === undefined || metadata.uid !== old.metadata.uid)
  const ports = new Set(others.flatMap(({ spec }) => nodePortsOf(spec)))
  const ips = new Set(others.flatMap(({ spec }) => (spec.clusterIPs ?? []) as string[]))
  return context.dryRun ? dryRunPool(ports, allocation) : livePool(service, ips, ports, allocation)
}

function livePool({ metadata }: KubeObject, ips: Set<string>, ports: Set<number>, allocation: ServiceAllocation): Pool {
  const range = createRange(allocation.clusterCIDR)
  const [first, last] = allocation.nodePorts
  if (!(metadata.name === 'kubernetes' && metadata.namespace === 'default')) ips.add(range.format(1))
  return {
    takeIP(address) {
      const number = range.numberOf(address)
      if (number === undefined || number < 1 || number >= range.size - 1) return 'the provided network does not match the current range'
      return ips.has(formatIP(address)) ? taken.ip : undefined
    },
    nextIP() {
      const isFree = (number: number) => !ips.has(range.format(number))
      const found = pick(1, range.size - 2, reservedAddresses(range.size), isFree, allocation.random)
      return found === undefined ? undefined : range.format(found)
    },
    takePort(port) {
      if (port < first || port > last) return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
      if (ports.has(port)) return taken.port
      ports.add(port)
      return undefined
    },
    nextPort() {
      const found = pick(first, last, reservedPorts(last - first + 1), (port) => !ports.has(port), allocation.random)
      if (found !== undefined) ports.add(found)
      return found
    },
  }
}

/** A dry run takes nothing, and makes no effort to tell what it would have got. */
function dryRunPool(ports: ReadonlySet<number>, { clusterCIDR }: ServiceAllocation): Pool {
  const range = createRange(clusterCIDR)
  const given: number[] = []
  return {
    takeIP(address) {
      const number = range.numberOf(address)
      if (number !== undefined && number >= 1 && number < range.size - 1) return undefined
      return `the provided IP (${formatIP(address)}) is not in the valid range. The range of valid IPs is ${clusterCIDR}`
    },
    nextIP: () => range.format(0),
    takePort(port) {
      if (ports.has(port) || given.includes(port)) return taken.port
      given.push(port)
      return undefined
    },
    nextPort() {
      const port = given.length === 0 ? 32769 : Math.max(0, ...given) + 1
      given.push(port)
      return port | 0
    },
  }
}

/** Both ranges keep a band at the start for those who choose their own; random choice goes there last (KEPs 3070 and 3668). */
const band = (size: number, step: number, min: number, max: number) =>
  size <= min ? 0 : Math.min(max, Math.max(min, Math.floor(size / step)))
const reservedAddresses = (size: number) => band(size, 16, 16, 256)
const reservedPorts = (size: number) => band(size, 32, 16, 128)

function pick(first: number, last: number, reserved: number, isFree: (n: number) => boolean, random: () => number): number | undefined {
  const search = (low: number, high: number) => {
    const size = high - low + 1
    if (size <= 0) return undefined
    const start = Math.floor(random() * size)
    for (let i = 0; i < size; i++) {
      const candidate = low + ((start + i) % size)
      if (isFree(candidate)) return candidate
    }
    return undefined
  }
  return search(first + reserved, last) ?? search(first, Math.min(last, first + reserved - 1))
}

/** The addresses of an IPv4 block by number. */
function createRange(cidr: string) {
  const { address, prefixLength } = parseCIDR(cidr)!
  const base = toNumber(address)
  const size = 2 ** (32 - prefixLength)
  return {
    size,
    format: (number: number) =>
      formatIP({ family: 4, bytes: [24, 16, 8, 0].map((shift) => Math.floor((base + number) / 2 ** shift) % 256) }),
    numberOf: (ip: IPAddress) => {
      const number = ip.family === 4 ? toNumber(ip) - base : -1
      return number >= 0 && number < size ? number : undefined
    },
  }
}

const toNumber = ({ bytes }: IPAddress) => bytes.reduce((number, byte) => number * 256 + byte, 0)

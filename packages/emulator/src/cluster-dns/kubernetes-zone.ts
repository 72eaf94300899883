// What names of a cluster stand for, as CoreDNS's plugin `kubernetes` has it with kubeadm's settings (`pods insecure`, `ttl 30`); the
// functions are named after its own. See https://github.com/kubernetes/dns/blob/master/docs/specification.md
import { isIP } from 'node:net'
import type { KubeObject } from '../apimachinery/object.ts'
import { groupsOf } from './message.ts'

/** The API's objects as they are now. */
export interface ClusterReader {
  hasNamespace(name: string): boolean
  service(namespace: string, name: string): KubeObject | undefined
  services(): readonly KubeObject[]
  /** @param namespace all if absent */
  endpointSlices(namespace?: string): readonly KubeObject[]
}

/** One thing that a name stands for. */
export interface ServiceEntry {
  /** An address, or a name that is to be looked up instead. */
  host: string
  /** Undefined where a Service declares no ports. */
  port: number | undefined
  /** The name that is this one's own. */
  domain: string
}

interface RecordRequest {
  podOrSvc: string
  namespace: string
  service: string
  endpoint: string
  port: string
  protocol: string
}

interface ServiceSpec {
  type?: string
  externalName?: string
  clusterIP?: string
  clusterIPs?: string[]
  ports?: ServicePort[]
}

interface ServicePort {
  name?: string
  port: number
  protocol?: string
}

interface Endpoint {
  addresses?: string[]
  hostname?: string
  conditions?: { ready?: boolean }
}

interface EndpointPort {
  name?: string
  port?: number
  protocol?: string
}

/** A ready address of a Service, with the ports that it serves. */
interface EndpointAddress {
  ip: string
  hostname: string
  ports: EndpointPort[]
}

/**
 * @param labels of the name, below the cluster's domain, in lower case
 * @returns undefined when there is no such name; nothing when there is, but stands for nothing itself
 */
export function findEntries(labels: string[], domain: string, reader: ClusterReader): ServiceEntry[] | undefined {
  const request = parseRequest(labels)
  if (request === undefined) return undefined
  if (request.podOrSvc === '') return []
  // The names `svc` and `pod` alone exist.
  if (request.namespace === '') return []
  if (!reader.hasNamespace(request.namespace)) return undefined
  if (request.service === '') return []
  return request.podOrSvc === 'pod' ? findPods(request, domain) : findServices(request, domain, reader)
}

/** `_port._protocol.service.namespace.svc`, `endpoint.service.namespace.svc`, `service.namespace.svc`, `ip.namespace.pod`. */
function parseRequest(labels: string[]): RecordRequest | undefined {
  const request: RecordRequest = { podOrSvc: '', namespace: '', service: '', endpoint: '', port: '', protocol: '' }
  const [podOrSvc = '', namespace = '', service = '', ...left] = labels.toReversed()
  if (podOrSvc === '') return request
  if ((podOrSvc !== 'svc' && podOrSvc !== 'pod') || left.length > 2) return undefined
  Object.assign(request, { podOrSvc, namespace, service })
  if (left.length === 1) request.endpoint = left[0]!
  if (left.length === 2) Object.assign(request, { protocol: stripUnderscore(left[0]!), port: stripUnderscore(left[1]!) })
  return request
}

const stripUnderscore = (label: string) => label.replace(/^_/, '')

/** `10-244-0-5`: the address is the name, whether there is such a Pod or not. */
function findPods({ service: name, namespace }: RecordRequest, domain: string): ServiceEntry[] | undefined {
  const isV4 = name.split('-').length === 4 && !name.includes('--')
  const ip = name.replaceAll('-', isV4 ? '.' : ':')
  return isIP(ip) === 0 ? undefined : [{ host: ip, port: 0, domain: `${name}.${namespace}.pod.${domain}` }]
}

function findServices(request: RecordRequest, domain: string, reader: ClusterReader): ServiceEntry[] | undefined {
  const { namespace, service: name, endpoint, port, protocol } = request
  const spec = reader.service(namespace, name)?.['spec'] as ServiceSpec | undefined
  if (spec === undefined) return undefined
  const own = `${name}.${namespace}.svc.${domain}`
  if (spec.type === 'ExternalName') {
    const isName = endpoint === '' && isIP(spec.externalName ?? '') === 0
    return isName ? [{ host: spec.externalName!.replace(/\.$/, ''), port: 0, domain: own }] : undefined
  }
  const found: ServiceEntry[] = []
  if (spec.clusterIP === 'None' || endpoint !== '') {
    for (const address of endpointAddresses(reader.endpointSlices(namespace), name)) {
      if (endpoint !== '' && endpoint !== address.hostname) continue
      for (const each of address.ports)
        if (matchPortAndProtocol({ port, protocol }, each))
          found.push({ host: address.ip, port: each.port, domain: `${address.hostname}.${own}` })
    }
  } else {
    for (const each of withSentinel(spec.ports ?? []))
      if (matchPortAndProtocol({ port, protocol }, each))
        for (const ip of spec.clusterIPs ?? []) found.push({ host: ip, port: each.port, domain: own })
  }
  return found.length === 0 ? undefined : found
}

/** Addresses that are ready, or whose readiness nobody has told. */
function endpointAddresses(slices: readonly KubeObject[], service: string): EndpointAddress[] {
  return slices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((slice) =>
      ((slice['endpoints'] ?? []) as Endpoint[])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses = [], hostname }) =>
          addresses.map((ip) => ({
            ip,
            hostname: hostname?.toLowerCase() || endpointHostname(ip),
            ports: withSentinel((slice['ports'] ?? []) as EndpointPort[]),
          })),
        ),
    )
}

/** One that stands for none. */
const withSentinel = <Port extends EndpointPort>(ports: Port[]): EndpointPort[] => (ports.length === 0 ? [{}] : ports)

/** Of an address that has no name: `10-244-0-5`; of an IPv6 address too, and no label begins or ends with a dash. */
function endpointHostname(ip: string): string {
  return ip.includes(':') ? ip.replaceAll(':', '-').replace(/^-/, '0-').replace(/-$/, '-0') : ip.replaceAll('.', '-')
}

function matchPortAndProtocol(wanted: { port: string; protocol: string }, { name = '', protocol = 'TCP' }: EndpointPort): boolean {
  return (
    (wanted.port === '' || wanted.port === name.toLowerCase()) && (wanted.protocol === '' || wanted.protocol === protocol.toLowerCase())
  )
}

/** The names of an address: of the Service whose cluster IP it is, or else of the endpoints that have it. */
export function findNames(ip: string, domain: string, reader: ClusterReader): string[] {
  const services = reader
    .services()
    .filter(({ spec }) => (spec as ServiceSpec | undefined)?.clusterIPs?.some((each) => sameAddress(each, ip)))
  if (services.length > 0) return services.map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc.${domain}`)
  const slices = reader.endpointSlices()
  const owners = slices.map(({ metadata }) => ({
    service: metadata.labels?.['kubernetes.io/service-name'],
    namespace: metadata.namespace!,
  }))
  const names = new Set<string>()
  for (const [index, { service, namespace }] of owners.entries()) {
    if (service === undefined) continue
    for (const address of endpointAddresses([slices[index]!], service))
      if (sameAddress(address.ip, ip)) names.add(`${address.hostname}.${service}.${namespace}.svc.${domain}`)
  }
  return [...names]
}

function sameAddress(a: string, b: string): boolean {
  return a === b || (a.includes(':') && b.includes(':') && groupsOf(a).join() === groupsOf(b).join())
}

import type { KubeObject } from '../../apimachinery/object.ts'
import { formatFirst, formatLabels, formatSelector, loadBalancerAddresses, none, unset } from './cell-text.ts'
import { ageOf, named, nameOf, type RowPrinters } from './row-printer.ts'

/** How many of a list a cell shows. */
const shown = 3

export const networkingPrinters: RowPrinters = {
  services: {
    cells: (object, ages) => {
      const { spec = {} } = object
      const cells = [spec.type ?? '', spec.clusterIPs?.[0] ?? none, externalIp(object), servicePorts(spec.ports ?? []) || none]
      return [nameOf(object), ...cells, ageOf(object, ages), formatLabels(spec.selector)]
    },
  },
  endpoints: named((object) => [formatEndpoints(object['subsets'] ?? [])]),
  'endpointslices.discovery.k8s.io': named(({ addressType, ports, endpoints }) => [
    addressType ?? '',
    formatFirst((ports ?? []).map(slicePort), shown) || unset,
    formatFirst(
      (endpoints ?? []).flatMap(({ addresses }: { addresses?: string[] }) => addresses ?? []),
      shown,
    ) || unset,
  ]),
  'ingresses.networking.k8s.io': named(({ spec = {}, status = {} }) => [
    spec.ingressClassName ?? none,
    formatHosts(spec.rules ?? []),
    loadBalancerAddresses(status.loadBalancer),
    (spec.tls ?? []).length > 0 ? '80, 443' : '80',
  ]),
  'ingressclasses.networking.k8s.io': {
    cells: (object, ages) => {
      const { metadata, spec = {} } = object
      const isDefault = metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
      const name = isDefault ? `${nameOf(object)} (default)` : nameOf(object)
      return [name, spec.controller ?? '', classParameters(spec.parameters), ageOf(object, ages)]
    },
  },
  'networkpolicies.networking.k8s.io': named(({ spec }) => [formatSelector(spec?.podSelector)]),
  'servicecidrs.networking.k8s.io': named(({ spec }) => [(spec?.cidrs ?? []).join(',')]),
  'ipaddresses.networking.k8s.io': named(({ spec }) => [parentReference(spec?.parentRef)]),
}

function externalIp({ spec = {}, status = {} }: KubeObject): string {
  const external: string[] = spec.externalIPs ?? []
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : none
    case 'LoadBalancer': {
      const balancer = loadBalancerAddresses(status.loadBalancer)
      return [...(balancer === '' ? [] : [balancer]), ...external].join(',') || '<pending>'
    }
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

interface ServicePort {
  port: number
  nodePort?: number
  protocol?: string
}

const servicePorts = (ports: readonly ServicePort[]) =>
  ports.map(({ port, nodePort = 0, protocol = '' }) => `${port}${nodePort > 0 ? `:${nodePort}` : ''}/${protocol}`).join(',')

interface EndpointSubset {
  addresses?: { ip: string }[]
  ports?: { port: number }[]
}

function formatEndpoints(subsets: readonly EndpointSubset[]): string {
  if (subsets.length === 0) return none
  const addresses = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const ips = addresses.map(({ ip }) => ip)
    return ports.length === 0 ? ips : ports.flatMap(({ port }) => ips.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)))
  })
  return formatFirst(addresses, shown)
}

const slicePort = ({ port, name }: { port?: number; name?: string }) => String(port ?? name ?? '*')

/** Rules without a host count among those that are not shown. */
function formatHosts(rules: readonly { host?: string }[]): string {
  const hosts: string[] = []
  for (const { host } of rules) {
    if (hosts.length === shown) return `${hosts.join(',')} + ${rules.length - shown} more...`
    if (host) hosts.push(host)
  }
  return hosts.join(',') || '*'
}

function classParameters(parameters: { apiGroup?: string; kind: string; name: string } | undefined): string {
  if (parameters === undefined) return none
  const { apiGroup, kind, name } = parameters
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`
}

function parentReference(parent: { group?: string; resource?: string; namespace?: string; name?: string } | undefined): string {
  if (parent === undefined) return none
  const { group = '', resource = '', namespace = '', name = '' } = parent
  const kind = (group === '' ? resource : `${resource}.${group}`).toLowerCase()
  return namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`
}

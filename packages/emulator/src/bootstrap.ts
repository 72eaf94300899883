import { formatGroupVersion } from './apimachinery/group-version.ts'
import type { KubeObject } from './apimachinery/object.ts'
import type { Facts } from './facts/types.ts'
import { createSystemClient } from './registry/controllers/system-client.ts'
import type { Registry } from './registry/registry.ts'

/** Namespaces first: the rest may live in them. */
const first = '/api/v1/namespaces'
/** Made by controllers, or once the address of the server is known. */
const left = new Set(['/api/v1/serviceaccounts', '/api/v1/services', '/apis/networking.k8s.io/v1/ipaddresses'])

/** Fills an empty store with what a fresh server holds: namespaces, RBAC defaults, priority classes, flow schemas. */
export function bootstrapObjects(registry: Registry, facts: Facts): void {
  const paths = Object.keys(facts.bootstrap).sort((a, b) => Number(b === first) - Number(a === first))
  for (const path of paths) {
    if (left.has(path)) continue
    const [, , group = '', version = '', resource = ''] = path.startsWith('/api/')
      ? ['', '', '', ...path.split('/').slice(2)]
      : path.split('/')
    const definition = registry.catalog.find(group, version, resource)
    if (definition === undefined) continue
    const store = registry.store(definition)
    for (const object of facts.bootstrap[path]!) {
      const whole: KubeObject = { kind: definition.kind, apiVersion: formatGroupVersion(definition), ...object }
      store.restoreCanonical(whole, registry.systemContext(object.metadata.namespace ?? ''))
    }
  }
}

/** One that is there already stays. */
const put = (registry: Registry, group: string, resource: string, object: KubeObject) =>
  registry.storeOf(group, resource)!.restoreNow(object, registry.systemContext(object.metadata.namespace ?? ''))

/** The Service `kubernetes` and its endpoints, by which Pods find the server. */
export function publishServer(registry: Registry, { host, port, serviceIP }: { host: string; port: number; serviceIP: string }): void {
  const metadata = { name: 'kubernetes', namespace: 'default' }
  put(registry, '', 'services', {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      ...atClusterIP(serviceIP),
    },
    status: { loadBalancer: {} },
  })
  const addressType = host.includes(':') ? 'IPv6' : 'IPv4'
  put(registry, '', 'endpoints', {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: host }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  })
  put(registry, 'discovery.k8s.io', 'endpointslices', {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType,
    endpoints: [{ addresses: [host], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  })
}

/** Of a cluster that an earlier run published: where its server is to be found now. */
export function moveServer(registry: Registry, { host, port }: { host: string; port: number }): void {
  const client = createSystemClient(registry)
  const move = (group: string, resource: string, setAddress: (object: KubeObject) => void) =>
    client.update({ group, resource }, 'default', 'kubernetes', (object) => {
      const before = JSON.stringify(object)
      setAddress(object)
      return JSON.stringify(object) !== before
    })
  move('', 'services', ({ spec }) => {
    spec.ports[0].targetPort = port
  })
  move('', 'endpoints', ({ subsets: [{ addresses, ports }] }: KubeObject) => {
    addresses[0].ip = host
    ports[0].port = port
  })
  move('discovery.k8s.io', 'endpointslices', (object) => {
    object['addressType'] = host.includes(':') ? 'IPv6' : 'IPv4'
    object['endpoints'][0].addresses = [host]
    object['ports'][0].port = port
  })
}

const authorities = { group: '', resource: 'configmaps' }
const authoritiesName = 'extension-apiserver-authentication'

/**
 * Tells aggregated API servers whose client certificates are known (kube-apiserver's cluster authentication trust controller). The headers
 * are kubeadm's: nobody has the key that a front proxy's certificate would be signed with.
 */
export function publishAuthorities(registry: Registry, caCertificate: string): void {
  put(registry, authorities.group, authorities.resource, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: authoritiesName, namespace: 'kube-system' },
    data: {
      'client-ca-file': caCertificate,
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-client-ca-file': caCertificate,
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    },
  })
}

/** From now on, this is who signs client certificates. */
export function replaceClientAuthority(registry: Registry, clientCa: string): void {
  createSystemClient(registry).update(authorities, 'kube-system', authoritiesName, (object) => {
    if (object['data']?.['client-ca-file'] === clientCa) return false
    return Object.assign(object, { data: { ...object['data'], 'client-ca-file': clientCa } })
  })
}

/** The Service of the cluster's DNS server, as kubeadm makes it. */
export function publishDns(registry: Registry, dnsIP: string): void {
  const port = (name: string, number: number, protocol: string) => ({ name, port: number, protocol, targetPort: number })
  put(registry, '', 'services', {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      ports: [port('dns', 53, 'UDP'), port('dns-tcp', 53, 'TCP'), port('metrics', 9153, 'TCP')],
      ...atClusterIP(dnsIP),
    },
    status: { loadBalancer: {} },
  })
}

const atClusterIP = (address: string) => ({
  clusterIP: address,
  clusterIPs: [address],
  type: 'ClusterIP',
  sessionAffinity: 'None',
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
  internalTrafficPolicy: 'Cluster',
})

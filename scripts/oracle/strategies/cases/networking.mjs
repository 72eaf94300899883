import { creates, updates } from '../variants.mjs'

const service = (name, port) => ({ service: { name, port } })
const path = (fields) => ({ path: '/', pathType: 'Prefix', backend: service('web', { number: 80 }), ...fields })
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec: { rules: [{ host: 'a.example.com', http: { paths: [path()] } }] },
}
const rules = (...paths) => ({ spec: { rules: [{ http: { paths } }] } })
const ingressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'kinds-rest' },
  spec: { controller: 'example.com/ingress' },
}
const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'policy' }, spec: { podSelector: {} } }
const address = (name, parentRef) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name, labels: { a: 'b' } },
  spec: { parentRef },
})
const parent = { resource: 'services', namespace: 'kinds-rest', name: 'web' }
const cidr = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kinds-rest' },
  spec: { cidrs: ['192.168.77.0/24'] },
}

export const kinds = [
  {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'ingresses',
    cases: [
      ...creates(ingress, {
        minimal: {},
        'no rules': { spec: { rules: null } },
        'default backend': { spec: { rules: null, defaultBackend: service('web', { name: 'http' }) } },
        'no path type': rules({ path: '/', backend: service('web', { number: 80 }) }),
        'unknown path type': rules(path({ pathType: 'Regex' })),
        'bad paths': rules(
          path({ path: 'a' }),
          path({ path: '/a//b/./c/../d%2f%2F/..' }),
          path({ path: '/.' }),
          path({ path: '', pathType: 'Exact' }),
          path({ pathType: 'ImplementationSpecific', path: 'x' }),
          path({ pathType: 'ImplementationSpecific', path: '' }),
        ),
        'bad backends': rules(
          path({ backend: {} }),
          path({ backend: service('', { number: 80 }) }),
          path({ backend: service('A_B', { number: 99999 }) }),
          path({ backend: service('web', { name: 'http', number: 80 }) }),
          path({ backend: service('web', {}) }),
          path({ backend: service('web', { name: 'A_B' }) }),
          path({ backend: { ...service('web', { number: 1 }), resource: { kind: 'X', name: 'y' } } }),
        ),
        'resource backends': rules(
          path({ backend: { resource: { apiGroup: 'a.b', kind: 'X', name: 'y' } } }),
          path({ backend: { resource: { apiGroup: 'A b', kind: '', name: '' } } }),
          path({ backend: { resource: { kind: 'a/b', name: '..' } } }),
        ),
        'no paths': rules(),
        hosts: {
          spec: { rules: [{ host: '1.2.3.4' }, { host: '*.example.com' }, { host: '*example' }, { host: 'A_B' }, { host: '::1' }] },
        },
        tls: { spec: { tls: [{ hosts: ['a.b', '*.c.d', '*x', 'A_B'], secretName: 'A_B' }, { secretName: '' }] } },
        class: { spec: { ingressClassName: 'A_B' } },
        'deprecated class': { metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } } },
        'classes differ': { metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } }, spec: { ingressClassName: 'y' } },
        'service name that starts with a digit': { spec: { rules: null, defaultBackend: service('1web', { number: 80 }) } },
        'status is dropped': { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } },
      }),
      ...updates(ingress, {
        spec: { spec: { ingressClassName: 'x' } },
        labels: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } },
        'no rules': { spec: { rules: null } },
      }),
      ...updates(
        ingress,
        {
          status: {
            status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'a.b', ports: [{ port: 80, protocol: 'TCP' }] }] } },
            spec: { ingressClassName: 'x' },
            metadata: { labels: { a: 'b' } },
          },
          'bad status': {
            status: { loadBalancer: { ingress: [{ ip: 'x' }, { hostname: '1.2.3.4' }, { hostname: 'A_B' }, { ip: '01.2.3.4' }] } },
          },
        },
        'status',
      ),
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'ingressclasses',
    clusterScoped: true,
    cases: [
      ...creates(ingressClass, {
        minimal: {},
        'no controller': { spec: { controller: null } },
        'no spec': { spec: null },
        'bad controllers': { spec: { controller: 'x' } },
        'bad host and path': { spec: { controller: 'A_B/c d' } },
        'long controller': { spec: { controller: `a.b/${'c'.repeat(250)}` } },
        parameters: { spec: { parameters: { kind: 'X', name: 'y' } } },
        'namespaced parameters': { spec: { parameters: { apiGroup: 'a.b', kind: 'X', name: 'y', scope: 'Namespace', namespace: 'z' } } },
        'namespace missing': { spec: { parameters: { kind: 'X', name: 'y', scope: 'Namespace' } } },
        'namespace too much': { spec: { parameters: { kind: 'X', name: 'y', namespace: 'z' } } },
        'bad parameters': { spec: { parameters: { apiGroup: 'A b', kind: 'a/b', name: '%', scope: 'Other' } } },
        'empty parameters': { spec: { parameters: {} } },
        'bad namespace': { spec: { parameters: { kind: 'X', name: 'y', scope: 'Namespace', namespace: 'A_B' } } },
      }),
      ...updates(ingressClass, {
        controller: { spec: { controller: 'example.com/other' } },
        parameters: { spec: { parameters: { kind: 'X', name: 'y' } } },
        'bad controller': { spec: { controller: 'x' } },
      }),
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'networkpolicies',
    cases: [
      ...creates(policy, {
        minimal: {},
        'no spec': { spec: null },
        egress: { spec: { egress: [{ to: [{ podSelector: { matchLabels: { a: 'b' } } }], ports: [{ port: 53 }] }] } },
        'empty egress': { spec: { egress: [] } },
        ports: {
          spec: {
            ingress: [
              {
                ports: [
                  { port: 'http' },
                  { port: 80, endPort: 90 },
                  { port: 99999 },
                  { port: 90, endPort: 80 },
                  { port: 'x', endPort: 3 },
                  { endPort: 3 },
                  { protocol: 'ICMP' },
                  { port: 'A_B' },
                  { port: 1, endPort: 70000 },
                  { port: 0 },
                ],
              },
            ],
          },
        },
        peers: {
          spec: {
            ingress: [
              {
                from: [
                  {},
                  { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '11.0.0.0/8', 'x', '10.0.0.0/8'] } },
                  { ipBlock: { cidr: 'x' } },
                  { ipBlock: { cidr: '' } },
                  { ipBlock: { cidr: '10.0.0.1/8' } },
                  { podSelector: {}, ipBlock: { cidr: '1.0.0.0/8' } },
                  { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
                  { podSelector: {}, namespaceSelector: {} },
                ],
              },
            ],
          },
        },
        'policy types': { spec: { policyTypes: ['Ingress', 'Sideways'] } },
        'too many types': { spec: { policyTypes: ['Ingress', 'Egress', 'Ingress'] } },
        'bad selector': { spec: { podSelector: { matchLabels: { 'a b': 'c' } } } },
        'ipv6 warning': { spec: { egress: [{ to: [{ ipBlock: { cidr: '2001:DB8::/32', except: ['2001:DB8:1::/48'] } }] }] } },
      }),
      ...updates(policy, {
        spec: { spec: { podSelector: { matchLabels: { a: 'b' } } } },
        labels: { metadata: { labels: { a: 'b' } } },
        types: { spec: { policyTypes: ['X'] } },
      }),
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'ipaddresses',
    clusterScoped: true,
    cases: [
      ...creates(address('192.168.77.5', parent), {
        minimal: {},
        'bad name': { metadata: { name: 'x' } },
        'not canonical': { metadata: { name: '2001:DB8::1' } },
        'no parent': { spec: { parentRef: null } },
        'bad parent': { spec: { parentRef: { group: 'A b', resource: null, name: null, namespace: 'a/b' } } },
        'bad parent names': { spec: { parentRef: { resource: 'a/b', name: '..' } } },
      }),
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'servicecidrs',
    clusterScoped: true,
    cases: [
      ...creates(cidr, {
        minimal: {},
        none: { spec: { cidrs: [] } },
        three: { spec: { cidrs: ['192.168.77.0/24', '2001:db8::/64', '192.168.78.0/24'] } },
        bad: { spec: { cidrs: ['x', '192.168.77.1/24'] } },
        'same family': { spec: { cidrs: ['192.168.77.0/24', '192.168.78.0/24'] } },
        'dual stack': { spec: { cidrs: ['192.168.77.0/24', '2001:db8:77::/112'] } },
      }),
    ],
  },
]

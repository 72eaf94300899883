import { creates, updates } from '../../variants.mjs'

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], clusterIP: '10.96.77.7' },
}
const headless = { spec: { clusterIP: 'None' } }

export const serviceCases = [
  ...creates(service, {
    minimal: {},
    'number in front': { metadata: { name: '1web' } },
    'dots in the name': { metadata: { name: 'a.b' } },
    'no ports': { spec: { ports: null } },
    'ports without names': { spec: { ports: [{ port: 80 }, { port: 81 }] } },
    'bad ports': {
      spec: {
        ports: [
          { port: 0, name: 'A' },
          { port: 70000, name: 'b', protocol: 'X', targetPort: 'UPPER--' },
          { port: 70000, name: 'b', protocol: 'X', appProtocol: 'a b' },
        ],
      },
    },
    'ports twice': {
      spec: {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
          { port: 80, name: 'c', protocol: 'UDP' },
        ],
      },
    },
    'target by name': { spec: { ports: [{ port: 80, targetPort: 'http', name: 'http', appProtocol: 'kubernetes.io/h2c' }] } },
    headless,
    'headless without ports': { spec: { clusterIP: 'None', ports: null } },
    'headless without selector': { spec: { clusterIP: 'None', selector: null } },
    'headless with much': {
      spec: { clusterIP: 'None', externalIPs: ['10.1.1.1'], loadBalancerIP: '10.2.2.2', sessionAffinity: 'ClientIP' },
    },
    'node port': { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30007 }] } },
    'node port of a cluster IP': { spec: { ports: [{ port: 80, nodePort: 30007 }] } },
    'node ports twice': {
      spec: {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30007 },
          { name: 'b', port: 81, nodePort: 30007 },
        ],
      },
    },
    'node port, headless': { spec: { type: 'NodePort', clusterIP: 'None' } },
    'load balancer': { spec: { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30008 }] } },
    'load balancer, no node ports': { spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false } },
    'load balancer, local': {
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30009, ports: [{ port: 80, nodePort: 30008 }] },
    },
    'load balancer fields elsewhere': {
      spec: {
        allocateLoadBalancerNodePorts: true,
        loadBalancerClass: 'a/b',
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30009,
      },
    },
    'source ranges': {
      spec: {
        type: 'LoadBalancer',
        allocateLoadBalancerNodePorts: false,
        loadBalancerClass: 'a b',
        loadBalancerSourceRanges: ['10.0.0.0/8 ', '10.0.0.1/8', 'x', '2001:DB8::/64'],
      },
    },
    'source range annotation': { metadata: { annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': 'x,10.0.0.0/8' } } },
    'external name': { spec: { type: 'ExternalName', externalName: 'example.com.', clusterIP: null, ports: null, selector: null } },
    'external name with much': { spec: { type: 'ExternalName', externalName: 'A_b', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' } },
    'external name without name': { spec: { type: 'ExternalName', clusterIP: null, externalIPs: ['10.1.1.1'] } },
    'external name elsewhere': { spec: { externalName: 'x' } },
    'external IPs': { spec: { externalIPs: ['10.1.1.1', '127.0.0.1', '010.1.1.1', 'x', '2001:DB8::1'] } },
    'external IP': { spec: { externalIPs: ['10.1.1.1'] } },
    'external IP, IPv6': { spec: { externalIPs: ['2001:DB8::1'], externalTrafficPolicy: 'Local' } },
    affinity: { spec: { sessionAffinity: 'ClientIP' } },
    'affinity with time': { spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } } } },
    'affinity too long': { spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } } },
    'affinity config alone': { spec: { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } } } },
    'odd enumerations': { spec: { sessionAffinity: 'Odd', internalTrafficPolicy: 'Odd', trafficDistribution: 'Odd' } },
    'odd type': { spec: { type: 'Odd' } },
    'odd external policy': { spec: { type: 'NodePort', externalTrafficPolicy: 'Odd', ports: [{ port: 80, nodePort: 30007 }] } },
    'odd families': { spec: { ipFamilies: ['IPv5', 'IPv4', 'IPv4'], ipFamilyPolicy: 'Odd' } },
    'dual stack': { spec: { ipFamilyPolicy: 'RequireDualStack' } },
    'prefer dual stack': { spec: { ipFamilyPolicy: 'PreferDualStack' } },
    IPv6: { spec: { clusterIP: null, ipFamilies: ['IPv6'] } },
    'IPv6 address': { spec: { clusterIP: '2001:db8::1' } },
    'two addresses': { spec: { clusterIPs: ['10.96.77.7', '10.96.77.8'] } },
    'addresses differ': { spec: { clusterIPs: ['10.96.77.8'] } },
    'none and more': { spec: { clusterIP: 'None', clusterIPs: ['None', '10.96.77.8'] } },
    'no address': { spec: { clusterIP: 'x' } },
    'family differs': { spec: { ipFamilies: ['IPv6'] } },
    'traffic distribution': { spec: { trafficDistribution: 'PreferClose', internalTrafficPolicy: 'Local' } },
    'topology annotations': {
      metadata: { annotations: { 'service.kubernetes.io/topology-mode': 'a', 'service.kubernetes.io/topology-aware-hints': 'b' } },
    },
    'topology hints': { metadata: { annotations: { 'service.kubernetes.io/topology-aware-hints': 'b' } } },
    'bad selector': { spec: { selector: { 'a b': 'c d' } } },
    status: { status: { loadBalancer: { ingress: [{ ip: '10.1.1.1' }] } } },
    finalizer: { metadata: { finalizers: ['x'] } },
  }),
  ...updates(service, {
    nothing: {},
    'no address': { spec: { clusterIP: null, clusterIPs: null } },
    'other address': { spec: { clusterIP: '10.96.77.8', clusterIPs: ['10.96.77.8'] } },
    'other address, singular': { spec: { clusterIP: '10.96.77.8' } },
    'becomes headless': { spec: { clusterIP: 'None', clusterIPs: ['None'] } },
    'becomes an external name': { spec: { type: 'ExternalName', externalName: 'example.com' } },
    'becomes a node port': { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30010 }] } },
    ports: { spec: { ports: [{ port: 81 }] } },
    'no ports': { spec: { ports: null } },
    'family gone': { spec: { ipFamilies: null, ipFamilyPolicy: null } },
    'other family': { spec: { ipFamilies: ['IPv6'] } },
    'dual stack': { spec: { ipFamilyPolicy: 'PreferDualStack' } },
    'bad label': { metadata: { labels: { 'a b': 'x' } } },
    affinity: { spec: { sessionAffinity: 'ClientIP' } },
    'node port ends': [{ spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30011 }] } }, { spec: { type: 'ClusterIP' } }],
    'node port forgotten': [{ spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30012 }] } }, { spec: { ports: [{ port: 80 }] } }],
    'balancer ends': [
      { spec: { type: 'LoadBalancer', loadBalancerClass: 'a/b', ports: [{ port: 80, nodePort: 30013 }] } },
      { spec: { type: 'ClusterIP' } },
    ],
    'balancer class': [
      { spec: { type: 'LoadBalancer', loadBalancerClass: 'a/b', ports: [{ port: 80, nodePort: 30014 }] } },
      { spec: { loadBalancerClass: 'a/c' } },
    ],
  }),
  ...updates(
    { ...service, spec: { ...service.spec, clusterIP: 'None' } },
    { 'headless gets an address': { spec: { clusterIP: null, clusterIPs: null } } },
  ),
  ...updates(service, { 'status of no balancer': { status: { loadBalancer: { ingress: [{ ip: '10.1.1.1' }] } } } }, 'status'),
  ...updates(
    { ...service, spec: { ...service.spec, type: 'LoadBalancer', allocateLoadBalancerNodePorts: false } },
    {
      'balancer status': { status: { loadBalancer: { ingress: [{ ip: '10.1.1.1' }, { hostname: 'a.b' }] } } },
      'bad balancer status': {
        status: {
          loadBalancer: {
            ingress: [{ ip: 'x' }, { hostname: '10.1.1.1' }, { hostname: 'A', ipMode: 'VIP' }, { ip: '10.1.1.1', ipMode: 'Odd' }],
          },
        },
      },
    },
    'status',
  ),
]

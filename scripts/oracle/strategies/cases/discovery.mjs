import { creates, updates } from '../variants.mjs'

const slice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1' },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
  ports: [{ name: 'http', port: 80 }],
}
const many = (count, item) => Array.from({ length: count }, (_, i) => item(i))

export const kinds = [
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    resource: 'endpointslices',
    cases: [
      ...creates(slice, {
        minimal: {},
        'no address type': { addressType: null },
        'bad address type': { addressType: 'IPX' },
        'nothing in it': { endpoints: null, ports: null },
        'no endpoints': { endpoints: [] },
        'bad addresses': {
          endpoints: [{ addresses: [] }, { addresses: ['x', '127.0.0.1', '169.254.0.1', '0.0.0.0', '224.0.0.1', '::1', '010.1.2.3'] }, {}],
        },
        ipv6: {
          addressType: 'IPv6',
          endpoints: [{ addresses: ['2001:db8::1', '1.2.3.4', '::1', 'x', '2001:DB8::1', 'fe80::1', 'ff02::1'] }],
        },
        'ipv6 not canonical': { addressType: 'IPv6', endpoints: [{ addresses: ['2001:DB8::1'] }] },
        fqdn: { addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com', 'x', 'A_B.c', '', 'a.b.', `${'a'.repeat(70)}.b`] }] },
        'fqdn warning': { addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] },
        ports: {
          ports: [
            { port: 1 },
            { port: 2 },
            { name: 'A_B', protocol: 'ICMP' },
            { name: 'x', appProtocol: 'a b' },
            { name: 'y', appProtocol: 'kubernetes.io/h2c', protocol: 'UDP' },
            { name: 'z', port: 99999 },
          ],
        },
        names: {
          endpoints: [{ addresses: ['10.1.2.3'], nodeName: 'A_B', hostname: 'a.b', zone: 'x', targetRef: { kind: 'Pod', name: 'p' } }],
        },
        'topology is dropped': { endpoints: [{ addresses: ['10.1.2.3'], deprecatedTopology: { 'kubernetes.io/hostname': 'n' } }] },
        hints: {
          endpoints: [
            {
              addresses: ['10.1.2.3'],
              hints: {
                forZones: [{ name: 'a' }, { name: 'a' }, { name: 'a b' }],
                forNodes: [{ name: 'n' }, { name: 'n' }, { name: 'A_B' }],
              },
            },
          ],
        },
        'too many hints': { endpoints: [{ addresses: ['10.1.2.3'], hints: { forZones: many(9, (i) => ({ name: `z${i}` })) } }] },
        'too many addresses': { endpoints: [{ addresses: many(101, (i) => `10.1.2.${i + 1}`) }] },
        'too many endpoints': { endpoints: many(1001, () => ({ addresses: ['10.1.2.3'] })) },
      }),
      ...updates(slice, {
        endpoints: { endpoints: [{ addresses: ['10.1.2.4'] }] },
        labels: { metadata: { labels: { a: 'b' } } },
        annotations: { metadata: { annotations: { a: 'b' } } },
        'address type': { addressType: 'IPv6', endpoints: [] },
      }),
    ],
  },
]

import { createSocket } from 'node:dgram'
import { promises as dns } from 'node:dns'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../apimachinery/object.ts'
import type { ClusterReader } from './kubernetes-zone.ts'
import { createResponder } from './responder.ts'

const service = (name: string, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec,
})
const slice = (of: string, endpoints: object[], ports: object[] = []): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${of}-1`, namespace: 'shop', labels: { 'kubernetes.io/service-name': of } },
  endpoints,
  ports,
})

const many = Array.from({ length: 60 }, (_, index) => ({ addresses: [`10.244.7.${index + 1}`] }))
const services = [
  service('web', {
    clusterIP: '10.96.3.4',
    clusterIPs: ['10.96.3.4', 'fd00::3:4'],
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  }),
  service('db', { clusterIP: 'None', clusterIPs: ['None'], ports: [{ name: 'pg', port: 5432 }] }),
  service('bare', { clusterIP: 'None', clusterIPs: ['None'] }),
  service('nobody', { clusterIP: 'None', clusterIPs: ['None'], ports: [{ port: 1 }] }),
  service('many', { clusterIP: 'None', clusterIPs: ['None'] }),
  service('mirror', { type: 'ExternalName', externalName: 'mirror.example.com' }),
  service('alias', { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' }),
  service('loop', { type: 'ExternalName', externalName: 'loop.shop.svc.cluster.local' }),
  service('numeric', { type: 'ExternalName', externalName: '192.0.2.1' }),
]
const slices = [
  slice(
    'db',
    [
      { addresses: ['10.244.0.5'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['10.244.0.6'], conditions: {} },
      { addresses: ['10.244.0.7'], hostname: 'db-2', conditions: { ready: false } },
    ],
    [{ name: 'pg', port: 5432, protocol: 'TCP' }],
  ),
  slice('bare', [{ addresses: ['10.244.0.9'] }]),
  slice('many', many),
]
const reader: ClusterReader = {
  hasNamespace: (name) => name === 'shop' || name === 'default',
  service: (namespace, name) => services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  services: () => services,
  endpointSlices: (namespace) => slices.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
}
const responder = createResponder({ reader, serverIP: '10.96.0.10', others: new Map([['db.example.com', '198.18.0.1']]) })

// Node's own client, over real sockets.
const resolver = new dns.Resolver({ timeout: 5_000, tries: 1 })
const udp = createSocket('udp4')
const tcp = createServer((socket) => {
  socket.on('data', (bytes: Buffer) => {
    const response = responder.respond(bytes.subarray(2), 'tcp')!
    socket.write(Buffer.concat([Buffer.from([response.length >> 8, response.length & 0xff]), response]))
  })
})
beforeAll(async () => {
  await once(tcp.listen(0, '127.0.0.1'), 'listening')
  const { port } = tcp.address() as AddressInfo
  udp.on('message', (bytes, { port: to, address }) => udp.send(responder.respond(bytes, 'udp')!, to, address))
  await once(udp.bind(port, '127.0.0.1'), 'listening')
  resolver.setServers([`127.0.0.1:${port}`])
})
afterAll(() => {
  udp.close()
  tcp.close()
})

const code = (promise: Promise<unknown>) => promise.then(String, (error: NodeJS.ErrnoException) => error.code)
const inShop = (name: string) => `${name}.shop.svc.cluster.local`

describe("a cluster's names", () => {
  test('a Service has its cluster IPs, by protocol; the case of the name does not count', async () => {
    expect(await resolver.resolve4(inShop('web'))).toEqual(['10.96.3.4'])
    expect(await resolver.resolve4('WEB.Shop.svc.Cluster.Local')).toEqual(['10.96.3.4'])
    expect(await resolver.resolve6(inShop('web'))).toEqual(['fd00::3:4'])
    expect(await resolver.resolve4(inShop('web'), { ttl: true })).toEqual([{ address: '10.96.3.4', ttl: 30 }])
  })

  test('a headless Service has the addresses that are ready, each with a name', async () => {
    expect(await resolver.resolve4(inShop('db'))).toEqual(['10.244.0.5', '10.244.0.6'])
    expect(await resolver.resolve4(inShop('db-0.db'))).toEqual(['10.244.0.5'])
    expect(await resolver.resolve4(inShop('10-244-0-6.db'))).toEqual(['10.244.0.6'])
    expect(await resolver.resolve4(inShop('bare'))).toEqual(['10.244.0.9'])
  })

  test('ports are SRV records', async () => {
    expect(await resolver.resolveSrv(`_http._tcp.${inShop('web')}`)).toMatchObject([{ name: inShop('web'), port: 80, priority: 0 }])
    expect(await resolver.resolveSrv(`_dns._udp.${inShop('web')}`)).toMatchObject([{ port: 53 }])
    expect(await resolver.resolveSrv(`_pg._tcp.${inShop('db')}`)).toMatchObject([
      { name: inShop('db-0.db'), port: 5432, weight: 50 },
      { name: inShop('10-244-0-6.db'), port: 5432, weight: 50 },
    ])
  })

  test('an ExternalName is a CNAME, followed where it leads', async () => {
    expect(await resolver.resolveCname(inShop('mirror'))).toEqual(['mirror.example.com'])
    expect(await resolver.resolve4(inShop('alias'))).toEqual(['10.96.3.4'])
    expect(await code(resolver.resolve4(inShop('loop')))).toBe('ENODATA')
  })

  test('addresses have names', async () => {
    expect(await resolver.reverse('10.96.3.4')).toEqual([inShop('web')])
    expect(await resolver.reverse('fd00::3:4')).toEqual([inShop('web')])
    expect(await resolver.reverse('10.244.0.5')).toEqual([inShop('db-0.db')])
    expect(await code(resolver.reverse('192.0.2.9'))).toBe('ENOTFOUND')
  })

  test('a Pod has the address that is its name', async () => {
    expect(await resolver.resolve4('10-244-0-5.shop.pod.cluster.local')).toEqual(['10.244.0.5'])
    expect(await resolver.resolve6('2001-db8--5.shop.pod.cluster.local')).toEqual(['2001:db8::5'])
  })

  test("the server's own", async () => {
    expect(await resolver.resolve4('ns.dns.cluster.local')).toEqual(['10.96.0.10'])
    expect(await resolver.resolveNs('cluster.local')).toEqual(['ns.dns.cluster.local'])
    expect(await resolver.resolveSoa('cluster.local')).toMatchObject({ nsname: 'ns.dns.cluster.local', minttl: 30 })
    expect(await resolver.resolveTxt('dns-version.cluster.local')).toEqual([['1.1.0']])
  })

  test('names outside that can be reached have an address in there', async () => {
    expect(await resolver.resolve4('db.example.com')).toEqual(['198.18.0.1'])
    expect(await code(resolver.resolve6('db.example.com'))).toBe('ENODATA')
  })

  test.each([
    inShop('missing'),
    inShop('nobody'),
    inShop('numeric'),
    inShop('db-2.db'),
    inShop('10-244-0-5.mirror'),
    inShop('a.b.c.web'),
    `_https._tcp.${inShop('web')}`,
    `_http._udp.${inShop('web')}`,
    'web.elsewhere.svc.cluster.local',
    'x.elsewhere.pod.cluster.local',
    'name.shop.pod.cluster.local',
    'shop.other.cluster.local',
    'example.com',
  ])('there is no %s', async (name) => {
    expect(await code(resolver.resolve4(name))).toBe('ENOTFOUND')
  })

  test.each(['cluster.local', 'svc.cluster.local', 'shop.svc.cluster.local', 'shop.pod.cluster.local'])(
    '%s is there, with nothing',
    async (name) => {
      expect(await code(resolver.resolve4(name))).toBe('ENODATA')
    },
  )

  test('what is too much for UDP comes by TCP', async () => {
    const addresses = await resolver.resolve4(inShop('many'))
    expect(addresses.toSorted()).toEqual(many.flatMap((each) => each.addresses).toSorted())
  })
})

describe('messages', () => {
  const query = Buffer.from('12340100000100000000000003777777076578616d706c6503636f6d0000010001', 'hex')

  test('what does not exist comes with how long that may be remembered', () => {
    const response = responder.respond(query, 'udp')!
    expect(response.readUInt16BE(2) & 0xf).toBe(3)
    expect([4, 6, 8, 10].map((at) => response.readUInt16BE(at))).toEqual([1, 0, 1, 0])
  })

  test('other classes and operations are refused', () => {
    const chaos = Buffer.from(query)
    chaos.writeUInt16BE(3, query.length - 2)
    const notify = Buffer.from(query)
    notify.writeUInt16BE(0x2000, 2)
    expect([chaos, notify].map((bytes) => responder.respond(bytes, 'udp')!.readUInt16BE(2) & 0xf)).toEqual([5, 4])
  })

  test('no bytes are answered that are no query', () => {
    const answers = Array.from({ length: query.length - 1 }, (_, length) => responder.respond(query.subarray(0, length), 'udp'))
    expect(answers.every((answer) => answer === undefined)).toBe(true)
    const response = Buffer.from(query)
    response.writeUInt16BE(0x8000, 2)
    expect(responder.respond(response, 'udp')).toBeUndefined()
    const pointer = Buffer.from(query)
    pointer[12] = 0xc0
    expect(responder.respond(pointer, 'udp')).toBeUndefined()
  })
})

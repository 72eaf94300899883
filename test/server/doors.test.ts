// The same requests through the socket and in process get the same answers.
import { request } from 'node:https'
import { type Emulator, startEmulator } from 'inpod'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Exchange {
  status: number
  headers: Record<string, string>
  body: string
}

interface Asked {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

type Door = (asked: Asked) => Promise<Exchange>

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())

/** Of the connection, and of this one request. */
const ofTheMoment = new Set(['audit-id', 'connection', 'date', 'keep-alive', 'transfer-encoding'])
const lasting = (headers: Iterable<[string, string]>) => Object.fromEntries([...headers].filter(([name]) => !ofTheMoment.has(name)))

const throughSocket: Door = ({ method = 'GET', path, headers = {}, body }) =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const options = { method, ca: emulator.caCertificate, headers: { ...headers, ...length }, agent: false }
    const req = request(emulator.url + path, options, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk) => chunks.push(chunk))
      res.on('end', () => {
        const entries = Object.entries(res.headers).map(([name, value]): [string, string] => [name, String(value)])
        resolve({ status: res.statusCode!, headers: lasting(entries), body: Buffer.concat(chunks).toString() })
      })
    })
    req.on('error', reject)
    req.end(body)
  })

const inProcess: Door = async ({ method = 'GET', path, headers = {}, body }) => {
  const response = await emulator.fetch(path, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) })
  return { status: response.status, headers: lasting(response.headers), body: await response.text() }
}

/** Without what differs between two objects that are made alike. */
const anonymized = ({ status, headers, body }: Exchange): Exchange => ({
  status,
  headers,
  body: body.replace(/"uid":"[^"]*"/g, '"uid":""').replace(/"(resourceVersion|creationTimestamp|time)":"[^"]*"/g, '"$1":""'),
})

const json = { 'content-type': 'application/json' }
const configMap = (name: string, more = {}) => JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name }, ...more })
const configMaps = '/api/v1/namespaces/default/configmaps'

const asked: (Asked & { anonymous?: boolean })[] = [
  { path: '/version' },
  { path: '/' },
  { path: '/healthz' },
  { path: '/healthz', method: 'HEAD' },
  { path: '/livez?verbose&exclude=etcd&exclude=nope' },
  { path: '//api/v1/namespaces/default' },
  { path: `/version?a=${'x'.repeat(100_000)}` },
  { path: '/api' },
  { path: '/apis', headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' } },
  { path: '/openapi/v3' },
  { path: '/openapi/v3/api/v1?hash=0' },
  { path: '/openapi/v2', headers: { accept: 'text/html' } },
  { path: '/nowhere' },
  { path: '/api/v1/nodes', anonymous: true },
  { path: '/api/v1/nodes', headers: { authorization: 'Bearer wrong' } },
  { path: '/api/v1/namespaces' },
  { path: '/api/v1/namespaces?limit=1' },
  { path: '/api/v1/namespaces/default', headers: { accept: 'application/yaml' } },
  { path: '/api/v1/namespaces', headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } },
  { path: '/api/v1/namespaces', headers: { accept: 'text/plain' } },
  { path: '/api/v1/namespaces/default', headers: { 'user-agent': 'curl/8' } },
  { path: '/api/v1/namespaces/nope' },
  { path: '/api/v1/componentstatuses' },
  { path: '/api/v1/namespaces/default', method: 'HEAD' },
  { path: '/api/v1/namespaces/default', method: 'OPTIONS' },
  { path: `${configMaps}?dryRun=All`, method: 'POST', headers: json, body: configMap('a', { data: { a: '<é>' } }) },
  { path: configMaps, method: 'POST', headers: json, body: '{' },
  { path: configMaps, method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' },
  { path: `${configMaps}?dryRun=All`, method: 'POST', headers: json, body: configMap('a', { bogus: 1 }) },
  { path: configMaps, method: 'POST', headers: json, body: configMap('a', { data: { a: 'x'.repeat(4_000_000) } }) },
  { path: `${configMaps}/nope`, method: 'PUT', headers: json, body: configMap('nope') },
  { path: `${configMaps}/nope`, method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' }, body: '{}' },
  { path: `${configMaps}/nope`, method: 'DELETE' },
  { path: `${configMaps}?watch=true&resourceVersion=1` },
  { path: `${configMaps}?watch=true&timeoutSeconds=1` },
  {
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    method: 'POST',
    headers: { ...json, 'impersonate-user': 'jane' },
    body: '{}',
  },
]

test.each(
  asked.map(
    (each) => [each.method ?? 'GET', each.path, each.anonymous ? 'anonymously' : JSON.stringify(each.headers ?? {}), each] as const,
  ),
)('%s %s %s', async (_method, _path, _headers, { anonymous = false, ...each }) => {
  const headers = { ...(anonymous ? {} : { authorization: `Bearer ${emulator.adminToken}` }), ...each.headers }
  const [socket, process] = [await throughSocket({ ...each, headers }), await inProcess({ ...each, headers })]
  expect(anonymized(process)).toEqual(anonymized(socket))
})

import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../emulator.ts'
import { createServingMaterial } from '../../../pki/serving.ts'

// biome-ignore lint/suspicious/noExplicitAny: reviews and objects are looked into by their fields
type Json = any

/** v1 has `at: host:port` where v2 has `host` and `port`. */
function convert(object: Json, apiVersion: string): Json {
  const { at, host, port, ...rest } = object
  const [ofHost, ofPort] = String(at).split(':')
  const labels = { ...object.metadata.labels, converted: 'yes' }
  const metadata = { ...object.metadata, labels, finalizers: ['not/taken'] }
  return apiVersion.endsWith('v1')
    ? { ...rest, metadata, apiVersion, at: `${host}:${port}` }
    : { ...rest, metadata, apiVersion, host: ofHost, port: Number(ofPort), unknown: 1 }
}

const answers: Record<string, (request: Json) => Json> = {
  '/convert': ({ objects, desiredAPIVersion }) => ({
    result: { status: 'Success' },
    convertedObjects: objects.map((each: Json) => convert(each, desiredAPIVersion)),
  }),
  '/refuse': () => ({ result: { status: 'Failure', message: 'not today' } }),
  '/silent': () => ({ result: {} }),
  '/none': () => ({ result: { status: 'Success' }, convertedObjects: [] }),
  '/unchanged': ({ objects }) => ({ result: { status: 'Success' }, convertedObjects: objects }),
  '/renamed': ({ objects, desiredAPIVersion }) => ({
    result: { status: 'Success' },
    convertedObjects: [{ ...objects[0], apiVersion: desiredAPIVersion, metadata: { ...objects[0].metadata, name: 'other' } }],
  }),
  '/label': ({ objects, desiredAPIVersion }) => ({
    result: { status: 'Success' },
    convertedObjects: [{ ...objects[0], apiVersion: desiredAPIVersion, metadata: { ...objects[0].metadata, labels: { a: 1 } } }],
  }),
  '/other-uid': () => ({ uid: 'x', result: { status: 'Success' } }),
}

let emulator: Emulator
let server: ReturnType<typeof createServer>
let clientConfig: { url: string; caBundle: string }
let reviews: Json[] = []

beforeAll(async () => {
  const material = await createServingMaterial({ names: [], addresses: ['127.0.0.1'], now: new Date() })
  server = createServer({ cert: material.cert, key: material.key }, async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const review = JSON.parse(Buffer.concat(chunks).toString())
    const { kind, apiVersion, request } = review
    reviews.push({ url: req.url, ...review })
    res.end(JSON.stringify({ kind, apiVersion, response: { uid: request.uid, ...answers[req.url!.split('?')[0]!]!(request) } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  clientConfig = { url: `https://127.0.0.1:${port}`, caBundle: Buffer.from(material.ca).toString('base64') }
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const text = { type: 'string' }
const definition = (path: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'places.shop.example.com' },
  spec: {
    group: 'shop.example.com',
    scope: 'Cluster',
    names: { plural: 'places', kind: 'Place' },
    conversion: {
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['v2', 'v1'], clientConfig: { ...clientConfig, url: clientConfig.url + path } },
    },
    versions: [
      { name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object', properties: { at: text } } } },
      {
        name: 'v2',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { host: text, port: { type: 'integer' } } } },
      },
    ],
  },
})
const base = '/apis/shop.example.com'

async function call(method: string, path: string, body?: unknown): Promise<Json> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${emulator.adminToken}` }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  return (await emulator.fetch(emulator.url + path, init)).json()
}
const start = async (path: string) => {
  emulator = await startEmulator()
  await emulator.apply(definition(path))
  reviews = []
  return emulator
}
const first = () => ({ apiVersion: 'shop.example.com/v1', kind: 'Place', metadata: { name: 'a' }, at: 'x:80' })
const second = () => ({ apiVersion: 'shop.example.com/v2', kind: 'Place', metadata: { name: 'b' }, host: 'y', port: 81 })

test('objects are stored in one version and served in each', async () => {
  await using _ = await start('/convert')
  expect(await call('POST', `${base}/v1/places`, first())).toMatchObject({ apiVersion: 'shop.example.com/v1', at: 'x:80' })
  const stored = await call('GET', `${base}/v2/places/a`)
  expect(stored).toMatchObject({ apiVersion: 'shop.example.com/v2', host: 'x', port: 80, metadata: { labels: { converted: 'yes' } } })
  expect(stored).not.toHaveProperty('unknown')
  expect(stored.metadata).not.toHaveProperty('finalizers')
  await call('POST', `${base}/v2/places`, second())
  const { items } = await call('GET', `${base}/v1/places`)
  expect(items.map(({ apiVersion, at }: Json) => [apiVersion, at])).toEqual([
    ['shop.example.com/v1', 'x:80'],
    ['shop.example.com/v1', 'y:81'],
  ])
  expect(reviews[0]).toMatchObject({
    url: '/convert?timeout=30s',
    kind: 'ConversionReview',
    apiVersion: 'apiextensions.k8s.io/v1',
    request: { desiredAPIVersion: 'shop.example.com/v2', objects: [{ apiVersion: 'shop.example.com/v1', at: 'x:80' }] },
  })
  const updated = await call('PUT', `${base}/v1/places/b`, { ...items[1], at: 'z:82' })
  expect(updated).toMatchObject({ at: 'z:82', metadata: { generation: 2 } })
  expect(await call('GET', `${base}/v2/places/b`)).toMatchObject({ host: 'z', port: 82 })
})

test('watches get what is written in their version', async () => {
  await using _ = await start('/convert')
  const headers = { authorization: `Bearer ${emulator.adminToken}` }
  const response = await emulator.fetch(`${emulator.url}${base}/v1/places?watch=1&timeoutSeconds=1`, { headers })
  await call('POST', `${base}/v2/places`, second())
  await call('DELETE', `${base}/v2/places/b`)
  const events = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.map(({ type, object }) => [type, object.apiVersion, object.at])).toEqual([
    ['ADDED', 'shop.example.com/v1', 'y:81'],
    ['DELETED', 'shop.example.com/v1', 'y:81'],
  ])
})

test.each([
  ['/refuse', 'failed: not today'],
  ['/silent', `failed: response.result.status was '', not 'Success'`],
  ['/none', 'returned 0 objects, expected 1'],
  ['/unchanged', 'returned invalid object at index 0: invalid groupVersion (expected shop.example.com/v2, received shop.example.com/v1)'],
  ['/renamed', 'returned invalid object: must have the same name: a != other'],
  ['/label', 'returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object'],
])('%s: conversion %s', async (path, expected) => {
  await using _ = await start(path)
  expect(await call('POST', `${base}/v1/places`, first())).toMatchObject({
    code: 500,
    message: `conversion webhook for shop.example.com/v1, Kind=Place ${expected}`,
  })
})

test('an answer to another question', async () => {
  await using _ = await start('/other-uid')
  const { message } = await call('POST', `${base}/v1/places`, first())
  expect(message).toMatch(
    /^conversion webhook for shop.example.com\/v1, Kind=Place failed: expected response.uid="[0-9a-f-]{36}", got "x"$/,
  )
})

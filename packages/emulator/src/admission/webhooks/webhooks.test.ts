import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../emulator.ts'
import { createServingMaterial } from '../../pki/serving.ts'

// biome-ignore lint/suspicious/noExplicitAny: reviews and objects are looked into by their fields
type Json = any

/** What the webhook answers a review, by path; each review is kept. */
const answers: Record<string, (review: Json) => Json> = {
  '/allow': () => ({ allowed: true }),
  '/deny': () => ({ allowed: false, status: { message: 'because', code: 418, reason: 'Teapot' } }),
  '/deny-bare': () => ({ allowed: false }),
  '/deny-reason': () => ({ allowed: false, status: { reason: 'NotGood' } }),
  '/deny-details': () => ({
    allowed: false,
    status: { status: 'Success', code: 200, message: 'm', details: { name: 'n', causes: [{ message: 'c' }] } },
  }),
  '/warn': () => ({ allowed: true, warnings: ['careful', 'and "more"'] }),
  '/label': () => patch([{ op: 'add', path: '/metadata/labels', value: { patched: 'yes' } }]),
  '/annotate': ({ request }) =>
    request.object.metadata.annotations
      ? patch([{ op: 'add', path: '/metadata/annotations/later', value: 'yes' }])
      : patch([{ op: 'add', path: '/metadata/annotations', value: { seen: Object.keys(request.object.metadata.labels ?? {}).join() } }]),
  '/wrong-uid': () => ({ uid: 'x', allowed: true }),
  '/patch-without-type': () => ({ allowed: true, patch: base64([]) }),
  '/bad-patch': () => ({ allowed: true, patchType: 'JSONPatch', patch: base64({ a: 1 }) }),
  '/test-fails': () => patch([{ op: 'test', path: '/metadata/name', value: 'zzz' }]),
  '/nothing-there': () => patch([{ op: 'remove', path: '/data/nope' }]),
  '/wrong-type': () => patch([{ op: 'add', path: '/data', value: 'text' }]),
}
const raw: Record<string, [status: number, text: string]> = {
  '/404': [404, 'nope'],
  '/500': [500, 'broken'],
  '/text': [200, 'hello'],
  '/empty': [200, ''],
  '/object': [200, '{}'],
  '/wrong-kind': [200, '{"apiVersion":"v1","kind":"Pod"}'],
  '/beta': [200, '{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","response":{"allowed":true}}'],
}
const base64 = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64')
const patch = (operations: Json[]) => ({ allowed: true, patchType: 'JSONPatch', patch: base64(operations) })

let emulator: Emulator
let server: ReturnType<typeof createServer>
let port: number
let caBundle: string
let reviews: Json[] = []

beforeAll(async () => {
  const material = await createServingMaterial({ names: ['wh.default.svc'], addresses: ['127.0.0.1'], now: new Date() })
  caBundle = Buffer.from(material.ca).toString('base64')
  server = createServer({ cert: material.cert, key: material.key }, async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const path = req.url!.split('?')[0]!
    const review = JSON.parse(Buffer.concat(chunks).toString())
    reviews.push({ path, url: req.url, ...review })
    if (path === '/hang') return void req.socket.destroy()
    if (path === '/slow') return
    const [status, text] = raw[path] ?? [
      200,
      JSON.stringify({
        apiVersion: review.apiVersion,
        kind: review.kind,
        response: { uid: review.request.uid, ...answers[path]!(review) },
      }),
    ]
    res.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  emulator = await startEmulator()
})
afterAll(async () => {
  await emulator.close()
  server.closeAllConnections()
  server.close()
})

const registrations = '/apis/admissionregistration.k8s.io/v1'
const maps = '/api/v1/namespaces/default/configmaps'

beforeEach(async () => {
  for (const kind of ['validating', 'mutating']) await call('DELETE', `${registrations}/${kind}webhookconfigurations`)
  await call('DELETE', `${maps}?labelSelector=mine`)
  reviews = []
})

async function call(method: string, path: string, body?: Json, type = 'application/json') {
  const headers = { authorization: `Bearer ${emulator.adminToken}`, 'content-type': type }
  const response = await emulator.fetch(
    new Request(new URL(path, emulator.url), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  )
  return { status: response.status, warning: response.headers.get('warning'), body: (await response.json()) as Json }
}

const rule = (more: Json = {}) => ({ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'], ...more })

function webhook(path: string, more: Json = {}): Json {
  return {
    name: 'a.example.com',
    clientConfig: { url: `https://127.0.0.1:${port}${path}`, caBundle },
    rules: [rule()],
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    ...more,
  }
}

async function register(kind: 'validating' | 'mutating', ...webhooks: Json[]): Promise<void> {
  const { status, body } = await call('POST', `${registrations}/${kind}webhookconfigurations`, { metadata: { name: 'hooks' }, webhooks })
  expect(body.message, body.message).toBeUndefined()
  expect(status).toBe(201)
}

const create = (more: Json = {}, query = '') =>
  call('POST', maps + query, { metadata: { name: 'c', labels: { mine: '' }, ...more }, data: { a: 'b' } })

const called = (why: string) => `Internal error occurred: failed calling webhook "a.example.com": ${why}`
const failed = (why: string) => called(`failed to call webhook: ${why}`)
const invalid = (why: string) => called(`received invalid webhook response: ${why}`)
const typeStruct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`

/** What a kube-apiserver 1.36.3 answered for a webhook that answers so. */
const outcomes: Array<[kind: 'validating' | 'mutating', path: string, status: number, message?: string]> = [
  ['validating', '/allow', 201],
  ['validating', '/deny', 418, 'admission webhook "a.example.com" denied the request: because'],
  ['validating', '/deny-bare', 400, 'admission webhook "a.example.com" denied the request without explanation'],
  ['validating', '/deny-reason', 400, 'admission webhook "a.example.com" denied the request: NotGood'],
  ['validating', '/deny-details', 400, 'admission webhook "a.example.com" denied the request: m'],
  ['validating', '/404', 500, failed('the server could not find the requested resource')],
  ['validating', '/500', 500, failed('an error on the server ("broken") has prevented the request from succeeding')],
  [
    'validating',
    '/text',
    500,
    failed(`couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type ${typeStruct}`),
  ],
  ['validating', '/empty', 500, failed('0-length response with status code: 200 and content type: application/json')],
  ['validating', '/object', 500, invalid('webhook response was absent')],
  ['validating', '/wrong-kind', 500, failed('no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"')],
  ['validating', '/beta', 500, failed('converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion')],
  ['validating', '/label', 500, invalid('validating webhook may not return response.patch')],
  ['mutating', '/deny', 418, 'admission webhook "a.example.com" denied the request: because'],
  ['mutating', '/patch-without-type', 500, invalid('webhook returned response.patch but not response.patchType')],
  [
    'mutating',
    '/bad-patch',
    500,
    called('received undecodable patch in webhook response: json: cannot unmarshal object into Go value of type jsonpatch.Patch'),
  ],
  ['mutating', '/test-fails', 500, 'Internal error occurred: testing value /metadata/name failed: test failed'],
  [
    'mutating',
    '/nothing-there',
    500,
    "Internal error occurred: error in remove for path: '/data/nope': Unable to remove nonexistent key: nope: missing value",
  ],
  [
    'mutating',
    '/wrong-type',
    500,
    'Internal error occurred: json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string',
  ],
]

test.for(outcomes)('%s webhook, %s: %i', async ([kind, path, status, message]) => {
  await register(kind, webhook(path))
  const answer = await create()
  expect([answer.status, answer.body.message]).toEqual([status, message])
})

test('a response with another uid is not for this request', async () => {
  await register('validating', webhook('/wrong-uid'))
  const { body } = await create()
  expect(body.message).toBe(invalid(`expected response.uid="${reviews[0].request.uid}", got "x"`))
})

test('a webhook is asked with the request as an AdmissionReview', async () => {
  await register('validating', webhook('/allow', { timeoutSeconds: 3 }))
  await create({}, '?dryRun=All')
  const [{ url, apiVersion, kind, request }] = reviews
  expect([url, apiVersion, kind]).toEqual(['/allow?timeout=3s', 'admission.k8s.io/v1', 'AdmissionReview'])
  expect(request).toMatchObject({
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
    requestResource: { group: '', version: 'v1', resource: 'configmaps' },
    name: 'c',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
    object: { metadata: { name: 'c', uid: expect.any(String) }, data: { a: 'b' } },
    oldObject: null,
    dryRun: true,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', dryRun: ['All'] },
  })
})

test('v1beta1 reviews may leave out what v1 wants', async () => {
  await register('mutating', webhook('/label', { admissionReviewVersions: ['v2', 'v1beta1', 'v1'] }))
  const { body } = await create()
  expect(reviews[0].apiVersion).toBe('admission.k8s.io/v1beta1')
  expect(body.metadata.labels).toEqual({ patched: 'yes' })
})

test('warnings reach the client', async () => {
  await register('validating', webhook('/warn'))
  expect((await create()).warning).toBe(String.raw`299 - "careful", 299 - "and \"more\""`)
})

test('updates and deletions are asked about with both states', async () => {
  await register('validating', webhook('/allow', { rules: [rule({ operations: ['UPDATE', 'DELETE'] })] }))
  await create()
  await call('PATCH', `${maps}/c?fieldManager=me`, { data: { a: 'c' } }, 'application/merge-patch+json')
  await call('DELETE', `${maps}/c`)
  const [update, deletion] = reviews.map(({ request }) => request)
  expect([update.operation, update.oldObject.data.a, update.object.data.a]).toEqual(['UPDATE', 'b', 'c'])
  expect(update.options).toEqual({ kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' })
  expect([deletion.operation, deletion.oldObject.data.a, deletion.object]).toEqual(['DELETE', 'c', null])
  expect(deletion.options.kind).toBe('DeleteOptions')
})

describe('which requests a webhook is asked about', () => {
  const matches: Array<[why: string, more: Json, asked: boolean]> = [
    ['any resource and operation', { rules: [rule({ resources: ['*/*'], operations: ['*'] })] }, true],
    ['subresources alone', { rules: [rule({ resources: ['configmaps/status'] })] }, false],
    ['cluster-scoped objects', { rules: [rule({ scope: 'Cluster' })] }, false],
    ['another group', { rules: [rule({ apiGroups: ['apps'] })] }, false],
    ['labels of the object', { objectSelector: { matchLabels: { mine: '' } } }, true],
    ['other labels', { objectSelector: { matchLabels: { mine: 'not' } } }, false],
    ['the namespace', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }, true],
    ['another namespace', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }, false],
  ]
  test.for(matches)('%s', async ([, more, asked]) => {
    await register('validating', webhook('/allow', more))
    await create()
    expect(reviews.length).toBe(asked ? 1 : 0)
  })

  test('other versions of the same objects, unless only exact matches count', async () => {
    const rules = [{ apiGroups: ['autoscaling'], apiVersions: ['v2'], operations: ['CREATE'], resources: ['horizontalpodautoscalers'] }]
    await register('validating', webhook('/allow', { rules }), webhook('/allow', { name: 'b.example.com', rules, matchPolicy: 'Exact' }))
    const spec = {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 60,
    }
    const { body } = await call('POST', '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers', {
      metadata: { name: 'h' },
      spec,
    })
    expect(body.message).toBeUndefined()
    expect(reviews.length).toBe(1)
    const { request } = reviews[0]
    expect([request.kind.version, request.requestKind.version]).toEqual(['v2', 'v1'])
    expect(request.object.apiVersion).toBe('autoscaling/v2')
    expect(request.object.spec.metrics[0].resource.name).toBe('cpu')
  })

  test('configurations of webhooks never', async () => {
    await register(
      'validating',
      webhook('/deny', { rules: [rule({ apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: ['*'] })] }),
    )
    expect((await call('DELETE', `${registrations}/validatingwebhookconfigurations/hooks`)).status).toBe(200)
  })
})

test('a webhook that fails is passed over where its policy says so; its refusals stand', async () => {
  await register('validating', webhook('/500', { failurePolicy: 'Ignore' }))
  expect((await create()).status).toBe(201)
  await call('DELETE', `${registrations}/validatingwebhookconfigurations/hooks`)
  await register('validating', webhook('/deny', { failurePolicy: 'Ignore' }))
  expect((await create({ name: 'd' })).status).toBe(418)
})

test('dry runs only reach webhooks without side effects', async () => {
  await register('validating', webhook('/allow', { sideEffects: 'NoneOnDryRun' }))
  expect((await create({}, '?dryRun=All')).status).toBe(201)
})

test('mutating webhooks work one after the other, and again if they want to see what came after them', async () => {
  const later = (path: string, name: string, more: Json = {}) => webhook(path, { name, ...more })
  await register('mutating', later('/annotate', 'a.example.com', { reinvocationPolicy: 'IfNeeded' }), later('/label', 'b.example.com'))
  const { body } = await create({ labels: { mine: '' } })
  expect(reviews.map(({ path }) => path)).toEqual(['/annotate', '/label', '/annotate'])
  expect(body.metadata.annotations).toEqual({ seen: 'mine', later: 'yes' })
  expect(body.metadata.labels).toEqual({ patched: 'yes' })
})

describe('webhooks that cannot be reached', () => {
  const reach = async (clientConfig: Json, more: Json = {}) => {
    await register('validating', webhook('/allow', { clientConfig, ...more }))
    return (await create()).body.message
  }
  const post = (url: string, why: string) => failed(`Post "${url}": ${why}`)

  test('nobody listens', async () => {
    expect(await reach({ url: 'https://127.0.0.1:1/x', caBundle })).toBe(
      post('https://127.0.0.1:1/x?timeout=10s', 'dial tcp 127.0.0.1:1: connect: connection refused'),
    )
  })
  test('an authority that nobody knows', async () => {
    const url = `https://127.0.0.1:${port}/allow`
    const why = 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
    expect(await reach({ url })).toBe(post(`${url}?timeout=10s`, why))
  })
  test('a certificate for another name', async () => {
    const url = `https://localhost:${port}/allow`
    const why = 'tls: failed to verify certificate: x509: certificate is valid for wh.default.svc, not localhost'
    expect(await reach({ url, caBundle })).toBe(post(`${url}?timeout=10s`, why))
  })
  test('too slow', async () => {
    const url = `https://127.0.0.1:${port}/slow`
    expect(await reach({ url, caBundle }, { timeoutSeconds: 1 })).toBe(post(`${url}?timeout=1s`, 'context deadline exceeded'))
  })
  test('hangs up', async () => {
    const url = `https://127.0.0.1:${port}/hang`
    expect(await reach({ url, caBundle })).toBe(post(`${url}?timeout=10s`, 'EOF'))
  })
  test.each([
    ['https://127.0.0.1:1', '/'],
    ['https://127.0.0.1:1/a/', '/a'],
    ['https://127.0.0.1:1//a//b/../c', '/a/c'],
  ])('%s', async (url, path) => {
    const asked = `https://127.0.0.1:1${path}?timeout=10s`
    expect(await reach({ url, caBundle })).toBe(post(asked, 'dial tcp 127.0.0.1:1: connect: connection refused'))
  })
  test('a Service without a path', async () => {
    const asked = 'https://nope.default.svc:443/?timeout=10s'
    expect(await reach({ service: { name: 'nope', namespace: 'default' }, caBundle })).toBe(post(asked, 'service "nope" not found'))
  })
  test('a Service that is missing', async () => {
    expect(await reach({ service: { name: 'nope', namespace: 'default', path: '/x' }, caBundle })).toBe(
      post('https://nope.default.svc:443/x?timeout=10s', 'service "nope" not found'),
    )
  })
})

test('a Service leads to an address of this machine if its annotation says so', async () => {
  await call('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'wh', annotations: { 'inpod.dev/forward-to': `127.0.0.1:${port}` } },
    spec: { ports: [{ port: 443 }] },
  })
  await register('validating', webhook('', { clientConfig: { service: { name: 'wh', namespace: 'default', path: '/deny' }, caBundle } }))
  expect((await create()).body.message).toBe('admission webhook "a.example.com" denied the request: because')
})

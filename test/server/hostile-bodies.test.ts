// Bodies that no client sends: they are answered as a real server answers them, soon, and nothing else suffers.
import { request } from 'node:https'
import { type Emulator, startEmulator } from 'inpod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { namespacedResource } from '../../scripts/tools/custom-resource.ts'

let emulator: Emulator
const problems: string[] = []

const gizmos = '/apis/fuzz.example.com/v1/namespaces/default/gizmos'
const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const definition = namespacedResource('fuzz.example.com', 'gizmos', 'Gizmo', { type: 'object', properties: { spec: free } })

beforeAll(async () => {
  emulator = await startEmulator()
  await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', JSON.stringify(definition))
})
afterAll(async () => {
  await emulator.close()
  expect(problems).toEqual([])
})

interface Answer {
  status: number
  warning: string | undefined
  text: string
  message: string
}

function send(method: string, path: string, body?: string | Uint8Array, type = 'application/json', accept = 'application/json') {
  const { url, caCertificate: ca, adminToken } = emulator
  const headers = { authorization: `Bearer ${adminToken}`, accept, ...(body === undefined ? {} : { 'content-type': type }) }
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, ca, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk) => chunks.push(chunk))
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const message = /^\{"kind":"Status"/.test(text) ? JSON.parse(text).message : ''
        if (/Internal error occurred/.test(text)) problems.push(`${method} ${path}: ${text.slice(0, 300)}`)
        resolve({ status: incoming.statusCode!, warning: incoming.headers['warning'] as string | undefined, text, message })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const nest = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const gizmo = (name: string, spec: string) =>
  `{"apiVersion":"fuzz.example.com/v1","kind":"Gizmo","metadata":{"name":"${name}"},"spec":${spec}}`

test('as deep as a body may be, it can be written, changed and read in every form', { timeout: 60_000 }, async () => {
  const deep = nest(990)
  expect((await send('POST', gizmos, gizmo('deep', deep))).status).toBe(201)
  const merge = 'application/merge-patch+json'
  expect((await send('PATCH', `${gizmos}/deep`, `{"spec":${nest(980).replace('1', '2')}}`, merge)).status).toBe(200)
  const add = JSON.stringify([{ op: 'add', path: '/spec/b', value: 1 }])
  expect((await send('PATCH', `${gizmos}/deep`, add, 'application/json-patch+json')).status).toBe(200)
  const applied = await send('PATCH', `${gizmos}/deep?fieldManager=x&force=true`, gizmo('deep', deep), 'application/apply-patch+yaml')
  expect(applied.status).toBe(200)
  const revision = `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"deep"},"revision":1,"data":${deep}}`
  const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions'
  expect((await send('POST', revisions, revision)).status).toBe(201)
  for (const path of [`${gizmos}/deep`, gizmos, `${revisions}/deep`, revisions]) {
    for (const accept of ['application/json', 'application/yaml', 'application/json;as=Table;g=meta.k8s.io;v=v1']) {
      expect((await send('GET', path, undefined, undefined, accept)).status, `${path} ${accept}`).toBe(200)
    }
  }
  expect((await send('DELETE', `${gizmos}/deep`)).status).toBe(200)
})

test.for([
  'application/json',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
])('deeper bodies are refused: %s', { timeout: 60_000 }, async (type) => {
  for (const levels of [1001, 2990, 9000, 100_000]) {
    for (const body of [
      nest(levels),
      '['.repeat(levels),
      `${'['.repeat(levels)}${']'.repeat(levels)}`,
      `[{"op":"add","path":"/data","value":${nest(levels)}}]`,
    ]) {
      const method = type === 'application/json' ? 'POST' : 'PATCH'
      const path = `/api/v1/namespaces/default/configmaps${method === 'POST' ? '' : '/kube-root-ca.crt?fieldManager=x'}`
      expect((await send(method, path, body, type)).status).toBe(400)
    }
  }
})

test('a patch cannot make an object deeper than a body may be', { timeout: 60_000 }, async () => {
  await send('POST', gizmos, gizmo('copies', '{"a":{}}'))
  const copies = Array.from({ length: 16 }, (_, turn) => ({ op: 'copy', from: '/spec', path: `/spec${'/a'.repeat(2 ** turn)}` }))
  expect((await send('PATCH', `${gizmos}/copies`, JSON.stringify(copies), 'application/json-patch+json')).status).toBe(422)
  const doubling = Array.from({ length: 40 }, (_, turn) => ({ op: 'copy', from: '/spec', path: `/spec/x${turn}` }))
  expect((await send('PATCH', `${gizmos}/copies`, JSON.stringify(doubling), 'application/json-patch+json')).status).toBe(422)
  expect((await send('GET', `${gizmos}/copies`)).text).toContain('"spec":{"a":{}}')
})

test('warnings carry any text', async () => {
  const body = (key: string) => JSON.stringify({ metadata: { name: 'w' }, [key]: 1 })
  const path = '/api/v1/namespaces/default/configmaps?dryRun=All'
  const { status, warning } = await send('POST', path, body('dät日本'))
  expect([status, Buffer.from(warning!, 'latin1').toString()]).toEqual([201, '299 - "unknown field \\"dät日本\\""'])
  const keys = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`${'é'.repeat(300)}${at}`, 1]))
  const many = await send('POST', path, JSON.stringify({ metadata: { name: 'w' }, ...keys }))
  expect(many.warning!.split('299 - ')).toHaveLength(1 + 16)
})

test.for<[string, (size: number) => string]>([
  ['UTF-16', (size) => Buffer.from('{"a":'.repeat(size / 10), 'utf16le').toString()],
  ['many keys', (size) => Array.from({ length: size / 12 }, (_, at) => `k${at}: 1\n`).join('')],
  ['one key again and again', (size) => 'same: 1\n'.repeat(size / 8)],
  ['merges', (size) => `a: &a {x: 1}\n${Array.from({ length: size / 16 }, (_, at) => `k${at}: {<<: *a}\n`).join('')}`],
  ['open brackets', (size) => '['.repeat(size)],
  ['open quotes', (size) => `x: [\n${'\\"'.repeat(size / 2)}`],
  ['a long line', (size) => `a: ${'x'.repeat(size)}\n]`],
])('YAML takes time by its length: %s', { timeout: 120_000 }, async ([, make]) => {
  const begun = performance.now()
  await send('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', make(400_000), 'application/yaml')
  // It was minutes where time grew with the square.
  expect(performance.now() - begun).toBeLessThan(20_000)
})

test('names that all objects inherit are names like others', async () => {
  const ratios = { type: 'Container', max: { constructor: '2' }, min: { toString: '1' }, maxLimitRequestRatio: { valueOf: '1' } }
  const range = { metadata: { name: 'inherited' }, spec: { limits: [ratios] } }
  expect((await send('POST', '/api/v1/namespaces/default/limitranges', JSON.stringify(range))).status).toBe(422)
  const found = await send('GET', '/api/v1/namespaces/default/configmaps?labelSelector=constructor')
  expect(JSON.parse(found.text).items).toEqual([])
})

test('patterns of policies take linear time', { timeout: 60_000 }, async () => {
  const group = 'admissionregistration.k8s.io/v1'
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }
  const expression = 'object.data.a.matches("^(a+)+$")'
  const spec = { matchConstraints: { resourceRules: [rule] }, validations: [{ expression }] }
  const policy = { apiVersion: group, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'pattern' }, spec }
  await using own = await startEmulator()
  const headers = { authorization: `Bearer ${own.adminToken}`, 'content-type': 'application/json' }
  const post = (path: string, body: unknown) => own.fetch(path, { method: 'POST', body: JSON.stringify(body), headers })
  expect((await post(`/apis/${group}/validatingadmissionpolicies`, policy)).status).toBe(201)
  const binding = { apiVersion: group, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'pattern' } }
  const bound = { ...binding, spec: { policyName: 'pattern', validationActions: ['Deny'] } }
  expect((await post(`/apis/${group}/validatingadmissionpolicybindings`, bound)).status).toBe(201)
  const secret = { metadata: { name: 'x' }, data: { a: `${'a'.repeat(5000)}` } }
  expect((await post('/api/v1/namespaces/default/secrets', secret)).status).toBe(201)
  const other = { metadata: { name: 'y' }, data: { a: `${'a'.repeat(4999)}/` } }
  expect((await post('/api/v1/namespaces/default/secrets', other)).status).toBe(422)
})

test('an expression with thousands of errors is told of a hundred', async () => {
  const group = 'admissionregistration.k8s.io/v1'
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }
  const spec = { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: `(${'a|'.repeat(5000)})` }] }
  const policy = { apiVersion: group, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'errors' }, spec }
  const answer = await send('POST', `/apis/${group}/validatingadmissionpolicies`, JSON.stringify(policy))
  expect([answer.status, answer.message.split('ERROR: ').length - 1]).toEqual([422, 100])
  expect(answer.message).toMatch(/\n1 more errors were truncated$/)
})

// `startEmulator({ data })`: a cluster that is started again is the same to its clients.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from 'inpod'
import { afterAll, expect, test } from 'vitest'
import { namespacedResource } from '../../scripts/tools/custom-resource.ts'
import { call } from './call.ts'
import { openWatch } from './open-watch.ts'

const scratch = mkdtempSync(join(tmpdir(), 'test-data-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let count = 0
const newFolder = () => join(scratch, `folder-${++count}`)

const lists = [
  '/api/v1/namespaces',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/serviceaccounts',
  '/api/v1/services',
  '/api/v1/pods',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/apiregistration.k8s.io/v1/apiservices',
  '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  '/apis/networking.k8s.io/v1/ipaddresses',
]
const everything = async (emulator: Emulator) =>
  Object.fromEntries(await Promise.all(lists.map(async (path) => [path, (await call(emulator, 'GET', path)).body])))

const manifests = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'demo', namespace: 'team-a' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader', namespace: 'team-a' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader', namespace: 'team-a' },
    subjects: [{ kind: 'ServiceAccount', name: 'demo', namespace: 'team-a' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
  },
  namespacedResource('example.com', 'things', 'Thing', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'default' } },
    type: 'kubernetes.io/service-account-token',
  },
]

async function statusBy({ url, caCertificate }: Emulator, path: string, credentials: { token?: string; cert?: string; key?: string }) {
  const { token, ...certificate } = credentials
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise<number | undefined>((resolve, reject) => {
    const asking = request(new URL(path, url), { ca: caCertificate, headers, ...certificate, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    asking.on('error', reject).end()
  })
}

test('objects, versions, keys, tokens and certificates are those of before, and nothing is written for it', async () => {
  const data = newFolder()
  const options = { data, manifests, pod: { namespace: 'team-a', serviceAccountName: 'demo' } }
  const first = await startEmulator(options)
  const { port, caCertificate, adminToken, pod } = first
  await call(first, 'POST', '/apis/example.com/v1/namespaces/team-a/things', { body: { metadata: { name: 'x' }, a: 1.5 } })
  const { body: made } = await call(first, 'POST', '/api/v1/namespaces/team-a/configmaps', { body: { metadata: { name: 'x' } } })
  const certificate = await first.clientCertificate({ user: 'jane', groups: ['system:masters'] })
  await first.signingKeys.rotate()
  const newer = await call(first, 'POST', '/api/v1/namespaces/team-a/serviceaccounts/demo/token', { body: {} })
  const before = await everything(first)
  const things = await call(first, 'GET', '/apis/example.com/v1/things')
  await first.close()

  await using second = await startEmulator({ ...options, port })
  expect({ caCertificate: second.caCertificate, adminToken: second.adminToken }).toEqual({ caCertificate, adminToken })
  expect(await everything(second)).toEqual(before)
  expect(await call(second, 'GET', '/apis/example.com/v1/things')).toMatchObject({ status: 200, body: things.body })
  const path = '/api/v1/namespaces/team-a/configmaps/x'
  expect(await statusBy(second, path, { token: pod.files.token })).toBe(200)
  expect(await statusBy(second, path, { token: newer.body.status.token })).toBe(200)
  expect(await statusBy(second, path, certificate)).toBe(200)
  const changed = { ...made, data: { a: 'b' } }
  const { status, body } = await call(second, 'PUT', path, { body: changed })
  expect(status).toBe(200)
  expect(Number(body.metadata.resourceVersion)).toBe(Number(before['/api/v1/pods'].metadata.resourceVersion) + 1)
})

test('at another port, the Service kubernetes leads there', async () => {
  const data = newFolder()
  const first = await startEmulator({ data })
  const { port } = first
  await first.close()
  await using second = await startEmulator({ data })
  expect(second.port).not.toBe(port)
  const ports = async (path: string) => JSON.stringify((await call(second, 'GET', path)).body).match(/"(?:port|targetPort)":\d+/g)
  const core = '/api/v1/namespaces/default'
  expect(await ports(`${core}/services/kubernetes`)).toEqual(['"port":443', `"targetPort":${second.port}`])
  expect(await ports(`${core}/endpoints/kubernetes`)).toEqual([`"port":${second.port}`])
  const slice = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes'
  expect(await ports(slice)).toEqual([`"port":${second.port}`])
})

test('manifests that have changed are applied, others leave what has become of their objects', async () => {
  const data = newFolder()
  const configMap = (name: string, value: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } })
  const first = await startEmulator({ data, manifests: [configMap('same', 'manifest'), configMap('changed', 'manifest')] })
  const path = '/api/v1/namespaces/default/configmaps'
  for (const name of ['same', 'changed']) await call(first, 'PUT', `${path}/${name}`, { body: configMap(name, 'written') })
  await first.close()
  await using second = await startEmulator({ data, manifests: [configMap('same', 'manifest'), configMap('changed', 'new')] })
  const values = (await call(second, 'GET', path)).body.items.map(({ data: { value } }: { data: { value?: string } }) => value)
  expect(values).toEqual(['new', undefined, 'written'])
})

test('a watch goes on from where it was; from a forgotten version it is told to list again', async () => {
  const data = newFolder()
  const first = await startEmulator({ data })
  const path = '/api/v1/namespaces/default/configmaps'
  const create = (emulator: Emulator, name: string) => call(emulator, 'POST', path, { body: { metadata: { name } } })
  const { body: forgotten } = await create(first, 'forgotten')
  first.compact()
  const { body: seen } = await create(first, 'seen')
  await create(first, 'missed')
  await first.close()
  await using second = await startEmulator({ data })
  await create(second, 'after')
  const from = (version: string) => openWatch(second, `${path}?watch=1&resourceVersion=${version}`)
  await using watch = await from(seen.metadata.resourceVersion)
  expect([await watch.next(), await watch.next()].map((event) => event.object.metadata.name)).toEqual(['missed', 'after'])
  await using older = await from(String(Number(forgotten.metadata.resourceVersion) - 1))
  expect(await older.next()).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
})

test('what was under way is brought to its end', async () => {
  const data = newFolder()
  const first = await startEmulator({ data })
  const owner = await call(first, 'POST', '/api/v1/namespaces/default/configmaps', {
    body: { metadata: { name: 'owner', finalizers: ['x.example/y'] } },
  })
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.body.metadata.uid, blockOwnerDeletion: true }
  const dependent = { metadata: { name: 'dependent', ownerReferences: [reference] } }
  await call(first, 'POST', '/api/v1/namespaces/default/secrets', { body: dependent })
  await call(first, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'going' } } })
  // Not answered before the server is closed: what it leads to is not done.
  const deletions = [
    call(first, 'DELETE', '/api/v1/namespaces/going'),
    call(first, 'DELETE', '/api/v1/namespaces/default/configmaps/owner?propagationPolicy=Foreground'),
  ]
  expect(await Promise.all(deletions)).toMatchObject([{ status: 200 }, { status: 200 }])
  await first.close()
  await using second = await startEmulator({ data })
  const gone = async (path: string) => {
    for (let tries = 0; tries < 200 && (await call(second, 'GET', path)).status !== 404; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    return (await call(second, 'GET', path)).status
  }
  expect(await gone('/api/v1/namespaces/going')).toBe(404)
  expect(await gone('/api/v1/namespaces/default/secrets/dependent')).toBe(404)
})

test('keys are for their owner alone, and a folder of others is not taken', async () => {
  const data = newFolder()
  await (await startEmulator({ data })).close()
  expect(statSync(data).mode & 0o777).toBe(0o700)
  expect(readdirSync(data).sort()).toEqual(['keys.json', 'objects.log'])
  for (const name of readdirSync(data)) expect(statSync(join(data, name)).mode & 0o777).toBe(0o600)
  chmodSync(data, 0o755)
  await expect(startEmulator({ data })).rejects.toMatchObject({
    code: 'ERR_DATA_FOLDER',
    message: expect.stringContaining('can be read by others'),
  })
  chmodSync(data, 0o700)
  const fails = (folder: string) => expect(startEmulator({ data: folder })).rejects
  writeFileSync(join(data, 'keys.json'), readFileSync(join(data, 'keys.json')).subarray(0, 100))
  await fails(data).toMatchObject({ code: 'ERR_DATA_DAMAGED', message: expect.stringContaining('keys.json is damaged') })
  writeFileSync(join(data, 'keys.json'), '{"version":9}')
  await fails(data).toMatchObject({ code: 'ERR_DATA_VERSION' })
  await fails(scratch).toMatchObject({ code: 'ERR_DATA_FOLDER', message: expect.stringContaining('holds other files') })
  await fails(join(data, 'keys.json')).toMatchObject({ code: 'ERR_DATA_FOLDER' })
  expect(readdirSync(data).sort()).toEqual(['keys.json', 'objects.log'])
})

test('a folder is used by one at a time', async () => {
  const data = newFolder()
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => startEmulator({ data })))
  const started = all.filter((each) => each.status === 'fulfilled').map(({ value }) => value)
  expect(started).toHaveLength(1)
  const refused = { code: 'ERR_DATA_IN_USE', message: expect.stringContaining(`in use by the process ${process.pid} of `) }
  for (const each of all) if (each.status === 'rejected') expect(each.reason).toMatchObject(refused)
  await started[0]!.close()
  await (await startEmulator({ data })).close()
})

import { type Emulator, startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { namespacedResource } from '../../scripts/tools/custom-resource.ts'
import { call } from './call.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string, value = 'one') => ({ metadata: { name, namespace: 'default' }, data: { value } })
const make = (emulator: Emulator, name: string) => call(emulator, 'POST', configMaps, { body: configMap(name) })
const names = async (emulator: Emulator, path = configMaps) =>
  (await call(emulator, 'GET', path)).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
const everything = async (emulator: Emulator) => {
  const lists = ['/api/v1/namespaces', '/api/v1/configmaps', '/api/v1/serviceaccounts', '/apis/rbac.authorization.k8s.io/v1/clusterroles']
  const bodies = await Promise.all(lists.map(async (path) => (await call(emulator, 'GET', path)).body.items))
  return JSON.parse(JSON.stringify(bodies).replace(/"resourceVersion":"\d+"/g, '"resourceVersion":""'))
}

test('a snapshot is gone back to, whatever happened since', async () => {
  await using emulator = await startEmulator()
  await make(emulator, 'changed')
  await make(emulator, 'deleted')
  const before = await everything(emulator)
  const snapshot = emulator.snapshot()
  await call(emulator, 'PUT', `${configMaps}/changed`, { body: configMap('changed', 'two') })
  await call(emulator, 'DELETE', `${configMaps}/deleted`)
  await call(emulator, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'new' } } })
  await call(emulator, 'DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view')
  emulator.restore(snapshot)
  expect(await everything(emulator)).toEqual(before)
  // And again: what was restored is as good as what never changed.
  await make(emulator, 'other')
  emulator.restore(snapshot)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await everything(emulator)).toEqual(before)
})

test('reset goes back to the manifests', async () => {
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', ...configMap('mine') }
  await using emulator = await startEmulator({ manifests: [manifest] })
  await call(emulator, 'DELETE', `${configMaps}/mine`)
  await make(emulator, 'other')
  emulator.reset()
  expect(await names(emulator)).toEqual(['kube-root-ca.crt', 'mine'])
})

test('open watches see the difference as events, and nothing of what is the same', async () => {
  await using emulator = await startEmulator()
  const { adminToken } = emulator
  await make(emulator, 'changed')
  await make(emulator, 'deleted')
  await make(emulator, 'same')
  const snapshot = emulator.snapshot()
  await call(emulator, 'PUT', `${configMaps}/changed`, { body: configMap('changed', 'two') })
  await call(emulator, 'DELETE', `${configMaps}/deleted`)
  await make(emulator, 'new')
  for (const _time of [1, 2]) {
    const version = (await call(emulator, 'GET', configMaps)).body.metadata.resourceVersion
    emulator.restore(snapshot)
    const response = await emulator.fetch(`${configMaps}?watch=true&resourceVersion=${version}&timeoutSeconds=1`, {
      headers: { authorization: `Bearer ${adminToken}` },
    })
    const events = (await response.text()).trim().split('\n').filter(Boolean)
    const seen = events.map((line) => JSON.parse(line)).map(({ type, object }) => `${type} ${object.metadata.name} ${object.data.value}`)
    expect(seen.sort()).toEqual(_time === 1 ? ['ADDED deleted one', 'DELETED new one', 'MODIFIED changed one'] : [])
  }
})

test('rights are those of the restored roles', async () => {
  await using emulator = await startEmulator()
  const { token } = emulator.pod.files
  const status = async () => (await call(emulator, 'GET', configMaps, { token })).status
  const snapshot = emulator.snapshot()
  expect(await status()).toBe(403)
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
  const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }]
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
  await call(emulator, 'POST', path, { body: { metadata: { name: 'readers' }, roleRef, subjects } })
  expect(await status()).toBe(200)
  const allowed = emulator.snapshot()
  emulator.restore(snapshot)
  expect(await status()).toBe(403)
  emulator.restore(allowed)
  expect(await status()).toBe(200)
})

test('custom resources come and go with their definition', async () => {
  await using emulator = await startEmulator()
  const body = namespacedResource('example.com', 'widgets', 'Widget', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true })
  const widgets = '/apis/example.com/v1/namespaces/default/widgets'
  const before = emulator.snapshot()
  await emulator.apply(body)
  await call(emulator, 'POST', widgets, { body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } } })
  const after = emulator.snapshot()
  emulator.restore(before)
  expect((await call(emulator, 'GET', widgets)).status).toBe(404)
  emulator.restore(after)
  expect(await names(emulator, widgets)).toEqual(['w'])
})

test('going back takes a millisecond or two', async () => {
  await using emulator = await startEmulator()
  const times: number[] = []
  for (let round = 0; round < 15; round++) {
    for (let i = 0; i < 20; i++) await make(emulator, `n${i}`)
    const start = performance.now()
    emulator.reset()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  expect(times[7]).toBeLessThan(20)
})

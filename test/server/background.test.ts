import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { startEmulator } from 'inpod'
import { expect, test, vi } from 'vitest'
import { call } from './call.ts'

const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
const claim = (name: string) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
})

test('a claim that is deleted goes once no Pod on a node uses it', async () => {
  await using emulator = await startEmulator()
  for (const name of ['free', 'used']) await call(emulator, 'POST', claims, { body: claim(name) })
  await call(emulator, 'POST', '/api/v1/namespaces/default/pods', {
    body: {
      metadata: { name: 'user' },
      spec: {
        nodeName: 'somewhere',
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'used' } }],
      },
    },
  })
  for (const name of ['free', 'used']) await call(emulator, 'DELETE', `${claims}/${name}`)
  await vi.waitFor(async () => expect((await call(emulator, 'GET', `${claims}/free`)).status).toBe(404))
  expect((await call(emulator, 'GET', `${claims}/used`)).body.metadata.deletionTimestamp).toBeDefined()
  await call(emulator, 'DELETE', '/api/v1/namespaces/default/pods/user?gracePeriodSeconds=0')
  await vi.waitFor(async () => expect((await call(emulator, 'GET', `${claims}/used`)).status).toBe(404))
})

test('a namespace that somebody holds by a finalizer is left alone until it is free, and holds up nothing', async () => {
  await using emulator = await startEmulator()
  const held = '/api/v1/namespaces/held'
  await call(emulator, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'held', finalizers: ['example.com/x'] } } })
  await call(emulator, 'DELETE', held)
  const version = async () => {
    const { metadata, spec } = (await call(emulator, 'GET', held)).body
    return spec?.finalizers?.length ? undefined : metadata?.resourceVersion
  }
  const freed = await vi.waitFor(async () => (await version()) ?? expect.fail('the controller has not been here'))
  // Another namespace is ended meanwhile, which takes as long as the next visit would.
  await call(emulator, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'other' } } })
  await call(emulator, 'DELETE', '/api/v1/namespaces/other')
  await vi.waitFor(async () => expect((await call(emulator, 'GET', '/api/v1/namespaces/other')).status).toBe(404))
  expect(await version()).toBe(freed)
  const { metadata, ...rest } = (await call(emulator, 'GET', held)).body
  await call(emulator, 'PUT', held, { body: { ...rest, metadata: { ...metadata, finalizers: [] } } })
  await vi.waitFor(async () => expect((await call(emulator, 'GET', held)).status).toBe(404))
})

test('a FlowSchema says whether its priority level exists', async () => {
  await using emulator = await startEmulator()
  const group = '/apis/flowcontrol.apiserver.k8s.io/v1'
  await call(emulator, 'POST', `${group}/flowschemas`, {
    body: { metadata: { name: 'mine' }, spec: { priorityLevelConfiguration: { name: 'later' }, matchingPrecedence: 77 } },
  })
  const condition = async () => (await call(emulator, 'GET', `${group}/flowschemas/mine`)).body.status.conditions[0]
  expect(await condition()).toMatchObject({ type: 'Dangling', status: 'True', reason: 'NotFound' })
  const spec = { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } }
  await call(emulator, 'POST', `${group}/prioritylevelconfigurations`, { body: { metadata: { name: 'later' }, spec } })
  expect(await condition()).toMatchObject({ type: 'Dangling', status: 'False', reason: 'Found' })
})

test('a large answer is compressed for who takes that', async () => {
  await using emulator = await startEmulator()
  const path = '/api/v1/namespaces/default/configmaps'
  await call(emulator, 'POST', path, { body: { metadata: { name: 'large' }, data: { text: 'x'.repeat(200_000) } } })
  const { url, caCertificate, adminToken } = emulator
  const answer = await new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${adminToken}`, 'accept-encoding': 'gzip' }
    const sent = request(new URL(`${path}/large`, url), { ca: caCertificate, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }))
    })
    sent.on('error', reject)
    sent.end()
  })
  expect(answer.encoding).toBe('gzip')
  expect(answer.bytes.length).toBeLessThan(10_000)
  expect(JSON.parse(gunzipSync(answer.bytes).toString()).data.text).toHaveLength(200_000)
})

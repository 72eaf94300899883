import { type AuditEvent, startEmulator } from 'inpod'
import { expect, test, vi } from 'vitest'
import { call } from './call.ts'
import { openWatch } from './open-watch.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const brief = ({ stage, verb, requestURI, responseStatus }: AuditEvent) => [stage, verb, requestURI, responseStatus.code]

test('requests over a socket and in process are kept, in their order; the emulator’s own are not', async () => {
  await using emulator = await startEmulator({ manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } }] })
  await emulator.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } })
  expect(emulator.audit.events()).toEqual([])
  await call(emulator, 'GET', `${configMaps}/one`)
  await emulator.fetch(`${configMaps}?limit=1`, { headers: { 'user-agent': 'mine', 'audit-id': 'chosen' } })
  expect(emulator.audit.events().map(brief)).toEqual([
    ['ResponseComplete', 'get', `${configMaps}/one`, 200],
    ['ResponseComplete', 'list', `${configMaps}?limit=1`, 403],
  ])
  const [, denied] = emulator.audit.events()
  expect(denied).toMatchObject({
    auditID: 'chosen',
    user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    userAgent: 'mine',
    sourceIPs: ['127.0.0.1'],
    objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
    responseStatus: { status: 'Failure', reason: 'Forbidden', details: { kind: 'configmaps' }, code: 403 },
    annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
  })
  emulator.audit.clear()
  expect(emulator.audit.events()).toEqual([])
})

test('a watch has started, and is complete once it has ended, by whichever side', async () => {
  await using emulator = await startEmulator()
  const stages = () => emulator.audit.events().map(({ stage }) => stage)
  const ended = () => vi.waitFor(() => expect(stages()).toEqual(['ResponseStarted', 'ResponseComplete']), { timeout: 10_000 })
  {
    await using stream = await openWatch(emulator, `${configMaps}?watch=1`)
    expect(stages()).toEqual(['ResponseStarted'])
    emulator.endWatches()
    await stream.next()
    await ended()
  }
  emulator.audit.clear()
  {
    await using _stream = await openWatch(emulator, `${configMaps}?watch=1`)
    expect(stages()).toEqual(['ResponseStarted'])
  }
  await ended()
  emulator.audit.clear()
  const aborted = new AbortController()
  await emulator.fetch(`${configMaps}?watch=1`, {
    headers: { authorization: `Bearer ${emulator.adminToken}` },
    signal: aborted.signal,
  })
  aborted.abort()
  await ended()
})

test('times are those of the emulator’s clock', async () => {
  await using emulator = await startEmulator()
  emulator.clock.freeze(new Date('2030-01-02T03:04:05.678Z'))
  await call(emulator, 'GET', '/version')
  const [event] = emulator.audit.events()
  expect(event).toMatchObject({
    requestReceivedTimestamp: '2030-01-02T03:04:05.678000Z',
    stageTimestamp: '2030-01-02T03:04:05.678000Z',
  })
})

test('who listens is told of each stage as it comes', async () => {
  const told: AuditEvent[] = []
  await using emulator = await startEmulator({ onAudit: (event) => told.push(event) })
  const stream = await openWatch(emulator, `${configMaps}?watch=1`)
  await call(emulator, 'GET', '/version')
  await stream[Symbol.asyncDispose]()
  await vi.waitFor(() => expect(told).toHaveLength(3), { timeout: 10_000 })
  expect(told).toEqual(emulator.audit.events())
  expect(told.map(({ stage, verb }) => [stage, verb])).toEqual([
    ['ResponseStarted', 'watch'],
    ['ResponseComplete', 'get'],
    ['ResponseComplete', 'watch'],
  ])
})

// What follows the emulator's clock: ages, the time that events are kept, the Pod's token.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Emulator, startEmulator } from 'inpod'
import { expect, test, vi } from 'vitest'
import { call } from './call.ts'
import { openWatch } from './open-watch.ts'

const namespace = '/api/v1/namespaces/default'
const start = new Date('2026-01-01T00:00:00Z')
const event = (name: string) => ({
  metadata: { name, namespace: 'default' },
  involvedObject: { namespace: 'default' },
  type: 'Normal',
})
const eventNames = async (emulator: Emulator) =>
  (await call(emulator, 'GET', `${namespace}/events`)).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)

async function frozen(options: Parameters<typeof startEmulator>[0] = {}): Promise<Emulator> {
  const emulator = await startEmulator({ ...options, clock: { now: () => start.getTime() } })
  emulator.clock.freeze(start)
  return emulator
}

test('events are kept for an hour after their last change', async () => {
  await using emulator = await frozen()
  await call(emulator, 'POST', `${namespace}/events`, { body: event('first') })
  emulator.clock.advance('40m')
  const { body } = await call(emulator, 'POST', `${namespace}/events`, { body: event('second') })
  await using stream = await openWatch(emulator, `${namespace}/events?watch=1&resourceVersion=${body.metadata.resourceVersion}`)
  emulator.clock.advance('19m59s')
  expect(await eventNames(emulator)).toEqual(['first', 'second'])
  emulator.clock.advance('1s')
  expect(await eventNames(emulator)).toEqual(['second'])
  expect(await stream.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'first' } } })
  await call(emulator, 'PUT', `${namespace}/events/second`, { body: { ...body, reason: 'Changed' } })
  emulator.clock.advance('59m')
  expect(await eventNames(emulator)).toEqual(['second'])
  emulator.clock.advance('1m')
  expect(await eventNames(emulator)).toEqual([])
})

test('events of a state that is gone back to have their own time', async () => {
  await using emulator = await frozen()
  await call(emulator, 'POST', `${namespace}/events`, { body: event('one') })
  const snapshot = emulator.snapshot()
  emulator.clock.advance('30m')
  await call(emulator, 'DELETE', `${namespace}/events/one`)
  emulator.restore(snapshot)
  expect(await eventNames(emulator)).toEqual(['one'])
  emulator.clock.advance('30m')
  expect(await eventNames(emulator)).toEqual([])
})

test('ages in tables are by the clock', async () => {
  await using emulator = await frozen()
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
  await call(emulator, 'POST', leases, { body: { metadata: { name: 'leader' }, spec: { holderIdentity: 'me' } } })
  const row = async () => {
    const { body } = await call(emulator, 'GET', leases, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
    return body.rows[0].cells
  }
  expect(await row()).toEqual(['leader', 'me', '0s'])
  emulator.clock.advance('90s')
  expect(await row()).toEqual(['leader', 'me', '90s'])
  emulator.clock.advance('2d')
  expect(await row()).toEqual(['leader', 'me', '2d'])
})

test('the Pod’s token is renewed when a fifth of its time is left, if the emulator is to do so', async () => {
  const status = async (emulator: Emulator, token: string) => (await call(emulator, 'GET', '/version', { token })).status
  await using emulator = await frozen({ pod: { renewsToken: true, tokenExpirationSeconds: 1000 } })
  const read = () => readFileSync(join(emulator.pod.root, 'var/run/secrets/kubernetes.io/serviceaccount/token'), 'utf8')
  const first = read()
  emulator.clock.advance('799s')
  expect(read()).toBe(first)
  emulator.clock.advance('1s')
  await vi.waitFor(() => expect(read()).not.toBe(first), { timeout: 10_000 })
  const second = read()
  expect([await status(emulator, first), await status(emulator, second)]).toEqual([200, 200])
  emulator.clock.advance('270s')
  expect([await status(emulator, first), await status(emulator, second)]).toEqual([401, 200])
})

test('without, it ends with its time', async () => {
  await using emulator = await frozen({ pod: { tokenExpirationSeconds: 1000 } })
  const { token } = emulator.pod.files
  emulator.clock.advance('20m')
  expect(emulator.pod.files.token).toBe(token)
  expect((await call(emulator, 'GET', '/version', { token })).status).toBe(401)
})

// What a test may do to clients that watch: end their watches, drop their connections, forget history.
import { type Emulator, startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { call } from './call.ts'
import { openWatch } from './open-watch.ts'

const path = '/api/v1/namespaces/default/configmaps'
const create = (emulator: Emulator, name: string) => call(emulator, 'POST', path, { body: { metadata: { name } } })
const versionOf = async (emulator: Emulator) => (await call(emulator, 'GET', `${path}?limit=1`)).body.metadata.resourceVersion as string

test('compaction expires older versions for watches and lists, and leaves open watches alone', async () => {
  await using emulator = await startEmulator()
  const version = await versionOf(emulator)
  await using before = await openWatch(emulator, `${path}?watch=1&resourceVersion=${version}`)
  await create(emulator, 'one')
  emulator.compact()
  await create(emulator, 'two')
  expect(await before.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'one' } } })
  expect(await before.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'two' } } })

  await using late = await openWatch(emulator, `${path}?watch=1&resourceVersion=${version}`)
  const expired = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 }
  expect(await late.next()).toMatchObject({ type: 'ERROR', object: { ...expired, message: /^too old resource version: \d+ \(\d+\)$/ } })
  expect(await late.next()).toBeUndefined()
  const list = await call(emulator, 'GET', `${path}?resourceVersion=${version}&resourceVersionMatch=Exact`)
  expect(list).toMatchObject({ status: 410, body: expired })
})

test('watches end as they do when their time is up, and the connection lives on', async () => {
  await using emulator = await startEmulator()
  await using stream = await openWatch(emulator, `${path}?watch=1&resourceVersion=${await versionOf(emulator)}`)
  await create(emulator, 'one')
  expect(await stream.next()).toMatchObject({ type: 'ADDED' })
  emulator.endWatches()
  expect(await stream.next()).toBeUndefined()
  expect(stream.socket.destroyed).toBe(false)
})

test('connections are dropped, and new ones accepted', async () => {
  await using emulator = await startEmulator()
  await using stream = await openWatch(emulator, `${path}?watch=1&resourceVersion=${await versionOf(emulator)}`)
  emulator.disconnect()
  await expect(stream.next()).rejects.toThrow(/aborted|reset/i)
  expect((await create(emulator, 'one')).status).toBe(201)
})

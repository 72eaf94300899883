// A message of a WebSocket comes whole or not at all, whatever happens to the connection.
import { startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { createHttp2Client, openStream } from '../../scripts/soak/connections.ts'
import { call } from './call.ts'

const path = '/api/v1/namespaces/default/configmaps'
const names = ['one', 'two', 'three', 'four']
const padding = 'x'.repeat(1000)

async function messagesUnder(fault: object): Promise<{ names: string[]; milliseconds: number }> {
  await using emulator = await startEmulator()
  const { resourceVersion } = (await call(emulator, 'GET', path)).body.metadata
  for (const name of names) await call(emulator, 'POST', path, { body: { metadata: { name }, data: { padding } } })
  emulator.faults.add({ match: { verb: 'watch' }, ...fault })
  const endpoint = { server: emulator.url, ca: emulator.caCertificate, token: emulator.adminToken }
  const messages: string[] = []
  const began = performance.now()
  const stream = openStream(
    'websocket',
    { endpoint, http2: createHttp2Client(endpoint) },
    `${path}?watch=1&resourceVersion=${resourceVersion}`,
    (message) => {
      messages.push(message)
      if (messages.length === names.length) stream.close()
    },
  )
  await stream.ended
  return { names: messages.map((message) => JSON.parse(message).object.metadata.name), milliseconds: performance.now() - began }
}

test('when the connection breaks off within a message, those before it have come', async () => {
  expect((await messagesUnder({ reset: { afterBytes: 3000 } })).names).toEqual(['one', 'two'])
})

test('when the connection is slow, each message comes late', async () => {
  const slow = await messagesUnder({ slowBody: { bytesPerSecond: 10_000 } })
  expect(slow.names).toEqual(names)
  expect(slow.milliseconds).toBeGreaterThan(300)
})

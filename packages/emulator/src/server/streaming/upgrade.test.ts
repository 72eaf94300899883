import type { IncomingMessage } from 'node:http'
import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { serveStreams } from './upgrade.ts'

test('a session whose WebSocket is refused is over', async () => {
  const [client, socket] = duplexPair()
  client.resume()
  const req = { method: 'GET', headers: { connection: 'Upgrade', upgrade: 'websocket' }, headersDistinct: {} } as unknown as IncomingMessage
  let session: Promise<void> | undefined
  const upgrade = {
    kind: 'port-forward',
    ports: [80],
    dial: () => Promise.reject(new Error('nobody')),
    track(started: Promise<void>) {
      session = started
    },
  } as const
  await expect(serveStreams(req, socket, Buffer.alloc(0), upgrade)).rejects.toThrow('no hands were shaken')
  await expect(session).rejects.toThrow()
})

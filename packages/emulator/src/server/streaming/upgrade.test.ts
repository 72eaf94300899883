import type { IncomingMessage } from 'node:http'
import { duplexPair } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Upgrade } from '../../endpoints/http.ts'
import { serveUpgrade } from '../web-socket.ts'

test('no session begins with a client who goes while what serves it is loaded for the first time', async () => {
  const [, socket] = duplexPair()
  const req = { method: 'GET', url: '/', headers: {}, rawHeaders: [], headersDistinct: {}, socket: {} } as unknown as IncomingMessage
  const track = vi.fn()
  const upgrade: Upgrade = { kind: 'port-forward', ports: [80], dial: () => Promise.reject(new Error('nobody')), track }
  const served = serveUpgrade(req, socket, Buffer.alloc(0), async () => ({ status: 101, headers: {}, upgrade }))
  await setImmediate()
  socket.destroy()
  await served
  expect(track).not.toHaveBeenCalled()
})

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
  const { serveStreams } = await import('./upgrade.ts')
  await expect(serveStreams(req, socket, Buffer.alloc(0), upgrade)).rejects.toThrow('no hands were shaken')
  await expect(session).rejects.toThrow()
})

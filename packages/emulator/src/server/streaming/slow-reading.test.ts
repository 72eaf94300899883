// Connections of which nothing is read any more, since somebody slow has more waiting than enough: that the client goes is seen all the same.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createSpdyConnection, type SpdyStream } from '../spdy/connection.ts'
import { createFrameReader, dataHead, type Frame, synStreamFrame } from '../spdy/frames.ts'
import { createHeaderEncoder } from '../spdy/header-block.ts'
import { openChannels } from './web-socket-channels.ts'

const mebibyte = 1 << 20
const enough = 12 * mebibyte
const protocol = { name: 'v5.channel.k8s.io', base64: false, closes: true }

async function listen(): Promise<{ server: ReturnType<typeof createServer>; port: number }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** A client that has sent more than is read, and what it has heard. */
async function spdyClient() {
  const { server, port } = await listen()
  const client = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void client.destroy())
  const [transport] = (await once(server, 'connection')) as [Socket]
  onTestFinished(() => void transport.destroy())
  let stream: SpdyStream | undefined
  const connection = createSpdyConnection(transport, (opened) => (stream = opened))
  const frames: Frame[] = []
  const read = createFrameReader()
  client.on('data', (chunk: Buffer) => frames.push(...read(chunk)))
  client.write(synStreamFrame(1, false, createHeaderEncoder()({})))
  for (let sent = 0; sent < enough; sent += mebibyte)
    client.write(Buffer.concat([dataHead(1, mebibyte, sent + mebibyte === enough), Buffer.alloc(mebibyte)]))
  await expect.poll(() => transport.isPaused(), { timeout: 20_000 }).toBe(true)
  return { client, connection, frames, stream: stream! }
}

async function webSocketClient() {
  const { server, port } = await listen()
  const upgrades = new WebSocketServer({ noServer: true })
  const http = (await import('node:http')).createServer()
  server.on('connection', (socket) => http.emit('connection', socket))
  const accepted = new Promise<WebSocket>((resolve) => {
    http.on('upgrade', (req, socket, head) => upgrades.handleUpgrade(req, socket, head, resolve))
  })
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  client.on('error', () => {})
  onTestFinished(() => client.terminate())
  const webSocket = await accepted
  onTestFinished(() => webSocket.terminate())
  const channels = openChannels(webSocket, protocol)
  const readable = channels.readable(0)
  await once(client, 'open')
  for (let sent = 0; sent < enough; sent += mebibyte) client.send(Buffer.alloc(mebibyte + 1))
  client.send(Buffer.from([255, 0]))
  await expect.poll(() => webSocket.isPaused, { timeout: 20_000 }).toBe(true)
  return { client, channels, readable }
}

test('SPDY: it has gone', { timeout: 60_000 }, async () => {
  const { client, connection } = await spdyClient()
  client.destroy()
  await connection.closed
})

test('SPDY: it stays, is asked, and all that it has sent is read', { timeout: 60_000 }, async () => {
  const { client, frames, stream } = await spdyClient()
  await expect.poll(() => frames.at(-1), { timeout: 20_000 }).toEqual({ type: 'ping', id: 2 })
  client.write(Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 2]))
  expect(await buffer(stream)).toHaveLength(enough)
  // Its answer gets none.
  client.write(Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 9]))
  await expect.poll(() => frames.at(-1)).toEqual({ type: 'ping', id: 9 })
  expect(frames.filter(({ type }) => type === 'ping').length).toBeLessThan(20)
})

test('a WebSocket: it has gone', { timeout: 60_000 }, async () => {
  const { client, channels } = await webSocketClient()
  client.terminate()
  await channels.closed
})

test('a WebSocket: it stays, is asked, and all that it has sent is read', { timeout: 60_000 }, async () => {
  const { client, readable } = await webSocketClient()
  await once(client, 'ping')
  expect(await buffer(readable)).toHaveLength(enough)
})

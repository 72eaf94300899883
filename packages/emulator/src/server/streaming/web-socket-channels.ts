// Several streams in one WebSocket, as `channel.k8s.io` has them: the first byte of each message names one.
import { Readable, Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import { createSlowReading } from './slow-reading.ts'

export interface ChannelProtocol {
  name: string
  /** Messages are text, what follows the channel's digit base64. */
  base64: boolean
  /** The client may end a channel by message 255 and the channel. */
  closes: boolean
}

export interface WebSocketChannels {
  readable(channel: number): Readable
  writable(channel: number): Writable
  close(): void
  /** Once the client has gone. */
  readonly closed: Promise<void>
}

const closeSignal = 255
const zero = 0x30
const normalClosure = 1000
/** Between our close frame and the end of a connection whose client does not answer it. */
const closeGrace = 1000
/** What a channel holds whose reader is slow, before nothing more is read from the connection. */
const maxWaiting = 4 * 1024 * 1024

export function openChannels(webSocket: WebSocket, { base64, closes }: ChannelProtocol): WebSocketChannels {
  const readables = new Map<number, Readable>()
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  webSocket.on('error', () => {})
  webSocket.on('message', (data: Buffer) => {
    if (data.length === 0) return
    if (closes && data[0] === closeSignal) return void readables.get(data[1]!)?.push(null)
    const readable = readables.get(base64 ? data[0]! - zero : data[0]!)
    const bytes = base64 ? Buffer.from(data.toString('latin1', 1), 'base64') : data.subarray(1)
    if (readable === undefined || readable.destroyed || readable.readableEnded || bytes.length === 0) return
    readable.push(bytes)
    if (readable.readableLength > maxWaiting) reading.pause()
  })
  const reading = createSlowReading({
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    ask: () => void (webSocket.readyState === webSocket.OPEN && webSocket.bufferedAmount === 0 && webSocket.ping()),
  })
  webSocket.once('close', () => {
    reading.resume()
    for (const readable of readables.values()) readable.destroy()
    resolve()
  })
  const resume = () => {
    if (webSocket.isPaused && ![...readables.values()].some(({ readableLength }) => readableLength > maxWaiting)) reading.resume()
  }
  const send = (channel: number, bytes: Buffer, done: (error?: Error) => void) => {
    const frame = base64 ? `${channel}${bytes.toString('base64')}` : Buffer.concat([Buffer.from([channel]), bytes])
    webSocket.send(frame, { binary: !base64 }, done)
  }
  return {
    closed,
    readable(channel) {
      const readable = new Readable({ read: resume })
      readable.on('error', () => {})
      readables.set(channel, readable)
      return readable
    },
    writable(channel) {
      const writable = new Writable({ write: (chunk: Buffer, _encoding, done) => send(channel, chunk, done) })
      return writable.on('error', () => {})
    },
    close() {
      reading.resume()
      webSocket.close(normalClosure)
      const timer = setTimeout(() => webSocket.terminate(), closeGrace)
      webSocket.once('close', () => clearTimeout(timer))
    },
  }
}

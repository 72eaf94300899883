import { Duplex } from 'node:stream'
import { createSlowReading } from '../streaming/slow-reading.ts'
import {
  createFrameReader,
  dataHead,
  type Frame,
  goAwayFrame,
  maxDataBytes,
  pingFrame,
  resetStatus,
  rstStreamFrame,
  synReplyFrame,
} from './frames.ts'
import { createHeaderDecoder, createHeaderEncoder, type Headers } from './header-block.ts'

/** One of the streams of a connection, as its client has opened it. Destroyed before both sides have ended, it is reset. */
export interface SpdyStream extends Duplex {
  readonly id: number
  readonly headers: Headers
}

export interface SpdyConnection {
  /** Says good-bye, and ends the connection once all has been written. */
  close(): void
  /** Once the client has gone, or has sent what is not SPDY. */
  readonly closed: Promise<void>
}

/** What a stream holds whose reader is slow, before nothing more is read from the connection. */
const maxWaiting = 4 * 1024 * 1024
/** Pings of a server have even numbers, and are not to be answered when they come back. */
const ownPing = 2
const isOwnPing = (id: number) => id % 2 === 0
/** Between our good-bye and the end of a connection whose client does not end it. */
const closeGrace = 1000

/**
 * The server's side of SPDY/3.1. As its users in Kubernetes, it knows no flow control and opens no streams itself.
 * @param transport bytes of one client
 * @param onStream told of each new stream
 */
export function createSpdyConnection(transport: Duplex, onStream: (stream: SpdyStream) => void): SpdyConnection {
  const streams = new Map<number, Stream>()
  const readFrames = createFrameReader()
  const decoder = createHeaderDecoder()
  const encode = createHeaderEncoder()
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  let lastStream = 0
  let isClosing = false
  let working: Promise<void> = Promise.resolve()
  const hooks: StreamHooks = {
    write(id, chunk, fin, done) {
      if (!transport.writable) return done(new Error('the connection is closed'))
      let at = 0
      for (; chunk.length - at > maxDataBytes; at += maxDataBytes) sendData(id, chunk.subarray(at, at + maxDataBytes), false)
      sendData(id, chunk.subarray(at), fin, done)
    },
    reset: (id) => void (transport.writable && transport.write(rstStreamFrame(id, resetStatus.cancel))),
    forget: (id) => void streams.delete(id),
    drained: () => {
      if (![...streams.values()].some(({ readableLength }) => readableLength > maxWaiting)) reading.resume()
    },
  }
  const reading = createSlowReading({
    pause: () => transport.pause(),
    resume: () => transport.resume(),
    ask: () => void (transport.writable && transport.writableLength === 0 && transport.write(pingFrame(ownPing))),
  })
  const sendData = (id: number, bytes: Buffer, fin: boolean, done?: (error?: Error | null) => void) => {
    transport.cork()
    transport.write(dataHead(id, bytes.length, fin))
    transport.write(bytes, done)
    transport.uncork()
  }
  const open = async ({ stream: id, fin, headers: block }: Extract<Frame, { type: 'syn-stream' }>) => {
    const headers = await decoder.decode(block)
    if (id <= lastStream || id % 2 === 0) return void transport.write(rstStreamFrame(id, resetStatus.protocolError))
    lastStream = id
    const stream = new Stream(id, headers, hooks)
    streams.set(id, stream)
    transport.write(synReplyFrame(id, encode({})))
    onStream(stream)
    if (fin) stream.receive(undefined)
  }
  const receive = (id: number, bytes: Buffer | undefined, fin: boolean) => {
    const stream = streams.get(id)
    if (stream === undefined) return
    if (bytes !== undefined && bytes.length > 0) stream.receive(bytes)
    if (fin) stream.receive(undefined)
    if (stream.readableLength > maxWaiting) reading.pause()
  }
  const take = async (frame: Frame): Promise<void> => {
    if (frame.type === 'data') return receive(frame.stream, frame.bytes, frame.fin)
    if (frame.type === 'syn-stream') return open(frame)
    if (frame.type === 'ping') return void (isOwnPing(frame.id) || transport.write(pingFrame(frame.id)))
    if (frame.type === 'rst-stream') return streams.get(frame.stream)?.abort()
    if (frame.type !== 'syn-reply' && frame.type !== 'headers') return
    // Read for the sake of the blocks that follow.
    await decoder.decode(frame.headers)
    receive(frame.stream, undefined, frame.fin)
  }
  const takeAll = async (frames: Frame[]) => {
    for (const frame of frames) await take(frame)
  }
  const end = () => {
    reading.resume()
    for (const stream of streams.values()) stream.abort()
    decoder.close()
    transport.destroy()
    resolve()
  }
  transport.on('data', (chunk: Buffer) => {
    working = working.then(() => takeAll(readFrames(chunk))).catch(end)
  })
  transport.once('end', () => void working.then(end))
  transport.once('close', () => void working.then(end))
  transport.on('error', () => {})
  return {
    closed,
    close() {
      if (isClosing || !transport.writable) return
      isClosing = true
      transport.end(goAwayFrame(lastStream))
      const timer = setTimeout(() => transport.destroy(), closeGrace)
      transport.once('close', () => clearTimeout(timer))
    },
  }
}

interface StreamHooks {
  write(id: number, chunk: Buffer, fin: boolean, done: (error?: Error | null) => void): void
  reset(id: number): void
  forget(id: number): void
  drained(): void
}

class Stream extends Duplex implements SpdyStream {
  readonly headers: Headers
  readonly id: number
  readonly #hooks: StreamHooks
  #isReset = false

  constructor(id: number, headers: Headers, hooks: StreamHooks) {
    super({ allowHalfOpen: true, emitClose: true })
    this.id = id
    this.headers = headers
    this.#hooks = hooks
    this.on('error', () => {})
  }

  /** Bytes of the client, or its end. */
  receive(bytes: Buffer | undefined): void {
    if (!this.destroyed) this.push(bytes ?? null)
  }

  /** The client has reset it, or has gone. */
  abort(): void {
    this.#isReset = true
    this.destroy()
  }

  override _read(): void {
    this.#hooks.drained()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#hooks.write(this.id, chunk, false, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#hooks.write(this.id, Buffer.alloc(0), true, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const isComplete = this.writableFinished && this.readableEnded
    if (!this.#isReset && !isComplete) this.#hooks.reset(this.id)
    this.#hooks.forget(this.id)
    done(error)
  }
}

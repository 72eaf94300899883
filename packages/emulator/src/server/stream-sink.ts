import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { ResponseSink } from '../endpoints/http.ts'
import { breakOff } from './break-off.ts'

/** Sends the head of an answer in HTTP/1 that goes on; gives where its body goes. */
export function openStream(res: ServerResponse): ResponseSink {
  // Clients wait for the head before they wait for events.
  res.flushHeaders()
  const { socket } = res
  return socket === null || !res.chunkedEncoding ? plainSink(res) : chunkedSink(res, socket)
}

/** Where the body of an answer goes whose head has been sent. */
export function openHttp2Stream(stream: ServerHttp2Stream): ResponseSink {
  return {
    write: (chunk) => (stream.writable ? stream.write(chunk) : true),
    together: (writes) => corked(stream, writes),
    end: () => void stream.end(),
    reset: () => breakOff(stream.session?.socket, () => stream.session?.destroy()),
    get closed() {
      return !stream.writable
    },
    onClose: (listener) => void stream.once('close', listener),
    onDrain: (listener) => void stream.on('drain', listener),
  }
}

/** Frames chunks itself and gives them to the connection: a chunk that many streams share is framed once. */
function chunkedSink(res: ServerResponse, socket: Socket): ResponseSink {
  return {
    write: (chunk) => (res.writableEnded || !socket.writable ? true : socket.write(frameOf(chunk))),
    together: (writes) => corked(socket, writes),
    end: () => void res.end(),
    reset: () => breakOff(res.socket),
    get closed() {
      return res.writableEnded || !socket.writable
    },
    onClose: (listener) => void res.once('close', listener),
    onDrain(listener) {
      socket.on('drain', listener)
      // The connection outlives the stream.
      res.once('close', () => socket.off('drain', listener))
    },
  }
}

/** Sends what is written meanwhile in one piece. */
export function corked(stream: Writable | ServerResponse, writes: () => void): void {
  stream.cork()
  try {
    writes()
  } finally {
    stream.uncork()
  }
}

const frames = new WeakMap<Uint8Array, Buffer>()

function frameOf(chunk: Uint8Array | string): Buffer {
  if (typeof chunk === 'string') return newFrame(Buffer.from(chunk))
  let frame = frames.get(chunk)
  if (frame === undefined) {
    frame = newFrame(chunk)
    frames.set(chunk, frame)
  }
  return frame
}

const newFrame = (bytes: Uint8Array) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

function plainSink(res: ServerResponse): ResponseSink {
  return {
    write: (chunk) => (res.writableEnded || res.destroyed ? true : res.write(chunk)),
    together: (writes) => corked(res, writes),
    end: () => void res.end(),
    reset: () => breakOff(res.socket),
    get closed() {
      return res.writableEnded || res.destroyed
    },
    onClose: (listener) => void res.once('close', listener),
    onDrain: (listener) => void res.on('drain', listener),
  }
}

// Frames of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00, section 2.2), as far as Kubernetes clients send them.

const frameType = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 }

const FLAG_FIN = 0x01
const version = 3
const controlBit = 0x8000
const headBytes = 8
const maxLength = 0xff_ffff

export const resetStatus = { protocolError: 1, refusedStream: 3, cancel: 5 }

export type Frame =
  | { type: 'data'; stream: number; fin: boolean; bytes: Buffer }
  | { type: 'syn-stream'; stream: number; fin: boolean; headers: Buffer }
  | { type: 'syn-reply' | 'headers'; stream: number; fin: boolean; headers: Buffer }
  | { type: 'rst-stream'; stream: number }
  | { type: 'ping'; id: number }
  | { type: 'go-away' }
  /** Settings, and window updates: nobody who speaks to us controls the flow of a stream. */
  | { type: 'ignored' }

export class SpdyError extends Error {}

/** Takes frames out of bytes as these come. */
export function createFrameReader(): (chunk: Buffer) => Frame[] {
  let parts: Buffer[] = []
  let held = 0
  let wanted = headBytes
  return (chunk) => {
    parts.push(chunk)
    held += chunk.length
    if (held < wanted) return []
    let rest = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    const frames: Frame[] = []
    for (;;) {
      wanted = rest.length < headBytes ? headBytes : headBytes + (rest.readUInt32BE(4) & maxLength)
      if (rest.length < wanted) break
      frames.push(parseFrame(rest.subarray(0, headBytes), rest.subarray(headBytes, wanted)))
      rest = rest.subarray(wanted)
    }
    parts = rest.length === 0 ? [] : [rest]
    held = rest.length
    return frames
  }
}

/** @throws SpdyError for what is no frame of this version */
function parseFrame(head: Buffer, body: Buffer): Frame {
  const fin = (head[4]! & FLAG_FIN) !== 0
  const first = head.readUInt16BE(0)
  if ((first & controlBit) === 0) return { type: 'data', stream: head.readUInt32BE(0), fin, bytes: body }
  if ((first & ~controlBit) !== version) throw new SpdyError(`version ${first & ~controlBit} of SPDY`)
  const type = head.readUInt16BE(2)
  const needs = (bytes: number) => {
    if (body.length < bytes) throw new SpdyError(`frame of type ${type} with ${body.length} bytes`)
  }
  switch (type) {
    case frameType.synStream:
      needs(10)
      return { type: 'syn-stream', stream: body.readUInt32BE(0) & 0x7fff_ffff, fin, headers: body.subarray(10) }
    case frameType.synReply:
    case frameType.headers:
      needs(4)
      return {
        type: type === frameType.headers ? 'headers' : 'syn-reply',
        stream: body.readUInt32BE(0) & 0x7fff_ffff,
        fin,
        headers: body.subarray(4),
      }
    case frameType.rstStream:
      needs(8)
      return { type: 'rst-stream', stream: body.readUInt32BE(0) & 0x7fff_ffff }
    case frameType.ping:
      needs(4)
      return { type: 'ping', id: body.readUInt32BE(0) }
    case frameType.goAway:
      return { type: 'go-away' }
    case frameType.settings:
    case frameType.windowUpdate:
      return { type: 'ignored' }
    default:
      throw new SpdyError(`unknown frame of type ${type}`)
  }
}

/** The head of a data frame, which its bytes follow. */
export function dataHead(stream: number, length: number, fin: boolean): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(stream, 0)
  head.writeUInt32BE(((fin ? FLAG_FIN : 0) * 0x100_0000 + length) >>> 0, 4)
  return head
}

/** What one data frame may hold. */
export const maxDataBytes = maxLength

function controlFrame(type: number, fin: boolean, ...body: Buffer[]): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt16BE(controlBit | version, 0)
  head.writeUInt16BE(type, 2)
  const length = body.reduce((sum, part) => sum + part.length, 0)
  head.writeUInt32BE(((fin ? FLAG_FIN : 0) * 0x100_0000 + length) >>> 0, 4)
  return Buffer.concat([head, ...body])
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

export const synStreamFrame = (stream: number, fin: boolean, headers: Buffer) =>
  controlFrame(frameType.synStream, fin, numbers(stream, 0), Buffer.alloc(2), headers)
export const synReplyFrame = (stream: number, headers: Buffer) => controlFrame(frameType.synReply, false, numbers(stream), headers)
export const rstStreamFrame = (stream: number, status: number) => controlFrame(frameType.rstStream, false, numbers(stream, status))
export const pingFrame = (id: number) => controlFrame(frameType.ping, false, numbers(id))
export const goAwayFrame = (lastStream: number) => controlFrame(frameType.goAway, false, numbers(lastStream, 0))

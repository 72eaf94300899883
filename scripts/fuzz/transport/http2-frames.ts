// Frames of HTTP/2 (RFC 9113, section 4), right and wrong; and headers without compression (RFC 7541, section 6.2.3).

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
}
export const frameFlags = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32 }

export interface RawFrame {
  type: number
  flags: number
  stream: number
  payload: Uint8Array
  /** What its head says, if that is not what it has. */
  length?: number | undefined
}

export function frameBytes({ type, flags, stream, payload, length = payload.length }: RawFrame): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(length & 0xff_ffff, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream >>> 0, 5)
  return Buffer.concat([head, payload])
}

/** Literals that are not indexed. Characters are bytes. */
export function headerBlock(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]))
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([prefixed(bytes.length), bytes])
}

/** A whole number behind a prefix of seven bits. */
function prefixed(value: number): Buffer {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  let rest = value - 127
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

export const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return bytes
}

/** A setting and its value. */
export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUInt16BE(id, 0)
  bytes.writeUInt32BE(value >>> 0, 2)
  return bytes
}

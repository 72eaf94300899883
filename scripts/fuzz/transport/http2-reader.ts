import { Violation } from '../area.ts'
import { frameTypes } from './http2-frames.ts'

/** Looks at what a server says in HTTP/2: whole frames of known types, and none of what nobody may read. */
export interface Http2Reader {
  /** Streams that were answered or reset. */
  readonly finished: ReadonlySet<number>
  /** Bytes of bodies, of all streams together. */
  readonly text: string
  /** Acknowledged pings and settings. */
  readonly acknowledged: number
  /** @throws Violation */
  take(chunk: Buffer): void
}

const maxFrame = 1 << 14

export function createHttp2Reader(): Http2Reader {
  let rest: Buffer = Buffer.alloc(0)
  let text = ''
  let acknowledged = 0
  const finished = new Set<number>()
  const takeFrame = (type: number, flags: number, stream: number, payload: Buffer) => {
    if (type > frameTypes.continuation) throw new Violation(`the server sends a frame of type ${type}`)
    const ends = (type === frameTypes.data || type === frameTypes.headers) && (flags & 1) === 1
    if (ends || type === frameTypes.rstStream) finished.add(stream)
    if (type === frameTypes.data) text = (text + payload.toString('latin1')).slice(-100_000)
    if ((type === frameTypes.ping || type === frameTypes.settings) && flags === 1) acknowledged++
  }
  return {
    finished,
    get text() {
      return text
    },
    get acknowledged() {
      return acknowledged
    },
    take(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= 9) {
        const length = rest.readUIntBE(0, 3)
        if (length > maxFrame) throw new Violation(`the server sends a frame of ${length} bytes`)
        if (rest.length < 9 + length) return
        takeFrame(rest[3]!, rest[4]!, rest.readUInt32BE(5) & 0x7fff_ffff, rest.subarray(9, 9 + length))
        rest = rest.subarray(9 + length)
      }
    },
  }
}

import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { dataHead, goAwayFrame, pingFrame, rstStreamFrame, synStreamFrame } from '../../../packages/emulator/src/server/spdy/frames.ts'
import { createHeaderEncoder, headerDictionary } from '../../../packages/emulator/src/server/spdy/header-block.ts'
import { spdyFrame, webSocketFrame } from '../transport/upgrades.ts'

/** A client's side of a session: how it begins, what is sent then, and how it ends. */
export interface Session {
  path: string
  headers: string[]
  /** Streams that are opened as they should be, for SPDY. */
  opens: { type: string; port?: string }[]
  parts: Uint8Array[]
  /** What is done then, or after so many milliseconds, however far it has come; `linger`: nothing, until nothing more is heard. */
  end: 'half-close' | 'reset' | 'end' | 'linger'
  goesAfter?: number | undefined
}

const bomb = deflateSync(Buffer.alloc(20_000_000), { dictionary: headerDictionary })

/** What a SPDY client may send to streams that are open, and to those that are not. */
const spdyPart = fc.oneof(
  { weight: 3, arbitrary: spdyFrame },
  {
    weight: 4,
    arbitrary: fc
      .record({ stream: fc.constantFrom(1, 3, 5, 7, 9, 2, 0, 0x7fff_ffff), bytes: fc.uint8Array({ maxLength: 200 }), fin: fc.boolean() })
      .map(({ stream, bytes, fin }) => Buffer.concat([dataHead(stream, bytes.length, fin), bytes])),
  },
  { weight: 1, arbitrary: fc.nat(9).map((stream) => rstStreamFrame(stream, 5)) },
  { weight: 1, arbitrary: fc.nat(9).map((id) => pingFrame(id)) },
  { weight: 1, arbitrary: fc.constantFrom(goAwayFrame(0), synStreamFrame(11, false, bomb), synStreamFrame(3, false, Buffer.alloc(0))) },
  { weight: 1, arbitrary: fc.constant(Buffer.concat(Array.from({ length: 2000 }, (_, index) => pingFrame(index)))) },
  { weight: 1, arbitrary: fc.constant(Buffer.concat([dataHead(3, 1 << 20, false), Buffer.alloc(1 << 20, 'x')])) },
)

/** Messages to a channel, whole and masked: input, sizes of a terminal that are none, ends of channels. */
const channelPart = fc
  .record({
    channel: fc.constantFrom(0, 0, 1, 3, 4, 4, 5, 48, 52, 255),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      fc
        .constantFrom('{"Width":80,"Height":24}', '{"Width":1e99}', '{"Width":-1,"Height":70000}', '}{'.repeat(50), '[[[')
        .map((text) => Buffer.from(text)),
    ),
    fin: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ channel, bytes, fin }) => {
    const length = Math.min(bytes.length + 1, 125)
    return Buffer.concat([Buffer.from([fin === 0 ? 0x02 : 0x82, 0x80 | length, 0, 0, 0, 0, channel]), bytes.subarray(0, length - 1)])
  })

const commands = [
  'command=tee&stdin=1&stdout=1',
  'command=tee&stdin=1&stdout=1&tty=1',
  'command=yes&stdout=1&stderr=1',
  'command=sleep&command=1&stdout=1',
  'command=sleep&command=1000&stdin=1&stdout=1&tty=1',
  'command=nothing-like-it&stdout=1',
]
const end = fc.constantFrom<Session['end'][]>('half-close', 'reset', 'end', 'linger')
const goesAfter = fc.option(fc.nat(100), { nil: undefined })
/** What asks for a WebSocket, but for its protocol. */
export const webSocket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
]

const kinds = (port: number) => [...commands.map((each) => `exec?${each}`), 'attach?stdout=1&stderr=1', `portforward?ports=${port}`]

const overWebSocket = (port: number): fc.Arbitrary<Session> =>
  fc.record({
    path: fc.constantFrom(...kinds(port)),
    headers: fc
      .constantFrom('v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'SPDY/3.1+portforward.k8s.io')
      .map((protocol) => [...webSocket, `Sec-WebSocket-Protocol: ${protocol}`]),
    opens: fc.constant([]),
    parts: fc.array(
      fc.oneof({ weight: 3, arbitrary: channelPart }, { weight: 1, arbitrary: webSocketFrame }, { weight: 1, arbitrary: spdyPart }),
      { maxLength: 10 },
    ),
    end,
    goesAfter,
  })

const overSpdy = (port: number): fc.Arbitrary<Session> =>
  fc.record({
    path: fc.constantFrom(...kinds(port)),
    headers: fc
      .constantFrom('v4.channel.k8s.io', 'v2.channel.k8s.io', 'portforward.k8s.io')
      .map((protocol) => ['Connection: Upgrade', 'Upgrade: SPDY/3.1', `X-Stream-Protocol-Version: ${protocol}`]),
    opens: fc.oneof(
      fc.constant(['error', 'stdin', 'stdout', 'stderr', 'resize'].map((type) => ({ type }))),
      fc.constant(['error', 'data', 'error', 'data'].map((type) => ({ type, port: String(port) }))),
      fc.array(
        fc.record({ type: fc.constantFrom('error', 'stdin', 'stdout', 'data', ''), port: fc.constantFrom(String(port), '0', 'x') }),
        { maxLength: 5 },
      ),
    ),
    parts: fc.array(spdyPart, { maxLength: 10 }),
    end,
    goesAfter,
  })

export const sessions = (port: number): fc.Arbitrary<Session> => fc.oneof(overWebSocket(port), overSpdy(port))

/** All that is sent behind the handshake. */
export function bytesOf({ opens, parts }: Session): Buffer {
  const encode = createHeaderEncoder()
  const opened = opens.map(({ type, port }, index) =>
    synStreamFrame(2 * index + 1, false, encode({ streamtype: type, ...(port === undefined ? {} : { port }) })),
  )
  return Buffer.concat([...opened, ...parts])
}

import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { marker } from '../answers.ts'
import { type Area, promise } from '../area.ts'
import { guarded, playground, type Target } from '../target.ts'
import { openSocket } from './client.ts'

/** A request to go on as something else, and what comes behind it, whether it was granted or not. */
interface UpgradeAttempt {
  path: string
  as: 'admin' | 'pod' | 'anonymous'
  headers: readonly string[]
  frames: readonly Uint8Array[]
  /** Whether the first bytes come with the request, before its answer. */
  early: boolean
}

const path = fc.constantFrom(
  `/api/v1/namespaces/${playground}/configmaps?watch=1&timeoutSeconds=1`,
  `/api/v1/namespaces/${playground}/configmaps?watch=1`,
  `/api/v1/namespaces/${guarded}/secrets?watch=1`,
  `/api/v1/namespaces/${playground}/configmaps`,
  `/api/v1/namespaces/${playground}/pods/x/exec?command=a&stdout=1`,
  `/api/v1/namespaces/${playground}/pods/x/portforward?ports=1`,
  `/api/v1/namespaces/${playground}/pods/x/attach`,
  `/api/v1/namespaces/${playground}/services/x/proxy/`,
  '/version',
)
const shakes = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Origin: http://x',
]
const headers = fc.oneof(
  { weight: 5, arbitrary: fc.constant(shakes) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.subarray(shakes),
        fc.array(
          fc.constantFrom(
            'Sec-WebSocket-Protocol: v4.channel.k8s.io',
            'Sec-WebSocket-Protocol: a, b',
            'Sec-WebSocket-Protocol: ,',
            'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99',
            'Sec-WebSocket-Key: x',
            'Sec-WebSocket-Version: 99',
            'Upgrade: h2c',
            'Origin: \xff',
            'Content-Length: 5',
            'Transfer-Encoding: chunked',
          ),
          { maxLength: 3 },
        ),
      )
      .map((all) => all.flat()),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: v4.channel.k8s.io'],
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1'],
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
    ),
  },
)

/** A frame of a WebSocket (RFC 6455, section 5.2): any bits, masked or not, as long as it says or not. */
export const webSocketFrame = fc
  .record({
    first: fc.nat(255),
    opcode: fc.constantFrom(0, 1, 2, 3, 8, 9, 10, 15),
    odd: fc.boolean(),
    masked: fc.boolean(),
    data: fc.uint8Array({ maxLength: 130 }),
    claims: fc.constantFrom<(number | undefined)[]>(undefined, undefined, undefined, undefined, 0, 125, 70_000, 2 ** 31, 2 ** 53),
  })
  .map(({ first, opcode, odd, masked, data, claims }) => {
    const length = claims ?? data.length
    const head = [odd ? first : 0x80 | opcode]
    const mask = masked ? 0x80 : 0
    if (length < 126) head.push(mask | length)
    else if (length < 65_536) head.push(mask | 126, length >> 8, length & 255)
    else head.push(mask | 127, ...bigEndian(BigInt(length)))
    return Buffer.concat([Buffer.from(head), masked ? Buffer.alloc(4) : Buffer.alloc(0), data])
  })

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

export const spdyFrame = fc
  .record({
    version: fc.constantFrom(3, 3, 3, 2, 0x7fff),
    type: fc.nat(10),
    flags: fc.nat(3),
    claims: fc.constantFrom<(number | undefined)[]>(undefined, undefined, undefined, 0, 0xff_ffff),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.concat([Buffer.alloc(10, 1), deflateSync(bytes)])),
    ),
    control: fc.boolean(),
  })
  .map(({ version, type, flags, claims, body, control }) => {
    const head = Buffer.alloc(8)
    if (control) head.writeUInt32BE((((0x8000 | version) << 16) | type) >>> 0, 0)
    else head.writeUInt32BE(type, 0)
    head.writeUInt32BE(((flags << 24) | (claims ?? body.length)) >>> 0, 4)
    return Buffer.concat([head, body])
  })

/** Connections that go on as a WebSocket, as SPDY, or as nothing that anybody knows. */
export const upgrades: Area<UpgradeAttempt> = {
  inputs: () =>
    fc.record({
      path,
      as: fc.constantFrom('admin' as const, 'admin' as const, 'pod' as const, 'anonymous' as const),
      headers,
      frames: fc.array(fc.oneof(webSocketFrame, webSocketFrame, spdyFrame, fc.uint8Array({ maxLength: 40 })), { maxLength: 6 }),
      early: fc.boolean(),
    }),
  async send(attempt, target) {
    const socket = await openSocket(target)
    try {
      const text = await converse(socket, attempt, target)
      promise(/^(HTTP\/1\.1 \d{3} |$)/.test(text), `no answer of HTTP: ${text.slice(0, 100)}`)
      const reads = text.includes(marker) || text.includes(Buffer.from(marker).toString('base64'))
      promise(attempt.as === 'admin' || !reads, 'somebody reads what is the administrator’s')
      return 1
    } finally {
      socket.destroy()
    }
  },
}

async function converse(
  socket: TLSSocket,
  { path: where, as, headers: lines, frames, early }: UpgradeAttempt,
  { tokens }: Target,
): Promise<string> {
  let text = ''
  const quiet = Promise.withResolvers<void>()
  const timer = setTimeout(quiet.resolve, 60)
  socket.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('latin1')).slice(0, 100_000)
    timer.refresh()
  })
  socket.once('close', quiet.resolve)
  const who = tokens[as] === undefined ? [] : [`Authorization: Bearer ${tokens[as]}`]
  const head = Buffer.from([`GET ${where} HTTP/1.1`, 'Host: x', ...who, ...lines, '', ''].join('\r\n'), 'latin1')
  const rest = Buffer.concat(frames)
  if (early) socket.write(Buffer.concat([head, rest]))
  else {
    socket.write(head)
    await Promise.race([once(socket, 'data'), quiet.promise])
    if (socket.writable) socket.write(rest)
  }
  await quiet.promise
  clearTimeout(timer)
  return text
}

import { connect as connectPlain, type Socket } from 'node:net'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { judge } from '../answers.ts'
import { type Area, promise } from '../area.ts'
import type { Target } from '../target.ts'
import { createResponseReader } from './response-reader.ts'
import { type Credentials, strangers } from './strangers.ts'

/** What comes before HTTP: bytes that are no TLS, or hands shaken oddly. */
type Handshake = { bytes: Uint8Array; afterwards: 'end' | 'destroy' | 'wait' } | HandshakeOptions

interface HandshakeOptions {
  servername: string
  alpn: readonly string[]
  version: 'TLSv1.2' | 'TLSv1.3'
  credentials: number
  renegotiate: boolean
}

/** A ClientHello of TLS 1.2 as a client would send it, for others to be made of. */
const hello = Buffer.from(
  '16030100a5010000a10303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7000006130113021303010000720000000e000c0000096c6f63616c686f7374000b000403000102000a00160014001d0017001e0019001801000101010201030104002300000016000000170000000d001e001c040305030603080708080809080a080b080408050806040105010601002b0003020304002d00020101',
  'hex',
)

const record = fc
  .record({
    type: fc.constantFrom(20, 21, 22, 23, 24, 0, 255),
    version: fc.constantFrom(0x0301, 0x0303, 0x0304, 0, 0xffff),
    body: fc.uint8Array({ maxLength: 60 }),
    claims: fc.constantFrom<(number | undefined)[]>(undefined, undefined, 0, 0x4000, 0xffff),
  })
  .map(({ type, version, body, claims }) => {
    const head = Buffer.alloc(5)
    head[0] = type
    head.writeUInt16BE(version, 1)
    head.writeUInt16BE(claims ?? body.length, 3)
    return Buffer.concat([head, body])
  })
const changedHello = fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
  const bytes = Buffer.from(hello)
  for (const [at, value] of changes) bytes[at] = value
  return bytes
})
const bytes = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(changedHello, fc.nat(2)).map(([one, times]) => Buffer.concat([one, ...Array.from({ length: times }, () => one)])),
  },
  { weight: 2, arbitrary: fc.tuple(changedHello, fc.nat(hello.length)).map(([one, length]) => one.subarray(0, length)) },
  { weight: 2, arbitrary: fc.array(record, { maxLength: 4 }).map((all) => Buffer.concat(all)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'SSH-2.0-x\r\n', '\x80\x2e\x01\0\x02', '')
      .map((text) => Buffer.from(text, 'latin1')),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }) },
)

/** @param credentials certificates that no server of ours has signed */
function createHandshakes(credentials: readonly (Credentials | undefined)[]): Area<Handshake> {
  return {
    inputs: () =>
      fc.oneof(
        { weight: 3, arbitrary: fc.record({ bytes, afterwards: fc.constantFrom('end' as const, 'destroy' as const, 'wait' as const) }) },
        {
          weight: 2,
          arbitrary: fc.record({
            servername: fc.constantFrom(
              '',
              'localhost',
              'kubernetes.default.svc',
              'x'.repeat(250),
              'a..b',
              '*.x',
              '__proto__',
              'xn--',
              '-',
              'EVIL.example',
            ),
            alpn: fc.constantFrom<(readonly string[])[]>(
              [],
              ['h2'],
              ['http/1.1'],
              ['http/1.0'],
              ['x', 'http/1.1'],
              ['spdy/3.1'],
              ['x'.repeat(255)],
            ),
            version: fc.constantFrom('TLSv1.2' as const, 'TLSv1.3' as const),
            credentials: fc.nat(credentials.length - 1),
            renegotiate: fc.boolean(),
          }),
        },
      ),
    async send(handshake, target) {
      if ('bytes' in handshake) await sendBytes(handshake, target)
      else await shake(handshake, credentials[handshake.credentials], target)
      return 1
    },
  }
}

/** What is TLS almost, and certificates that nobody trusts. */
export const handshakes = async (): Promise<Area<Handshake>> => createHandshakes([undefined, ...(await strangers())])

/** Until the server closes the connection, or nothing more comes. */
function sendBytes({ bytes: all, afterwards }: Exclude<Handshake, HandshakeOptions>, { host, port }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connectPlain({ host, port }, () => {
      if (afterwards === 'end') socket.end(all)
      else socket.write(all, () => afterwards === 'destroy' && socket.destroy())
    })
    const timer = setTimeout(() => socket.destroy(), 50)
    socket.on('data', () => timer.refresh())
    socket.on('error', (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED' && reject(error))
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const question = 'GET /api/v1/namespaces/guarded/secrets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** Asks as whoever the certificate says: it is never anybody. */
function shake(
  { servername, alpn, version, renegotiate }: HandshakeOptions,
  credentials: Credentials | undefined,
  { host, port, ca }: Target,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = createResponseReader()
    const checks = { ca, checkServerIdentity: () => undefined, minVersion: version, maxVersion: version } as const
    const options = { host, port, ...(servername === '' ? {} : { servername }), ALPNProtocols: [...alpn], ...checks, ...credentials }
    const socket = connect(options, () => {
      if (renegotiate && version === 'TLSv1.2') socket.renegotiate({}, () => {})
      socket.write(question)
    })
    const timer = setTimeout(() => socket.destroy(), 5000)
    socket.on('data', (chunk: Buffer) => {
      try {
        if (socket.alpnProtocol !== 'h2') reader.take(chunk)
        else socket.destroy()
      } catch (error) {
        reject(error)
      }
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      try {
        for (const answer of reader.answers) {
          judge(answer, 'anonymous')
          promise([400, 401, 403].includes(answer.status), `${answer.status} for a certificate that nobody trusts`)
        }
        resolve()
      } catch (error) {
        reject(error)
      }
    })
  })
}

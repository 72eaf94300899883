import type { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { marker } from '../answers.ts'
import { type Area, promise } from '../area.ts'
import { guarded, playground, type Target } from '../target.ts'
import { openSocket } from './client.ts'
import { frameBytes, frameFlags, frameTypes, headerBlock, numbers, preface, type RawFrame, setting } from './http2-frames.ts'
import { createHttp2Reader, type Http2Reader } from './http2-reader.ts'

/** Frames on one connection, by somebody who has no rights. */
interface Session {
  opening: 'right' | 'no settings' | 'no preface' | 'broken'
  frames: readonly RawFrame[]
  afterwards: 'ping' | 'end' | 'destroy'
}

type Header = readonly [name: string, value: string]

const path = fc.constantFrom(
  `/api/v1/namespaces/${guarded}/secrets`,
  `/api/v1/namespaces/${playground}/configmaps?watch=1`,
  '/version',
  '/',
  '',
  '*',
  'x',
  '/%',
  '/\xff',
  `/${'a'.repeat(3000)}`,
)
const method = fc.constantFrom('GET', 'GET', 'GET', 'POST', 'DELETE', 'PUT', 'HEAD', 'CONNECT', 'OPTIONS', '', 'G T', 'get', '\0')
const pseudo: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(fc.constant(':path'), path),
  fc.tuple(fc.constant(':method'), method),
  fc.tuple(
    fc.constantFrom(':scheme', ':authority', ':status', ':protocol', ':odd', ':', ''),
    fc.constantFrom('https', 'http', 'x', '', '200', 'websocket', '\0', 'a b'),
  ),
)
const ordinary: fc.Arbitrary<Header> = fc.tuple(
  fc.constantFrom(
    ...[
      'content-length',
      'transfer-encoding',
      'connection',
      'host',
      'te',
      'upgrade',
      'keep-alive',
      'proxy-connection',
      'Content-Type',
      'content-type',
      'ACCEPT',
      'accept',
      'expect',
    ],
    ...[
      'cookie',
      'x-odd',
      'x odd',
      'x\0',
      'x\xff',
      '__proto__',
      'constructor',
      'authorization',
      'impersonate-user',
      'audit-id',
      'accept-encoding',
      'sec-websocket-protocol',
    ],
  ),
  fc.constantFrom(
    '',
    '0',
    '5',
    '-1',
    '99999999999999999999',
    'chunked',
    'trailers',
    'close',
    'application/json',
    'gzip',
    '100-continue',
    'x',
    'a\rb',
    'a\nb',
    '\0',
    '\xff',
    ' x ',
    'y'.repeat(5000),
    'Bearer x',
  ),
)
const usual = (tokens: Target['tokens']): fc.Arbitrary<Header[]> =>
  fc
    .tuple(path, method, fc.boolean())
    .map(([where, how, known]) => [
      [':method', how],
      [':scheme', 'https'],
      [':path', where],
      [':authority', 'x'],
      ...(known ? ([['authorization', `Bearer ${tokens.pod}`]] as Header[]) : []),
    ])
/** Blocks of headers, in right order and wrong, and what is none. */
const block = (tokens: Target['tokens']) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(usual(tokens), fc.array(ordinary, { maxLength: 3 })).map(([first, more]) => headerBlock([...first, ...more])),
    },
    { weight: 2, arbitrary: fc.array(fc.oneof(pseudo, ordinary), { maxLength: 8 }).map(headerBlock) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(usual(tokens), fc.integer({ min: 1, max: 800 }))
        .map(([first, times]) => headerBlock([...first, ...Array.from({ length: times }, (): Header => ['x', 'y'])])),
    },
    // Indexes that are not there, sizes of the table, strings that are longer than the block, Huffman codes that are none.
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        Buffer.from('3fe1ffffff0f', 'hex'),
        Buffer.from('80', 'hex'),
        Buffer.from('ffffffffffffffffff7f', 'hex'),
        Buffer.from('0085ffffffffff', 'hex'),
        Buffer.from('828684be'.repeat(500), 'hex'),
      ),
    },
    // One entry of the table, again and again.
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 1, max: 8000 })
        .map((times) =>
          Buffer.concat([
            Buffer.from('828784', 'hex'),
            Buffer.from([0x40]),
            Buffer.from([1, 0x78, 127, 0x81, 0x1e]),
            Buffer.alloc(4000, 0x61),
            Buffer.alloc(times, 0xbe),
          ]),
        ),
    },
  )

const streamId = fc.constantFrom(1, 3, 5, 7, 9, 11, 0, 2, 4, 0x7fff_ffff, 0xffff_ffff, 1, 3, 5)
const flags = fc.constantFrom(0, 1, 4, 5, 8, 9, 12, 13, 32, 36, 37, 45, 0xff)
const bytes = fc.uint8Array({ maxLength: 24 })

function frame(tokens: Target['tokens']): fc.Arbitrary<RawFrame> {
  const of = (
    type: number,
    payload: fc.Arbitrary<Uint8Array>,
    flag: fc.Arbitrary<number> = flags,
    stream: fc.Arbitrary<number> = streamId,
  ) => fc.record({ type: fc.constant(type), flags: flag, stream, payload })
  const zero = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: streamId })
  const large = fc.constantFrom(0, 1, 2, 16_384, 16_777_215, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 65_535)
  return fc.oneof(
    { weight: 8, arbitrary: of(frameTypes.headers, block(tokens), fc.constantFrom(5, 5, 5, 4, 4, 1, 0, 36, 13)) },
    { weight: 3, arbitrary: of(frameTypes.data, bytes) },
    {
      weight: 1,
      arbitrary: of(
        frameTypes.priority,
        fc.tuple(large, fc.nat(255)).map(([on, weight]) => Buffer.concat([numbers(on), Buffer.from([weight])])),
      ),
    },
    {
      weight: 3,
      arbitrary: of(
        frameTypes.rstStream,
        large.map((code) => numbers(code)),
      ),
    },
    {
      weight: 2,
      arbitrary: of(
        frameTypes.settings,
        fc.array(fc.tuple(fc.nat(10), large), { maxLength: 6 }).map((all) => Buffer.concat(all.map(([id, value]) => setting(id, value)))),
        fc.constantFrom(0, 0, 1),
        zero,
      ),
    },
    { weight: 1, arbitrary: of(frameTypes.pushPromise, block(tokens)) },
    {
      weight: 2,
      arbitrary: of(frameTypes.ping, fc.constantFrom(Buffer.alloc(8), Buffer.alloc(7), Buffer.alloc(0)), fc.constantFrom(0, 1, 0xff), zero),
    },
    {
      weight: 1,
      arbitrary: of(
        frameTypes.goAway,
        fc.tuple(large, large).map((two) => numbers(...two)),
        flags,
        zero,
      ),
    },
    {
      weight: 3,
      arbitrary: of(
        frameTypes.windowUpdate,
        large.map((size) => numbers(size)),
      ),
    },
    { weight: 2, arbitrary: of(frameTypes.continuation, block(tokens)) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.nat(255),
        flags,
        stream: streamId,
        payload: bytes,
        length: fc.constantFrom(undefined, 0, 1, 16_384, 16_385, 0xff_ffff),
      }),
    },
  )
}

/** The same over and over: what is called rapid reset, and floods of settings, pings, priorities, empty data and continuations. */
function flood(tokens: Target['tokens']): fc.Arbitrary<readonly RawFrame[]> {
  const get = headerBlock([
    [':method', 'GET'],
    [':scheme', 'https'],
    [':path', '/version'],
    [':authority', 'x'],
    ['authorization', `Bearer ${tokens.pod}`],
  ])
  const empty = Buffer.alloc(0)
  const times = fc.integer({ min: 50, max: 1500 })
  const repeat = (make: (index: number) => RawFrame[]) =>
    times.map((count) => Array.from({ length: count }, (_, index) => make(index)).flat())
  const headers = (stream: number, flag: number): RawFrame => ({ type: frameTypes.headers, flags: flag, stream, payload: get })
  const open = frameFlags.endHeaders
  return fc.oneof(
    repeat((index) => [headers(2 * index + 1, 5), { type: frameTypes.rstStream, flags: 0, stream: 2 * index + 1, payload: numbers(8) }]),
    repeat((index) => [headers(2 * index + 1, 5)]),
    repeat((index) => [
      headers(2 * index + 1, open),
      { type: frameTypes.windowUpdate, flags: 0, stream: 2 * index + 1, payload: numbers(0) },
    ]),
    repeat((index) => [{ type: frameTypes.settings, flags: 0, stream: 0, payload: setting(4, index) }]),
    repeat(() => [{ type: frameTypes.ping, flags: 0, stream: 0, payload: Buffer.alloc(8) }]),
    repeat((index) => [
      { type: frameTypes.priority, flags: 0, stream: 2 * index + 1, payload: Buffer.concat([numbers(2 * index + 3), Buffer.from([1])]) },
    ]),
    repeat((index) => (index === 0 ? [headers(1, open)] : [{ type: frameTypes.data, flags: 0, stream: 1, payload: empty }])),
    repeat((index) =>
      index === 0
        ? [headers(1, 0)]
        : [
            {
              type: frameTypes.continuation,
              flags: 0,
              stream: 1,
              payload: index % 2 === 0 ? empty : headerBlock([['x', 'y'.repeat(2000)]]),
            },
          ],
    ),
    repeat(() => [{ type: frameTypes.windowUpdate, flags: 0, stream: 0, payload: numbers(0x7fff_ffff) }]),
  )
}

/** What is HTTP/2 almost. */
export const http2: Area<Session> = {
  inputs: ({ tokens }) =>
    fc.record({
      opening: fc.constantFrom(
        'right' as const,
        'right' as const,
        'right' as const,
        'right' as const,
        'no settings' as const,
        'no preface' as const,
        'broken' as const,
      ),
      frames: fc.oneof({ weight: 30, arbitrary: fc.array(frame(tokens), { maxLength: 12 }) }, { weight: 1, arbitrary: flood(tokens) }),
      afterwards: fc.constantFrom('ping' as const, 'ping' as const, 'end' as const, 'destroy' as const),
    }),
  async send(session, target) {
    const socket = await openSocket(target, 'h2')
    try {
      const reader = createHttp2Reader()
      await converse(socket, bytesOf(session), session.afterwards, reader)
      promise(
        !reader.text.includes(marker) && !reader.text.includes(Buffer.from(marker).toString('base64')),
        'somebody reads what is the administrator’s',
      )
      return Math.max(1, session.frames.filter(({ type }) => type === frameTypes.headers).length)
    } finally {
      socket.destroy()
    }
  },
}

function bytesOf({ opening, frames, afterwards }: Session): Buffer {
  const settings = frameBytes({ type: frameTypes.settings, flags: 0, stream: 0, payload: setting(4, 100_000) })
  const start = { right: [preface, settings], 'no settings': [preface], 'no preface': [settings], broken: [preface.subarray(0, 20)] }[
    opening
  ]
  const last = afterwards === 'ping' ? [frameBytes({ type: frameTypes.ping, flags: 0, stream: 0, payload: Buffer.from('the last') })] : []
  return Buffer.concat([...start, ...frames.map(frameBytes), ...last])
}

/** Until the server closes the connection, or has taken all that was sent, or says nothing more. */
function converse(socket: TLSSocket, all: Buffer, afterwards: Session['afterwards'], reader: Http2Reader): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, 100)
    socket.once('close', () => resolve())
    socket.on('data', (chunk: Buffer) => {
      timer.refresh()
      try {
        reader.take(chunk)
      } catch (error) {
        reject(error)
      }
    })
    if (afterwards === 'end') socket.end(all)
    else socket.write(all, () => afterwards === 'destroy' && socket.destroy())
  })
}

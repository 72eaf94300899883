import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { judge } from '../answers.ts'
import type { Area } from '../area.ts'
import { corpusFile, fillIn, type HostileCase } from '../corpus.ts'
import { guarded, playground, type Target } from '../target.ts'
import { exchangeRaw } from './raw-exchange.ts'

/** Bytes for one connection, by somebody who has no rights. */
interface Conversation {
  bytes: Buffer
  afterwards: 'half-close' | 'destroy' | undefined
}

const line = fc.constantFrom(
  ...[
    `GET /api/v1/namespaces/${guarded}/secrets HTTP/1.1`,
    `GET /api/v1/namespaces/${playground}/configmaps HTTP/1.1`,
    'GET /version HTTP/1.1',
  ],
  ...[
    `POST /api/v1/namespaces/${guarded}/configmaps HTTP/1.1`,
    `DELETE /api/v1/namespaces/${guarded}/configmaps/config HTTP/1.1`,
    'OPTIONS * HTTP/1.1',
  ],
  ...[
    'POST /apis/authentication.k8s.io/v1/selfsubjectreviews HTTP/1.1',
    'CONNECT x:443 HTTP/1.1',
    'PRI * HTTP/2.0',
    'GET / HTTP/1.0',
    'GET /',
  ],
  ...[
    'GET http://x/version HTTP/1.1',
    'TRACE / HTTP/1.1',
    'get / HTTP/1.1',
    'GET / HTTP/9.9',
    'GET  /  HTTP/1.1',
    '',
    ' ',
    '\0',
    'GET /\xff HTTP/1.1',
    '\x16\x03\x01',
  ],
)
const oddValue = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\x01',
    '\xff',
    'a\rb',
    'a\nb',
    ',',
    ';',
    '"',
    '0',
    '-1',
    '+1',
    '1e9',
    '0x5',
    '99999999999999999999',
    'chunked',
    'identity',
    'close',
    'keep-alive',
  ),
  fc.constantFrom(
    'upgrade',
    'websocket',
    'h2c',
    'SPDY/3.1',
    '100-continue',
    'gzip, chunked',
    'chunked, identity',
    'application/json',
    '13',
    'dGhlIHNhbXBsZSBub25jZQ==',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 30 }),
  fc.integer({ min: 1, max: 3000 }).map((length) => 'v'.repeat(length)),
)
const name = fc.constantFrom(
  ...[
    'Content-Length',
    'Transfer-Encoding',
    'Content-Length ',
    'Transfer-Encoding\t',
    'transfer-encoding',
    'Connection',
    'Upgrade',
    'Expect',
    'Host',
    'TE',
    'Trailer',
  ],
  ...[
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Protocol',
    'Origin',
    'HTTP2-Settings',
    'Content-Type',
    'Accept',
    'X-Odd',
    '__proto__',
    'constructor',
  ],
  ...[
    '',
    ' ',
    'a b',
    'a\0b',
    '\xff',
    ':',
    '(',
    'Authorization',
    'Impersonate-User',
    'Impersonate-Extra-%zz',
    'Audit-Id',
    'Keep-Alive',
    'Cookie',
    'Date',
    'Via',
  ],
)
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n ', '')
const header = fc.tuple(name, fc.constantFrom(': ', ': ', ':', ' : ', ''), oddValue, lineEnd).map((parts) => parts.join(''))
const size = fc.constantFrom(
  '0',
  '1',
  '5',
  'a',
  'ff',
  'FFFFFFFF',
  'ffffffffffffffff',
  '-1',
  '+1',
  '0x1',
  ' 1',
  '1 ',
  '',
  'g',
  '5;x',
  '5;x="y',
  '00000000000000000005',
)
const body = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '{}',
    '0\r\n\r\n',
    '5\r\nhello\r\n0\r\n\r\n',
    '\r\n\r\n',
    '\x81\x85\0\0\0\0hello',
    '\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff',
    '\x80\x03\0\x01\0\0\0\0',
  ),
  fc
    .array(
      fc.tuple(size, fc.string({ maxLength: 6 })).map(([each, data]) => `${each}\r\n${data}\r\n`),
      { maxLength: 4 },
    )
    .map((parts) => parts.join('')),
)

/** Headers of which the first say who asks. */
const request = (tokens: Target['tokens']) =>
  fc
    .tuple(
      line,
      fc.constantFrom(`Authorization: Bearer ${tokens.pod}\r\n`, ''),
      fc.array(header, { maxLength: 6 }),
      fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', ''),
      body,
    )
    .map(([first, who, headers, end, data]) => `${first}\r\nHost: x\r\n${who}${headers.join('')}${end}${data}`)

/** A place in the bytes at which something is put in place of what is there. */
const mutation = fc.tuple(fc.nat(), fc.constantFrom(0, 0, 1, 1, 4, 50), fc.uint8Array({ maxLength: 4 }))

function mutate(text: string, mutations: readonly [number, number, Uint8Array][]): Buffer {
  let bytes = Buffer.from(text, 'latin1')
  for (const [at, removed, added] of mutations) {
    const start = at % (bytes.length + 1)
    bytes = Buffer.concat([bytes.subarray(0, start), added, bytes.subarray(start + removed)])
  }
  return bytes
}

/** An answer to HEAD has no body, and who reads answers here does not know which request they are for. */
const cases = (JSON.parse(readFileSync(corpusFile, 'utf8')) as HostileCase[]).filter(({ send }) => !send.startsWith('HEAD'))

/** What is HTTP/1.1 almost: requests one behind the other, changed byte by byte, cut off anywhere. */
export const http1: Area<Conversation> = {
  inputs: ({ tokens }) => {
    const kept = fc.constantFrom(...cases).map(({ send }) => fillIn(send, { admin: tokens.pod!, pod: tokens.pod! }))
    const text = fc.oneof(
      { weight: 4, arbitrary: fc.array(request(tokens), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')) },
      { weight: 2, arbitrary: kept },
    )
    const cut = fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.nat())
    return fc
      .record({
        text,
        mutations: fc.array(mutation, { maxLength: 3 }),
        cut,
        afterwards: fc.constantFrom('half-close' as const, 'half-close' as const, 'destroy' as const, undefined),
      })
      .map(({ text: whole, mutations, cut: at, afterwards }) => {
        const bytes = mutate(whole, mutations)
        return { bytes: at === undefined ? bytes : bytes.subarray(0, at % (bytes.length + 1)), afterwards }
      })
  },
  async send({ bytes, afterwards }, target) {
    const { answers } = await exchangeRaw(target, bytes, { silence: afterwards === undefined ? 50 : 3000, afterwards })
    for (const answer of answers) judge(answer, 'pod')
    return Math.max(1, answers.length)
  },
}

// What a real API server was seen to answer to requests that no client library sends.
import { connect } from 'node:tls'
import { type Emulator, startEmulator } from 'inpod'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())

interface Answer {
  status: string
  headers: Record<string, string>
  body: string
}

/** The first answer to bytes on a bare connection, once it is there in full or the connection ends. */
function send(...parts: string[]): Promise<Answer> {
  const { host, port, caCertificate: ca } = emulator
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ca, ALPNProtocols: ['http/1.1'] }, () => socket.write(parts.shift()!))
    onTestFinished(() => void socket.destroy())
    let text = ''
    const done = () => {
      const [head = '', body = ''] = splitOnce(text, '\r\n\r\n')
      const [status = '', ...lines] = head.split('\r\n')
      const headers = Object.fromEntries(lines.map((line) => splitOnce(line.toLowerCase(), ': ')))
      return { status, headers, body }
    }
    socket.on('data', (chunk) => {
      text += String(chunk)
      const answer = done()
      if (answer.status.includes(' 100 ')) {
        text = ''
        socket.write(parts.shift()!)
      } else if (answer.headers['content-length'] === String(Buffer.byteLength(answer.body))) resolve(answer)
    })
    socket.once('end', () => resolve(done()))
    socket.once('error', reject)
  })
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)]
}

const head = (line: string, ...headers: string[]) =>
  [line, 'Host: x', 'Connection: close', `Authorization: Bearer ${emulator.adminToken}`, ...headers, '', ''].join('\r\n')
const configMaps = '/api/v1/namespaces/default/configmaps'
const json = 'Content-Type: application/json'

test.each([
  ['HEAD /healthz', 'HTTP/1.1 200 OK'],
  ['POST /apis', 'HTTP/1.1 200 OK'],
  ['POST /apis/apps', 'HTTP/1.1 200 OK'],
  ['POST /apis/apiregistration.k8s.io', 'HTTP/1.1 405 Method Not Allowed'],
  ['POST /api', 'HTTP/1.1 405 Method Not Allowed'],
  ['OPTIONS /', 'HTTP/1.1 200 OK'],
  ['HEAD /version', 'HTTP/1.1 405 Method Not Allowed'],
  ['GET /version/', 'HTTP/1.1 200 OK'],
  ['GET /healthz/', 'HTTP/1.1 404 Not Found'],
  ['GET //api/v1/namespaces/default', 'HTTP/1.1 404 Not Found'],
  ['GET /api/v1/namespaces/default?', 'HTTP/1.1 200 OK'],
  ['GET /api/v1/namespaces/default/', 'HTTP/1.1 200 OK'],
  ['GET http://elsewhere/api/v1/namespaces/default', 'HTTP/1.1 200 OK'],
  ['GET /api/v1/namespaces?limit=1;x=2', 'HTTP/1.1 200 OK'],
  ['GET /api/v1/namespaces?limit=%zz', 'HTTP/1.1 200 OK'],
])('%s: %s', async (request, status) => {
  expect((await send(head(`${request} HTTP/1.1`))).status).toBe(status)
})

test('a mebibyte of headers is too much, and less is not', async () => {
  const { status } = await send(head('GET /version HTTP/1.1', `X-Long: ${'x'.repeat(900_000)}`))
  expect(status).toBe('HTTP/1.1 200 OK')
  const refused = await send(head('GET /version HTTP/1.1', `X-Long: ${'x'.repeat(1_100_000)}`))
  expect(refused).toMatchObject({ status: 'HTTP/1.1 431 Request Header Fields Too Large', body: '431 Request Header Fields Too Large' })
})

test('what is no HTTP is told so', async () => {
  expect(await send('GARBAGE\r\n\r\n')).toEqual({
    status: 'HTTP/1.1 400 Bad Request',
    headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close' },
    body: '400 Bad Request',
  })
})

test('a body that waits is asked for once it is wanted', async () => {
  const body = JSON.stringify({ metadata: { name: 'a' } })
  const headers = [json, 'Expect: 100-continue', `Content-Length: ${body.length}`]
  expect((await send(head(`POST ${configMaps}?dryRun=All HTTP/1.1`, ...headers), body)).status).toBe('HTTP/1.1 201 Created')
  const refused = await send(head('POST /nope HTTP/1.1', ...headers))
  expect(refused).toMatchObject({ status: 'HTTP/1.1 404 Not Found', headers: { connection: 'close' } })
  expect((await send(head(`POST ${configMaps} HTTP/1.1`, json, 'Expect: wonders', 'Content-Length: 2'))).status).toBe(
    'HTTP/1.1 417 Expectation Failed',
  )
})

test('a body may come in chunks', async () => {
  const body = '1c\r\n{"metadata":{"name":"chunks"\r\n2\r\n}}\r\n0\r\n\r\n'
  const { status } = await send(head(`POST ${configMaps}?dryRun=All HTTP/1.1`, json, 'Transfer-Encoding: chunked') + body)
  expect(status).toBe('HTTP/1.1 201 Created')
})

test('denials are not sniffed', async () => {
  const { headers } = await send('GET /api/v1/nodes HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(headers['x-content-type-options']).toBe('nosniff')
})

test('garbage does not displace or cut the answer to what came before it', async () => {
  const garbage = 'garbage\r\n\r\n'
  expect((await send(head('GET /version HTTP/1.1').replace('Connection: close\r\n', '') + garbage)).status).toBe('HTTP/1.1 200 OK')
  expect((await send(head('GET /version HTTP/1.1') + garbage)).status).toBe('HTTP/1.1 200 OK')
  const { body } = await send(head(`GET ${configMaps}?watch=1&timeoutSeconds=1 HTTP/1.1`) + garbage)
  expect(body).toContain('"type":"ADDED"')
  expect(body).not.toContain('Bad Request')
  expect(body).toMatch(/\r\n0\r\n\r\n$/)
})

test('headers that are named like what every object of JavaScript has are headers', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const headers = ['Impersonate-User: jane', ...names.map((name) => `${name}: x`)]
  expect((await send(head('GET /version HTTP/1.1', ...headers))).status).toBe('HTTP/1.1 200 OK')
})

test('one may impersonate a thousand groups', async () => {
  const groups = Array.from({ length: 1000 }, (_, index) => `Impersonate-Group: g${index}`)
  expect((await send(head('GET /version HTTP/1.1', 'Impersonate-User: jane', ...groups))).status).toBe('HTTP/1.1 200 OK')
})

test.each([
  ['..', "may not be '..'"],
  ['%2e', "may not be '.'"],
  ['a%25b', "may not contain '%'"],
])('%s is no name that anything could have', async (name, why) => {
  const { status, body } = await send(head(`GET ${configMaps}/${name} HTTP/1.1`))
  expect([status, JSON.parse(body).message]).toEqual([
    'HTTP/1.1 400 Bad Request',
    `Name parameter invalid: ${JSON.stringify(decodeURIComponent(name))}: ${why}`,
  ])
})

test('bytes that are no UTF-8 are a name that nothing has', async () => {
  expect((await send(head(`GET ${configMaps}/%c0%ae%ff HTTP/1.1`))).status).toBe('HTTP/1.1 404 Not Found')
})

test('a watch whose time is up before it begins ends at once, and nobody is warned', async () => {
  const warnings: string[] = []
  const listen = (warning: Error) => void warnings.push(warning.message)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  for (const seconds of ['-5', '-9223372036854775808']) {
    const { status } = await send(head(`GET ${configMaps}?watch=1&timeoutSeconds=${seconds} HTTP/1.1`))
    expect(status).toBe('HTTP/1.1 200 OK')
  }
  expect(warnings).toEqual([])
})

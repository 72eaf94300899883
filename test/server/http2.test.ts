// HTTP/2 as clients speak it, and as those do who mean harm.
import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type OutgoingHttpHeaders } from 'node:http2'
import { startEmulator } from 'inpod'
import { expect, test } from 'vitest'

interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
}

async function open() {
  const emulator = await startEmulator()
  const session = connect(emulator.url, { ca: emulator.caCertificate })
  session.on('error', () => {})
  await once(session, 'connect')
  const authorization = `Bearer ${emulator.adminToken}`
  return {
    emulator,
    session,
    send: (headers: OutgoingHttpHeaders, body?: string | Buffer) => answerOf(session.request({ authorization, ...headers }), body),
    start: (headers: OutgoingHttpHeaders) => session.request({ authorization, ...headers }),
    async [Symbol.asyncDispose]() {
      session.destroy()
      await emulator.close()
    },
  }
}

async function answerOf(stream: ClientHttp2Stream, body?: string | Buffer): Promise<Answer> {
  stream.setEncoding('utf8')
  const head = once(stream, 'response')
  stream.end(body)
  const [headers] = await head
  let text = ''
  for await (const chunk of stream) text += chunk
  return { status: headers[':status'], headers, text }
}

const isAlive = async (session: ClientHttp2Session) => (await answerOf(session.request({ ':path': '/readyz' }))).text

test('requests with and without bodies, and of the head alone', async () => {
  await using server = await open()
  const path = '/api/v1/namespaces/default/configmaps'
  const body = JSON.stringify({ metadata: { name: 'one' }, data: { a: 'ä' } })
  const made = await server.send({ ':method': 'POST', ':path': path, 'content-type': 'application/json' }, body)
  expect(made.status).toBe(201)
  const read = await server.send({ ':path': `${path}/one` })
  expect(read.text).toBe(made.text)
  expect(read.headers['content-length']).toBe(String(Buffer.byteLength(read.text)))
  expect(read.headers['date']).toBeDefined()
  const head = await server.send({ ':method': 'HEAD', ':path': '/version' })
  expect([head.status, head.text]).toEqual([405, ''])
})

test('a large answer is compressed for who takes that', async () => {
  await using server = await open()
  const { headers } = await server.send({ ':path': '/openapi/v2', 'accept-encoding': 'gzip' })
  expect(headers).toMatchObject({ ':status': 200, 'content-encoding': 'gzip', vary: expect.stringContaining('Accept-Encoding') })
})

test('a body that waits is asked for once it is wanted, and any other expectation fails', async () => {
  await using server = await open()
  const headers = { ':method': 'POST', ':path': '/api/v1/namespaces', 'content-type': 'application/json' }
  const stream = server.start({ ...headers, expect: '100-continue' })
  await once(stream, 'continue')
  expect((await answerOf(stream, '{"metadata":{"name":"waited"}}')).status).toBe(201)
  expect((await server.send({ ...headers, expect: 'the-unexpected' }, '{}')).status).toBe(417)
})

test('CONNECT leads nowhere', async () => {
  await using server = await open()
  const stream = server.session.request({ ':method': 'CONNECT', ':authority': 'elsewhere:443' })
  const [headers] = await once(stream, 'response')
  expect(headers[':status']).toBe(405)
  stream.destroy()
  expect(await isAlive(server.session)).toBe('ok')
})

test('streams that are reset as soon as they are opened do no harm', async () => {
  await using server = await open()
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 50; i++) {
      const stream = server.start({ ':path': '/api/v1/pods?watch=1' })
      stream.on('error', () => {})
      stream.close(constants.NGHTTP2_CANCEL)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  // Nobody but the client that does so loses its connection.
  const other = connect(server.emulator.url, { ca: server.emulator.caCertificate })
  expect(await isAlive(other)).toBe('ok')
  other.destroy()
})

test('who goes away in the midst of a body or an answer leaves nothing behind', async () => {
  await using server = await open()
  const upload = server.start({ ':method': 'POST', ':path': '/api/v1/namespaces', 'content-type': 'application/json' })
  upload.on('error', () => {})
  upload.write('{"metadata":')
  const watch = server.start({ ':path': '/api/v1/pods?watch=1' })
  watch.on('error', () => {})
  await once(watch, 'response')
  watch.destroy()
  upload.destroy()
  expect(await isAlive(server.session)).toBe('ok')
})

test('a body of more than the limit is refused before it has come', async () => {
  await using server = await open()
  const stream = server.start({ ':method': 'POST', ':path': '/api/v1/namespaces', 'content-type': 'application/json' })
  stream.on('error', () => {})
  let status: number | undefined
  stream.on('response', (headers) => (status = headers[':status']))
  const part = Buffer.alloc(1 << 16, ' ')
  for (let sent = 0; sent < 1 << 26 && status === undefined; sent += part.length) {
    if (!stream.write(part)) await Promise.race([once(stream, 'drain'), once(stream, 'response')])
  }
  expect(status).toBe(413)
  stream.destroy()
  expect(await isAlive(server.session)).toBe('ok')
})

test.each([
  ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['deep nesting of objects', '{"a":'.repeat(100_000)],
  ['no JSON', '{"metadata":{"name":"a"'],
  ['a NUL', '{"metadata":{"name":"a\0"}}'],
  ['an array', '[]'],
])('a body with %s is a client error', async (_what, body) => {
  await using server = await open()
  const { status } = await server.send({ ':method': 'POST', ':path': '/api/v1/namespaces', 'content-type': 'application/json' }, body)
  expect(Math.floor(status / 100)).toBe(4)
  expect(await isAlive(server.session)).toBe('ok')
})

test('keys of the prototype are ordinary keys', async () => {
  await using server = await open()
  const path = '/api/v1/namespaces/default/configmaps'
  const body = '{"metadata":{"name":"p","labels":{"constructor":"x"}},"data":{"__proto__":"z","toString":"t"}}'
  const made = await server.send({ ':method': 'POST', ':path': path, 'content-type': 'application/json' }, body)
  expect(made.status).toBe(201)
  expect(made.text).toContain('"data":{"__proto__":"z","toString":"t"}')
  const list = await server.send({ ':path': `${path}?labelSelector=constructor%3Dx` })
  expect(JSON.parse(list.text).items).toHaveLength(1)
  expect(JSON.parse((await server.send({ ':path': `${path}?labelSelector=toString` })).text).items).toHaveLength(0)
})

test.each([
  '/api/v1/namespaces/%00',
  '/api/v1/namespaces/..%2f..%2fetc',
  '/../../etc/passwd',
  '/%',
  '/api/v1/pods?limit=%',
  '//api/v1',
  '/api/v1/pods?watch=1&timeoutSeconds=-9e99',
])('the path %s is answered', async (path) => {
  await using server = await open()
  const { status } = await server.send({ ':path': path })
  expect(status).toBeGreaterThanOrEqual(200)
  expect(status).toBeLessThan(500)
})

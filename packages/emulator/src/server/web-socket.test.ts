import { connect } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Emulator, startEmulator } from '../emulator.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

interface Opened {
  socket: WebSocket
  /** Each frame: its text or bytes. */
  frames: { text: string; binary: boolean }[]
  /** The code of the close frame. */
  closed: Promise<number>
}

function open({ url, caCertificate, adminToken }: Emulator, path: string, protocols: string[] = [], headers = {}): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const options = { ca: caCertificate, headers: { authorization: `Bearer ${adminToken}`, origin: url, ...headers } }
    const socket = new WebSocket(url + path, protocols, options)
    const frames: Opened['frames'] = []
    socket.on('message', (data, binary) => frames.push({ text: String(data), binary }))
    const closed = new Promise<number>((done) => void socket.once('close', done))
    socket.once('open', () => resolve({ socket, frames, closed }))
    socket.once('error', reject)
    onTestFinished(() => socket.terminate())
  })
}

/** What comes back on a bare connection, to its end. */
function exchange({ host, port, caCertificate, adminToken }: Emulator, path: string, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const head = [`GET ${path} HTTP/1.1`, `Host: ${host}:${port}`, 'Connection: Upgrade', 'Upgrade: websocket', ...lines]
    if (!lines.some((line) => line.startsWith('Authorization:'))) head.push(`Authorization: Bearer ${adminToken}`)
    const socket = connect({ host, port, ca: caCertificate, ALPNProtocols: ['http/1.1'] }, () =>
      socket.write(`${head.join('\r\n')}\r\n\r\n`),
    )
    let text = ''
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.once('end', () => resolve(text))
    socket.once('error', reject)
    onTestFinished(() => void socket.destroy())
  })
}

const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const version = 'Sec-WebSocket-Version: 13'
const origin = 'Origin: https://example.com'

test('a watch over a WebSocket sends a text frame an event, and ends with a normal closure', async () => {
  await using emulator = await startEmulator()
  const { frames, closed } = await open(emulator, `${configMaps}?watch=true&timeoutSeconds=1`)
  await emulator.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, data: { k: '<v>' } })
  expect(await closed).toBe(1000)
  const events = frames.map(({ text }) => JSON.parse(text))
  expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([
    ['ADDED', 'kube-root-ca.crt'],
    ['ADDED', 'a'],
  ])
  expect(frames.every(({ text, binary }) => text.endsWith('\n') && !binary)).toBe(true)
  expect(frames[1]!.text).toContain('"\\u003cv\\u003e"')
})

test.each([['base64.binary.k8s.io'], ['binary.k8s.io']])('the subprotocol %s is echoed and changes nothing', async (protocol) => {
  await using emulator = await startEmulator()
  const { socket, frames, closed } = await open(emulator, `${configMaps}?watch=true&timeoutSeconds=1`, [protocol])
  expect(socket.protocol).toBe(protocol)
  await closed
  expect(JSON.parse(frames[0]!.text).type).toBe('ADDED')
})

test('a token may come as a subprotocol, which is not echoed', async () => {
  await using emulator = await startEmulator()
  const path = `${configMaps}?watch=true&timeoutSeconds=1`
  const bearer = (token: string) => `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`
  const { socket } = await open(emulator, path, [bearer(emulator.adminToken), 'base64.binary.k8s.io'], { authorization: '' })
  expect(socket.protocol).toBe('base64.binary.k8s.io')
  for (const protocols of [[bearer('wrong'), 'base64.binary.k8s.io'], [bearer(emulator.adminToken)]]) {
    await expect(open(emulator, path, protocols, { authorization: '' })).rejects.toThrow('401')
  }
})

test('errors come as plain HTTP before the upgrade', async () => {
  await using emulator = await startEmulator()
  const ask = (path: string, token?: string) =>
    exchange(emulator, path, [key, version, origin, ...(token === undefined ? [] : [`Authorization: Bearer ${token}`])])
  const body = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
  const denied = await ask(`${configMaps}?watch=true`, emulator.pod.files.token)
  expect(denied).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/)
  expect(body(denied).message).toContain('cannot watch resource "configmaps"')
  expect(body(await ask(`${configMaps}?watch=true`, 'wrong')).code).toBe(401)
  expect(body(await ask('/api/v1/namespaces/default/foos?watch=true')).code).toBe(404)
  expect(body(await ask(`${configMaps}?watch=true&timeoutSeconds=x`)).code).toBe(400)
  // What is no stream is answered as if no upgrade had been asked for.
  expect(body(await ask(configMaps)).kind).toBe('ConfigMapList')
})

test('a version that is too old is one event and the end', async () => {
  await using emulator = await startEmulator({ manifests: [] })
  const { frames, closed } = await open(emulator, `${configMaps}?watch=true&resourceVersion=1`)
  expect(await closed).toBe(1000)
  expect(frames).toHaveLength(1)
  expect(JSON.parse(frames[0]!.text)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
})

test('handshakes that are refused are refused as barely as by the API server', async () => {
  await using emulator = await startEmulator()
  const ask = (...lines: string[]) => exchange(emulator, `${configMaps}?watch=true`, lines)
  expect(await ask(key, version)).toBe('HTTP/1.1 403 Forbidden\r\n\r\n')
  expect(await ask(key, version, 'Origin: null')).toBe('HTTP/1.1 403 Forbidden\r\n\r\n')
  expect(await ask(version, origin)).toBe('HTTP/1.1 400 Bad Request\r\n\r\nmismatch challenge/response')
  expect(await ask(key, 'Sec-WebSocket-Version: 12', origin)).toBe(
    'HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\nmissing or bad WebSocket Version',
  )
  expect(await ask(key, version, origin, 'Sec-WebSocket-Protocol: a.k8s.io, b.k8s.io')).toBe('HTTP/1.1 400 Bad Request\r\n\r\n')
})

test('a client that goes away ends its watch', async () => {
  await using emulator = await startEmulator()
  const { socket, closed } = await open(emulator, `${configMaps}?watch=true`)
  socket.ping()
  await new Promise((pong) => void socket.once('pong', pong))
  socket.close()
  expect(await closed).toBe(1005)
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startEmulator } from 'inpod'
import { expect, onTestFinished, test } from 'vitest'
import { call } from './call.ts'

/** A server that tells what it was asked. */
async function backend(): Promise<string> {
  const server = createServer((req, res) => {
    if (req.url === '/moved') return res.writeHead(302, { location: '/there?x=1' }).end()
    const chunks: Buffer[] = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      const { method, url, headers } = req
      res.writeHead(200, { 'content-type': 'application/json', 'x-backend': 'yes' })
      res.end(JSON.stringify({ method, url, authorization: headers.authorization ?? null, body: Buffer.concat(chunks).toString() }))
    })
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const annotated = (forwardTo: string) => ({ name: 'web', annotations: { 'inpod.dev/forward-to': forwardTo } })
const service = (forwardTo: string) => ({ metadata: annotated(forwardTo), spec: { ports: [{ port: 80 }] } })
const pod = (forwardTo: string) => ({ metadata: annotated(forwardTo), spec: { containers: [{ name: 'app', image: 'app' }] } })
const core = '/api/v1/namespaces/default'

test('a Service and a Pod with an address of this machine are reached through the API server', async () => {
  await using emulator = await startEmulator()
  const address = await backend()
  await call(emulator, 'POST', `${core}/services`, { body: service(address) })
  await call(emulator, 'POST', `${core}/pods`, { body: pod(address) })
  for (const path of [`${core}/services/web:80/proxy`, `${core}/services/http:web:/proxy`, `${core}/pods/web/proxy`]) {
    const { status, headers, body } = await call(emulator, 'POST', `${path}/a/b%20c?x=1&y`, { body: { hello: 1 } })
    expect(status).toBe(200)
    expect(headers['x-backend']).toBe('yes')
    expect(body).toEqual({ method: 'POST', url: '/a/b%20c?x=1&y', authorization: null, body: '{"hello":1}' })
  }
})

test('redirects stay behind the proxy, and its root has a slash', async () => {
  await using emulator = await startEmulator()
  await call(emulator, 'POST', `${core}/services`, { body: service(await backend()) })
  const moved = await call(emulator, 'GET', `${core}/services/web/proxy/moved`)
  expect([moved.status, moved.headers['location']]).toEqual([302, `${core}/services/web/proxy/there?x=1`])
  const root = await call(emulator, 'GET', `${core}/services/web/proxy?x=1`)
  expect([root.status, root.headers['location']]).toEqual([301, `${core}/services/web/proxy/?x=1`])
})

test('a backend that is not there is a 503, an address that is none a 400', async () => {
  await using emulator = await startEmulator()
  await call(emulator, 'POST', `${core}/services`, { body: service('127.0.0.1:1') })
  const gone = await call(emulator, 'GET', `${core}/services/web/proxy/`)
  expect(gone.status).toBe(503)
  expect(gone.body.message).toBe('error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused')
  await call(emulator, 'POST', `${core}/pods`, { body: pod('nowhere') })
  expect((await call(emulator, 'GET', `${core}/pods/web/proxy/`)).status).toBe(400)
})

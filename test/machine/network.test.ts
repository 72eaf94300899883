// The server's address: taken by another, or gone while it runs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { hasMountNamespaces, hasTool, runInpod } from '../cli/inpod.ts'
import { startServer } from '../cli/server.ts'
import { podManifest, scratch } from './scratch.ts'

const place = scratch()
afterAll(place.remove)
const pod = place.write('pod.yaml', podManifest)

test('a port that another has is told, whatever is run, and nothing is left; once it is free it is taken', {
  timeout: 60_000,
}, async () => {
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as { port: number }
  const data = ['--data', `${place.path}/data`, '--port', String(port)]
  const runs = [['start'], ['exec', '--', 'true'], ['exec', '--pod', pod, '--', 'true'], ['exec', '--replicas', '2', '--', 'true']]
  for (const [command, ...rest] of runs) {
    const { code, err } = await runInpod([command!, ...data, ...rest], { env: place.env })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`port ${port} of 127.0.0.1 is in use`) })
    await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
  }
  other.close()
  await once(other, 'close')
  const server = await startServer(data, { env: place.env })
  expect(server.port).toBe(String(port))
  await server.end()
})

const canUnshare = hasMountNamespaces && hasTool('ip') && hasTool('nsenter')

/** Watches and writes once a second over connections of its own, in the server's network. */
const client = `
  const { request } = require('node:https')
  const [, url, token] = process.argv
  const path = '/api/v1/namespaces/default/configmaps'
  const ask = (method, query, body, each) => {
    const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' }
    const asking = request(url + path + query, { method, headers, rejectUnauthorized: false, agent: false }, (response) => response.on('data', each).on('end', () => console.log('end')))
    asking.on('error', ({ code }) => console.log('failed ' + method + ' ' + code)).end(body)
  }
  ask('GET', '?watch=1', undefined, (chunk) => {
    for (const [, name] of String(chunk).matchAll(/"name":"(x\\d+)"/g)) console.log('saw ' + name)
  })
  let count = 0
  setInterval(() => ask('POST', '', JSON.stringify({ metadata: { name: 'x' + count++ } }), () => {}), 250)`

test.skipIf(!canUnshare)(
  'an interface that goes and comes back: the server is still there, and so are watches (needs network namespaces, iproute2)',
  { timeout: 60_000 },
  async () => {
    const server = await startServer([], {
      env: place.env,
      through: ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'],
    })
    const inside = ['--net', '--target', String(server.pid), '--']
    const { url, adminToken } = server.target
    const asking = spawn('nsenter', [...inside, process.execPath, '-e', client, url, adminToken], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    asking.stdout.on('data', (text) => (out += text))
    const seen = () => out.match(/saw x\d+/g)?.length ?? 0
    await expect.poll(seen, { timeout: 20_000 }).toBeGreaterThan(1)
    const set = async (state: string) => once(spawn('nsenter', [...inside, 'ip', 'link', 'set', 'lo', state]), 'exit')
    await set('down')
    await sleep(1_500)
    const before = seen()
    await set('up')
    await expect.poll(seen, { timeout: 30_000 }).toBeGreaterThan(before + 1)
    expect(out).not.toMatch(/failed GET/)
    asking.kill()
    expect(await server.end()).toMatchObject({ code: 143, err: '' })
  },
)

// The clock of the wall jumps by hours while inpod runs, as it does when somebody sets it or a machine has slept.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { hasTool, hasUserNamespaces, startInpod } from '../cli/inpod.ts'
import { type Server, startServer } from '../cli/server.ts'
import { call } from '../server/call.ts'
import { openWatch } from '../server/open-watch.ts'
import { podManifest, scratch } from './scratch.ts'

const canMove = process.platform === 'linux' && hasTool('cc')
const place = scratch()
afterAll(place.remove)
const library = join(place.path, 'moved-clock.so')
if (canMove) execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, join(import.meta.dirname, 'moved-clock.c')])

let count = 0

/** A clock for one run. Node's own cache of compiled code would be written by it too. */
function movableClock() {
  const file = join(place.path, `clock-${++count}`)
  const set = (seconds: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(seconds))
    writeFileSync(file, bytes, { flag: 'r+' })
  }
  writeFileSync(file, Buffer.alloc(8))
  return { set, env: { ...place.env, LD_PRELOAD: library, INPOD_TEST_CLOCK: file } }
}

const hour = 3_600
const configMaps = '/api/v1/namespaces/default/configmaps'
const make = async (server: Server, name: string) => {
  const { status, body } = await server.ask('POST', configMaps, { metadata: { name } })
  expect(status).toBe(201)
  return Date.parse(body.metadata.creationTimestamp) - Date.now()
}
const whoAmI = async ({ target }: Server, token: string) =>
  (await call(target, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { token, body: {} })).status
const tokenFile = ({ description }: Server) => join(description.podRoot, 'var/run/secrets/kubernetes.io/serviceaccount/token')

describe.skipIf(!canMove)('a server whose clock jumps (needs a C compiler)', () => {
  test.each([
    ['forward by 5 hours', 5 * hour],
    ['back by 5 hours', -5 * hour],
  ])('%s: watches go on, writes are taken, and the Pod has a token that is valid', { timeout: 90_000 }, async (_name, seconds) => {
    const { set, env } = movableClock()
    const server = await startServer([], { env })
    await using watch = await openWatch(server.target, `${configMaps}?watch=1&timeoutSeconds=120`)
    await watch.next()
    expect(Math.abs(await make(server, 'before'))).toBeLessThan(60_000)
    expect(await watch.next()).toMatchObject({ object: { metadata: { name: 'before' } } })
    const { body: issued } = await server.ask('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', {})
    set(seconds)
    expect(Math.round((await make(server, 'after')) / 1000 / hour)).toBe(seconds / hour)
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'after' } } })
    // By the clock, one that is to begin later or is over is not valid, whoever has it.
    expect(await whoAmI(server, issued.status.token)).toBe(401)
    // Looked at every five seconds.
    await expect.poll(() => whoAmI(server, readFileSync(tokenFile(server), 'utf8')), { timeout: 30_000, interval: 250 }).toBe(201)
    await sleep(500)
    await make(server, 'later')
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'later' } } })
    set(0)
    await make(server, 'at-last')
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'at-last' } } })
    expect(await server.end()).toMatchObject({ code: 143 })
  })

  test('before it is started again with --data: certificates, tokens and objects are those of before', { timeout: 60_000 }, async () => {
    const data = join(place.path, 'data')
    const first = await startServer(['--data', data], { env: place.env })
    await make(first, 'kept')
    await first.end('SIGKILL')
    for (const seconds of [-5 * hour, 5 * hour, 24 * hour, -24 * hour]) {
      const { set, env } = movableClock()
      set(seconds)
      const server = await startServer(['--data', data, '--port', first.port], { env })
      expect(server.target).toEqual(first.target)
      expect((await server.ask('GET', `${configMaps}/kept`)).status).toBe(200)
      await server.end('SIGKILL')
    }
  })
})

const program = `
  const { readFileSync } = require('node:fs')
  const { request } = require('node:https')
  const read = (name) => readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/' + name)
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  let last
  setInterval(() => {
    const headers = { authorization: 'Bearer ' + read('token'), 'content-type': 'application/json' }
    request({ host, port, path, method: 'POST', headers, ca: read('ca.crt') }, ({ statusCode }) => {
      if (last !== statusCode) console.log('now ' + statusCode + ' #' + (count += 1))
      last = statusCode
    }).on('error', () => {}).end('{}')
  }, 100)
  let count = 0`

describe.skipIf(!canMove || !hasUserNamespaces)('a program whose clock jumps (needs a C compiler, user namespaces)', () => {
  test.each([
    ['exec', ['exec', '--token-expiration', '1h']],
    ['exec --pod', ['exec', '--pod', 'POD']],
  ])('%s: it finds a token that is valid again within seconds', { timeout: 120_000 }, async (_name, args) => {
    const { set, env } = movableClock()
    const pod = place.write('pod.yaml', podManifest)
    // Its own clock is right.
    const words = [...args.map((word) => (word === 'POD' ? pod : word)), '--', 'env', '-u', 'LD_PRELOAD', process.execPath, '-e', program]
    const running = startInpod(words, { env })
    await running.said(/now 201 #1/)
    // In a Pod of the API's, a token is valid for a year longer (KEP-2799).
    set(9_000 * hour)
    await running.said(/now 401 #2[\s\S]*now 201 #3/)
    set(-5 * hour)
    await running.said(/now 401 #4[\s\S]*now 201 #5/)
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 143 })
  })
})

// Processes that stand still for a while, as under a debugger, in a frozen container or on a laptop that sleeps. A minute of it:
// INPOD_STOPPED=60 npm test -- test/machine/stopped
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { hasUserNamespaces, startInpod } from '../cli/inpod.ts'
import { startServer } from '../cli/server.ts'
import { openWatch } from '../server/open-watch.ts'
import { descendants } from './process-tree.ts'
import { podManifest, scratch } from './scratch.ts'

const seconds = Number(process.env['INPOD_STOPPED'] ?? 3)
const place = scratch()
afterAll(place.remove)
const configMaps = '/api/v1/namespaces/default/configmaps'

test.each([[[]], [['--data', `${place.path}/data`]]])(
  'a server that stood still answers what came meanwhile, and its watches go on: %j',
  { timeout: 60_000 + seconds * 1_000 },
  async (args) => {
    const server = await startServer(args, { env: place.env })
    await using watch = await openWatch(server.target, `${configMaps}?watch=1`)
    await watch.next()
    process.kill(server.pid, 'SIGSTOP')
    const asked = server.ask('POST', configMaps, { metadata: { name: 'meanwhile' } })
    await sleep(seconds * 1_000)
    process.kill(server.pid, 'SIGCONT')
    expect((await asked).status).toBe(201)
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'meanwhile' } } })
    expect((await server.ask('POST', configMaps, { metadata: { name: 'after' } })).status).toBe(201)
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'after' } } })
    expect(await server.end()).toMatchObject({ code: 143, err: '' })
  },
)

/** Watches over one connection, and says what it sees; ends with 7 when told. */
const program = `
  const { readFileSync } = require('node:fs')
  const { request } = require('node:https')
  const read = (name) => readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/' + name)
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
  const ask = (method, path, body, each) => {
    const headers = { authorization: 'Bearer ' + read('token'), 'content-type': 'application/json' }
    const asking = request({ host, port, path, method, headers, ca: read('ca.crt') }, (response) => response.on('data', each ?? (() => {})))
    asking.on('error', ({ message }) => console.log('lost: ' + message)).end(body && JSON.stringify(body))
  }
  let count = 0
  const make = () => ask('POST', '${configMaps}', { metadata: { name: 'x' + count++ } })
  ask('GET', '${configMaps}?watch=1', undefined, (chunk) => {
    for (const [, name] of String(chunk).matchAll(/"name":"(x\\d+)"/g)) console.log('saw ' + name)
  })
  process.on('SIGUSR1', make)
  process.on('SIGTERM', () => process.exit(7))
  setTimeout(make, 200)
  setInterval(() => {}, 1000)`

const rights = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: edit}
subjects: [{kind: ServiceAccount, name: default}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
`

describe.skipIf(!hasUserNamespaces)('a run that stood still goes on (needs user namespaces)', () => {
  const pod = place.write('pod.yaml', podManifest)
  const manifest = place.write('rights.yaml', rights)
  const whole = (pid: number) => [pid, ...descendants(pid).map((each) => each.pid)]
  const programs = (pid: number) => descendants(pid).flatMap((each) => (each.command.startsWith(process.execPath) ? [each.pid] : []))
  const kinds: Array<[string, string[], (pid: number) => number[]]> = [
    ['inpod exec, all of it', ['exec'], whole],
    ['inpod exec, inpod alone', ['exec'], (pid) => [pid]],
    ['inpod exec, the program alone', ['exec'], programs],
    ['inpod exec --pod, all of it', ['exec', '--pod', pod], whole],
  ]

  test.each(kinds)('%s', { timeout: 60_000 + seconds * 1_000 }, async (_name, args, chosen) => {
    const running = startInpod([...args, '-f', manifest, '--', process.execPath, '-e', program], { env: place.env })
    const pid = running.child.pid!
    await running.said(/saw x0\n/)
    const stopped = chosen(pid)
    expect(stopped.length).toBeGreaterThan(0)
    for (const each of stopped) process.kill(each, 'SIGSTOP')
    await sleep(seconds * 1_000)
    for (const each of stopped.toReversed()) process.kill(each, 'SIGCONT')
    running.child.kill('SIGUSR1')
    await running.said(/saw x1\n/)
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 7, out: expect.not.stringContaining('lost') })
    await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
  })
})

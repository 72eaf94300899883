// Processes that stand still for a while, as under a debugger, in a frozen container or on a laptop that sleeps. A minute of it:
// INPOD_STOPPED=60 npm test -- test/machine/stopped
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { etcdTools, startEtcd } from '../../scripts/tools/etcd.ts'
import { hasUserNamespaces, startInpod } from '../cli/inpod.ts'
import { everybodyIsAdmin } from '../cli/rights.ts'
import { type Server, startServer } from '../cli/server.ts'
import { describeClient } from '../clients/suite.ts'
import type { Answer } from '../server/call.ts'
import { openWatch } from '../server/open-watch.ts'
import { informerOf } from './informer.ts'
import { descendants } from './process-tree.ts'
import { podManifest, scratch } from './scratch.ts'

const seconds = Number(process.env['INPOD_STOPPED'] ?? 3)
const limits = { timeout: 60_000 + seconds * 1_000 }
const tools = await etcdTools()
const place = scratch()
afterAll(place.remove)
const configMaps = '/api/v1/namespaces/default/configmaps'

const etcd = 'etcd' in tools ? await startEtcd(tools.etcd) : undefined
afterAll(() => etcd?.[Symbol.asyncDispose]())
const whyNoEtcd = 'missing' in tools ? ` (skipped: ${tools.missing})` : ''
const overEtcd = (prefix: string) => ['--storage', `etcd://${etcd?.address}`, '--etcd-prefix', prefix]

const names = async ({ ask }: Server): Promise<string[]> =>
  (await ask('GET', configMaps)).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
const make = async ({ ask }: Server, name: string) => expect((await ask('POST', configMaps, { metadata: { name } })).status).toBe(201)

/** Stops processes, in their order, for as long as the test says and `meanwhile` takes. */
async function standStill(pids: number[], meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
  for (const each of pids) process.kill(each, 'SIGSTOP')
  await Promise.all([sleep(seconds * 1_000), meanwhile()])
  for (const each of pids.toReversed()) process.kill(each, 'SIGCONT')
}

/** Where the length has been chosen, how long what comes first afterwards takes is of interest. */
async function timed<T>(what: string, action: Promise<T>): Promise<T> {
  const before = performance.now()
  const result = await action
  if (process.env['INPOD_STOPPED'] !== undefined) process.stderr.write(`${what}: ${Math.round(performance.now() - before)} ms\n`)
  return result
}

const storages: Array<[string, string[]]> = [
  ['in memory', []],
  ['--data', ['--data', `${place.path}/data`]],
  [`--storage${whyNoEtcd}`, overEtcd('/alone')],
]

test.for(storages)(
  'a server that stood still answers what came meanwhile, and watchers go on: %s',
  limits,
  async ([name, args], context) => {
    context.skip(name.includes('skipped'))
    const server = await startServer(args, { env: place.env })
    await using watch = await openWatch(server.target, `${configMaps}?watch=1`)
    await watch.next()
    const informer = await informerOf(server)
    let asked: Promise<Answer> | undefined
    await standStill([server.pid], async () => {
      asked = server.ask('POST', configMaps, { metadata: { name: 'meanwhile' } })
    })
    expect((await timed(`${name}: a write that came meanwhile`, asked!)).status).toBe(201)
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'meanwhile' } } })
    await timed(`${name}: the next write`, make(server, 'after'))
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'after' } } })
    await expect.poll(informer.names, { timeout: 20_000 }).toEqual(['after', 'kube-root-ca.crt', 'meanwhile'])
    await informer.stop()
    expect(await server.end()).toMatchObject({ code: 143, err: '' })
  },
)

test.skipIf(etcd === undefined)(
  `of two servers over one etcd, one that stood still has what the other did${whyNoEtcd}`,
  limits,
  async () => {
    const [still, other] = [
      await startServer(overEtcd('/two'), { env: place.env }),
      await startServer(overEtcd('/two'), { env: place.env }),
    ]
    await using watch = await openWatch(still.target, `${configMaps}?watch=1`)
    await watch.next()
    const informer = await informerOf(still)
    const made = Array.from({ length: 20 }, (_, i) => `x${String(i).padStart(2, '0')}`)
    await standStill([still.pid], async () => {
      for (const name of made) await make(other, name)
    })
    await timed('--storage: a write beside others', make(still, 'y'))
    expect(await names(still)).toEqual(['kube-root-ca.crt', ...made, 'y'])
    for (const name of [...made, 'y']) expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name } } })
    await expect.poll(informer.names, { timeout: 20_000 }).toEqual(['kube-root-ca.crt', ...made, 'y'])
    await make(other, 'z')
    expect((await still.ask('GET', `${configMaps}/z`)).status).toBe(200)
    await informer.stop()
    for (const { end } of [still, other]) expect(await end()).toMatchObject({ code: 143, err: '' })
  },
)

describeClient('leader', (command) => {
  test.skipIf(!hasUserNamespaces)(
    'a leader whose server stood still for longer than its lease leads no more, and one leads afterwards (needs user namespaces)',
    limits,
    async () => {
      const { argv, environment } = command()
      const admin = place.write('admin.yaml', everybodyIsAdmin)
      // As a kubelet starts a container again that has failed.
      const forever = ['sh', '-c', 'trap "kill \\$!; exit 7" TERM; while :; do "$@" & wait $!; done', 'sh', ...argv]
      const running = startInpod(['exec', '-f', admin, '--replicas', '2', '--', ...forever], { env: { ...place.env, ...environment } })
      const leads = /\] leads \S+\n/
      await running.said(leads)
      // Its lease is of three seconds.
      await standStill([running.child.pid!], () => sleep(4_000))
      // What it says meanwhile comes by way of the one that stands still.
      await running.said(/no longer leads/)
      await timed('a leader again', running.said(new RegExp(`${leads.source}[^]*${leads.source}`)))
      running.child.kill('SIGTERM')
      await running.finished
      await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
    },
  )
})

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

  test.each(kinds)('%s', limits, async (_name, args, chosen) => {
    const running = startInpod([...args, '-f', manifest, '--', process.execPath, '-e', program], { env: place.env })
    const pid = running.child.pid!
    await running.said(/saw x0\n/)
    const stopped = chosen(pid)
    expect(stopped.length).toBeGreaterThan(0)
    await standStill(stopped)
    running.child.kill('SIGUSR1')
    await running.said(/saw x1\n/)
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 7, out: expect.not.stringContaining('lost') })
    await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
  })
})

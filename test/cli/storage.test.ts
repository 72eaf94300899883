// `--storage etcd://…`: several emulators over one real etcd are one cluster, whatever happens to any of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClientSigner } from '../../packages/emulator/src/pki/client-signer.ts'
import { createServingMaterial } from '../../packages/emulator/src/pki/serving.ts'
import { namespacedResource } from '../../scripts/tools/custom-resource.ts'
import { type Etcd, etcdTools, startEtcd } from '../../scripts/tools/etcd.ts'
import { openWatch } from '../server/open-watch.ts'
import { runInpod } from './inpod.ts'
import { type Server, startServer } from './server.ts'

const tools = await etcdTools()
const why = 'missing' in tools ? ` (skipped: ${tools.missing})` : ''
const configMaps = '/api/v1/namespaces/default/configmaps'
const etcdProgram = 'etcd' in tools ? tools.etcd : ''

let count = 0
const newPrefix = () => `/cluster-${++count}`

const start = ({ address }: Etcd, prefix: string): Promise<Server> =>
  startServer(['--storage', `etcd://${address}`, '--etcd-prefix', prefix])

const configMap = (name: string, text = '') => ({ metadata: { name }, data: { text } })

describe.skipIf('missing' in tools)(`several emulators over one etcd${why}`, { timeout: 120_000 }, () => {
  let etcd: Etcd
  beforeAll(async () => {
    etcd = await startEtcd(etcdProgram)
  })
  afterAll(() => etcd?.[Symbol.asyncDispose]())

  test('started at once over an empty one, they make one cluster: accounts, keys, certificates, the administrator', async () => {
    const prefix = newPrefix()
    const servers = await Promise.all([1, 2, 3].map(() => start(etcd, prefix)))
    const [a, b] = servers as [Server, Server]
    for (const { target } of servers) {
      expect(target.adminToken).toBe(a.target.adminToken)
      expect(target.caCertificate).toBe(a.target.caCertificate)
    }
    const paths = ['/api/v1/serviceaccounts', '/api/v1/namespaces', '/api/v1/services', '/apis/rbac.authorization.k8s.io/v1/clusterroles']
    for (const path of paths) {
      const [first, ...others] = await Promise.all(servers.map(({ ask }) => ask('GET', path)))
      for (const other of others) expect(other.body.items).toEqual(first!.body.items)
    }
    const issued = await a.ask('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec: {} })
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    const who = await b.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review, issued.body.status.token)
    expect(who.body.status.userInfo.username).toBe('system:serviceaccount:default:default')
    const ends = await Promise.all(servers.map(({ end }) => end()))
    expect(ends).toEqual(ends.map(() => expect.objectContaining({ code: 143, err: '' })))
  })

  test('what was written to one is read from another at once, with its rights, kinds and watches', async () => {
    const prefix = newPrefix()
    const [a, b] = await Promise.all([start(etcd, prefix), start(etcd, prefix)])
    await using watch = await openWatch(b.target, `${configMaps}?watch=1&resourceVersion=0`)
    for (let i = 0; i < 30; i++) {
      const [writer, reader] = i % 2 === 0 ? [a, b] : [b, a]
      const made = await writer.ask('POST', configMaps, configMap(`c${i}`, 'one'))
      expect(made.status).toBe(201)
      expect((await reader.ask('GET', `${configMaps}/c${i}`)).body).toEqual(made.body)
      const changed = await reader.ask('PUT', `${configMaps}/c${i}`, { ...made.body, data: { text: 'two' } })
      expect(changed.status).toBe(200)
      expect((await writer.ask('PUT', `${configMaps}/c${i}`, { ...made.body, data: { text: 'three' } })).status).toBe(409)
      expect((await writer.ask('GET', configMaps)).body.metadata.resourceVersion).toBe(changed.body.metadata.resourceVersion)
    }
    const seen: string[] = []
    while (!seen.includes('c29')) {
      const { type, object } = await watch.next()
      if (type === 'ADDED') seen.push(object.metadata.name)
    }
    expect(seen.filter((name) => name.startsWith('c'))).toEqual(Array.from({ length: 30 }, (_, i) => `c${i}`))

    expect((await a.ask('POST', '/api/v1/namespaces', { metadata: { name: 'team-a' } })).status).toBe(201)
    expect((await b.ask('GET', '/api/v1/namespaces/team-a/serviceaccounts/default')).status).toBe(200)
    const { body } = await b.ask('POST', '/api/v1/namespaces/team-a/serviceaccounts/default/token', { spec: {} })
    const asPod = (server: Server) => server.ask('GET', '/api/v1/namespaces/team-a/pods', undefined, body.status.token)
    expect((await asPod(a)).status).toBe(403)
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/team-a'
    await b.ask('POST', `${roles}/rolebindings`, {
      metadata: { name: 'view' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'team-a' }],
    })
    expect((await asPod(a)).status).toBe(200)
    await a.ask('DELETE', `${roles}/rolebindings/view`)
    expect((await asPod(b)).status).toBe(403)

    const definition = namespacedResource('example.com', 'things', 'Thing', { type: 'object' })
    await a.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)
    const things = '/apis/example.com/v1/namespaces/team-a/things'
    const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } }
    expect((await b.ask('POST', things, thing)).status).toBe(201)
    expect((await a.ask('GET', `${things}/x`)).status).toBe(200)

    expect((await b.ask('DELETE', '/api/v1/namespaces/team-a')).status).toBe(200)
    await expect.poll(async () => (await a.ask('GET', '/api/v1/namespaces/team-a')).status, { timeout: 20_000 }).toBe(404)
    expect((await a.ask('GET', '/apis/example.com/v1/things')).body.items).toEqual([])
    await Promise.all([a.end(), b.end()])
    expect(a.running.child.exitCode).toBe(143)
  })

  test('writers through all of them lose no update, and one lease has one holder', async () => {
    const prefix = newPrefix()
    const servers = await Promise.all([1, 2, 3].map(() => start(etcd, prefix)))
    await servers[0]!.ask('POST', configMaps, configMap('counter', '0'))
    let conflicts = 0
    const increment = async ({ ask }: Server) => {
      for (;;) {
        const { body } = await ask('GET', `${configMaps}/counter`)
        const { status } = await ask('PUT', `${configMaps}/counter`, { ...body, data: { text: String(Number(body.data.text) + 1) } })
        if (status === 200) return
        expect(status).toBe(409)
        conflicts++
      }
    }
    const writers = servers.flatMap((server) => [server, server])
    await Promise.all(
      writers.map(async (server) => {
        for (let i = 0; i < 15; i++) await increment(server)
      }),
    )
    expect(conflicts).toBeGreaterThan(0)
    for (const { ask } of servers) expect((await ask('GET', `${configMaps}/counter`)).body.data.text).toBe(String(writers.length * 15))

    const services = '/api/v1/namespaces/default/services'
    const service = (name: string) => ({ metadata: { name }, spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] } })
    const asked = await Promise.all(writers.map(({ ask }, i) => ask('POST', services, service(`s${i}`))))
    expect(asked.map(({ status }) => status).sort()).toEqual([201, ...writers.slice(1).map(() => 422)])
    expect(asked.find(({ status }) => status === 422)!.body.message).toContain('provided port is already allocated')

    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
    const made = await Promise.all(
      servers.map(({ ask }, i) => ask('POST', leases, { metadata: { name: 'leader' }, spec: { holderIdentity: `s${i}` } })),
    )
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    await Promise.all(servers.map(({ end }) => end()))
  })

  test('one that is killed leaves nothing half done, and is not missed', async () => {
    const prefix = newPrefix()
    const [a, b] = await Promise.all([start(etcd, prefix), start(etcd, prefix)])
    const acknowledged: string[] = []
    const writing = (async () => {
      for (let i = 0; ; i++) {
        const { status } = await a.ask('POST', configMaps, configMap(`k${i}`))
        if (status === 201) acknowledged.push(`k${i}`)
      }
    })().catch(() => {})
    while (acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 1))
    await Promise.all([a.end('SIGKILL'), writing])
    const { body } = await b.ask('GET', configMaps)
    const names = body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
    expect(acknowledged.filter((name) => !names.includes(name))).toEqual([])
    const again = await start(etcd, prefix)
    await b.ask('POST', '/api/v1/namespaces', { metadata: { name: 'ending' } })
    await again.ask('DELETE', '/api/v1/namespaces/ending')
    await again.end('SIGKILL')
    await expect.poll(async () => (await b.ask('GET', '/api/v1/namespaces/ending')).status, { timeout: 40_000 }).toBe(404)
    await b.end()
  })

  test('started again, it has what there was', async () => {
    const prefix = newPrefix()
    const first = await start(etcd, prefix)
    await first.ask('POST', configMaps, configMap('x'))
    const b = await start(etcd, prefix)
    await first.end('SIGKILL')
    const again = await start(etcd, prefix)
    expect((await again.ask('GET', configMaps)).body.items).toEqual((await b.ask('GET', configMaps)).body.items)
    await Promise.all([again.end(), b.end()])
  })
})

describe.skipIf('missing' in tools)(`an etcd that goes away${why}`, { timeout: 120_000 }, () => {
  test('requests end in a bounded time; with it back all goes on, and nothing acknowledged is lost', async () => {
    await using etcd = await startEtcd(etcdProgram)
    const [a, b] = await Promise.all([start(etcd, '/registry'), start(etcd, '/registry')])
    await using watch = await openWatch(b.target, `${configMaps}?watch=1&resourceVersion=0&fieldSelector=metadata.name%3Dafter`)
    const before = await a.ask('POST', configMaps, configMap('before'))
    expect(before.status).toBe(201)
    await etcd.kill()
    const answers = await Promise.all([
      a.ask('GET', `${configMaps}/before`),
      a.ask('POST', configMaps, configMap('meanwhile')),
      b.ask('GET', `${configMaps}/before?resourceVersion=0`),
    ])
    expect(answers.map(({ status }) => status)).toEqual([504, 504, 200])
    expect(answers[1]!.body).toMatchObject({
      reason: 'Timeout',
      message: 'Timeout: request did not complete within requested timeout - context deadline exceeded',
    })
    const ready = await a.ask('GET', '/readyz')
    expect([ready.status, ready.body]).toEqual([500, expect.stringContaining('[-]etcd failed: reason withheld')])
    const waiting = a.ask('POST', configMaps, configMap('after'))
    await etcd.start()
    expect((await waiting).status).toBe(201)
    expect((await b.ask('GET', `${configMaps}/after`)).status).toBe(200)
    expect((await watch.next()).object.metadata.name).toBe('after')
    expect((await b.ask('GET', `${configMaps}/before`)).body).toEqual(before.body)
    expect((await a.ask('GET', '/readyz')).status).toBe(200)
    const ends = await Promise.all([a.end(), b.end()])
    expect(ends).toEqual(ends.map(() => expect.objectContaining({ err: '' })))
  })
})

/** Over etcd's own gateway. */
async function tell(etcd: Etcd, path: string, body: object): Promise<unknown> {
  const response = await fetch(`http://${etcd.address}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${path}: ${answer}`)
  return JSON.parse(answer)
}

describe.skipIf('missing' in tools)(`an etcd in trouble${why}`, { timeout: 180_000 }, () => {
  test('that is full refuses writes in its own words, lets objects go, and takes writes again when it has space', async () => {
    await using etcd = await startEtcd(etcdProgram, { arguments: ['--quota-backend-bytes', String(12 * 2 ** 20)] })
    const a = await start(etcd, '/registry')
    let answer = await a.ask('POST', configMaps, configMap('c0'))
    for (let i = 1; answer.status === 201 && i < 40; i++) answer = await a.ask('POST', configMaps, configMap(`c${i}`, 'x'.repeat(900_000)))
    expect([answer.status, answer.body.message]).toEqual([500, 'etcdserver: mvcc: database space exceeded'])
    expect((await a.ask('GET', `${configMaps}/c1`)).status).toBe(200)
    for (const name of ['c1', 'c2', 'c3']) expect((await a.ask('DELETE', `${configMaps}/${name}`)).status).toBe(200)
    const { metadata } = (await a.ask('GET', configMaps)).body
    await tell(etcd, 'kv/compaction', { revision: metadata.resourceVersion, physical: true })
    await tell(etcd, 'maintenance/defragment', {})
    const { alarms } = (await tell(etcd, 'maintenance/alarm', { action: 'GET' })) as { alarms: object[] }
    for (const alarm of alarms) await tell(etcd, 'maintenance/alarm', { action: 'DEACTIVATE', ...alarm })
    expect((await a.ask('POST', configMaps, configMap('again'))).status).toBe(201)
    await a.end()
  })

  test('that does not answer: requests end all the same, others wait for it to answer again', async () => {
    await using etcd = await startEtcd(etcdProgram)
    const [a, b] = await Promise.all([start(etcd, '/registry'), start(etcd, '/registry')])
    await etcd.pause()
    const before = performance.now()
    expect((await a.ask('POST', configMaps, configMap('stopped'))).status).toBe(504)
    expect(performance.now() - before).toBeLessThan(40_000)
    const waiting = b.ask('POST', configMaps, configMap('later'))
    etcd.resume()
    expect((await waiting).status).toBe(201)
    expect((await a.ask('GET', `${configMaps}/later`)).status).toBe(200)
    await Promise.all([a.end(), b.end()])
  })

  test('with TLS and certificates of both sides, or with a password', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'test-storage-'))
    const file = (name: string, text: string) => {
      writeFileSync(join(scratch, name), text)
      return join(scratch, name)
    }
    const now = () => new Date()
    const serving = await createServingMaterial({ names: ['localhost'], addresses: ['127.0.0.1'], now: now() })
    const signer = await createClientSigner({ now })
    const client = await signer.issueClientCertificate({ user: 'inpod' })
    const [ca, clientCa] = [file('ca.crt', serving.ca), file('client-ca.crt', signer.caCertificate)]
    const [cert, key] = [file('client.crt', client.cert), file('client.key', client.key)]
    const args = ['--cert-file', file('etcd.crt', serving.cert), '--key-file', file('etcd.key', serving.key)]
    await using secured = await startEtcd(etcdProgram, {
      arguments: [...args, '--client-cert-auth', '--trusted-ca-file', clientCa],
      scheme: 'https',
    })
    const storage = ['exec', '--storage', `etcds://${secured.address}`, '--etcd-cafile', ca]
    const run = async (...more: string[]) => {
      const { code, err } = await runInpod([...storage, ...more, '--', 'true'])
      return { code, err }
    }
    expect(await run('--etcd-certfile', cert, '--etcd-keyfile', key)).toEqual({ code: 0, err: '' })
    expect(await run()).toEqual({ code: 1, err: expect.stringContaining('cannot reach etcd') })

    await using guarded = await startEtcd(etcdProgram)
    await tell(guarded, 'auth/user/add', { name: 'root', password: 'p@ss' })
    await tell(guarded, 'auth/role/add', { name: 'root' })
    await tell(guarded, 'auth/user/grant', { user: 'root', role: 'root' })
    await tell(guarded, 'auth/enable', {})
    const as = (who: string) => runInpod(['exec', '--storage', `etcd://${who}${guarded.address}`, '--', 'true'])
    expect(await as('root:p%40ss@')).toMatchObject({ code: 0, err: '' })
    const wrong = await as('root:wrong@')
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/refuses: etcdserver: authentication failed/)])
    expect(wrong.err).not.toContain('wrong@')
    expect(await as('')).toMatchObject({ code: 1, err: expect.stringContaining('refuses: etcdserver: user name is empty') })
    rmSync(scratch, { recursive: true })
  })
})

test('what cannot be used is said, with what to do', async () => {
  const run = async (...args: string[]) => {
    const { code, err } = await runInpod(['start', ...args])
    return { code, err }
  }
  const at = 'etcd://127.0.0.1:1'
  expect(await run('--storage', at)).toEqual({ code: 1, err: expect.stringMatching(/^inpod: cannot reach etcd at .*\n {2}Does etcd run/) })
  expect(await run('--storage', 'redis://x')).toEqual({ code: 2, err: expect.stringContaining('invalid storage "redis://x": etcd://HOST') })
  expect(await run('--storage', at, '--data', '/tmp/x')).toEqual({ code: 2, err: expect.stringContaining('exclude each other') })
  expect(await run('--etcd-prefix', '/x')).toEqual({ code: 2, err: expect.stringContaining('without --storage') })
  expect(await run('--storage', at, '--etcd-prefix', 'x y')).toEqual({ code: 2, err: expect.stringContaining('invalid prefix "x y"') })
  expect(await run('--storage', at, '--etcd-certfile', 'c')).toEqual({ code: 2, err: expect.stringContaining('come together') })
  expect(await run('--storage', at, '--etcd-cafile', '/nowhere')).toEqual({ code: 2, err: expect.stringContaining('cannot read /nowhere') })
})

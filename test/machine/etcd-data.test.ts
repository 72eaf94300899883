// An etcd that loses its data, or gets older ones back, while servers run over it. A real API server mixes what it remembers with what
// there is until it is restarted; ours begin anew by themselves.
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Etcd, etcdTools, startEtcd } from '../../scripts/tools/etcd.ts'
import { type Server, startServer } from '../cli/server.ts'
import { call } from '../server/call.ts'
import { openWatch } from '../server/open-watch.ts'
import { informerOf } from './informer.ts'
import { scratch } from './scratch.ts'

const tools = await etcdTools()
const why = 'missing' in tools ? ` (skipped: ${tools.missing})` : ''
const place = scratch()
afterAll(place.remove)
const configMaps = '/api/v1/namespaces/default/configmaps'
const manifest = place.write('given.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: given}\ndata: {text: given}\n')

const start = ({ address }: Etcd) => startServer(['--storage', `etcd://${address}`, '-f', manifest], { env: place.env })
const configMap = (name: string, text = '') => ({ metadata: { name }, data: { text } })
const make = async ({ ask }: Server, name: string) => expect((await ask('POST', configMaps, configMap(name))).status).toBe(201)
const namesIn = async ({ ask }: Server): Promise<string[]> =>
  (await ask('GET', configMaps)).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)

/** What the token of the Pod is good for. */
const whoAmI = async ({ target, description }: Server) => {
  const token = readFileSync(join(description.podRoot, 'var/run/secrets/kubernetes.io/serviceaccount/token'), 'utf8')
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  return (await call(target, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { token, body: review })).body.status?.userInfo
    .username
}

describe.skipIf('missing' in tools)(`an etcd that is not what it was${why}`, { timeout: 120_000 }, () => {
  const etcdProgram = 'etcd' in tools ? tools.etcd : ''

  test('older data: servers and clients have the state of then, versions go on, and those of before are expired', async () => {
    await using etcd = await startEtcd(etcdProgram)
    const [a, b] = [await start(etcd), await start(etcd)]
    for (const name of ['kept', 'changed', 'deleted']) await make(a, name)
    await etcd.kill()
    cpSync(etcd.data, join(place.path, 'older'), { recursive: true })
    await etcd.start()
    const changed = await a.ask('PUT', `${configMaps}/changed`, configMap('changed', 'later'))
    expect((await b.ask('DELETE', `${configMaps}/deleted`)).status).toBe(200)
    for (let i = 0; i < 30; i++) await make(b, `lost${i}`)
    const before = Number((await a.ask('GET', configMaps)).body.metadata.resourceVersion)
    const informer = await informerOf(b)
    await using watch = await openWatch(a.target, `${configMaps}?watch=1&resourceVersion=${before}`)
    await etcd.kill()
    rmSync(etcd.data, { recursive: true })
    cpSync(join(place.path, 'older'), etcd.data, { recursive: true })
    await etcd.start()

    const names = ['changed', 'deleted', 'given', 'kept', 'kube-root-ca.crt']
    for (const server of [a, b]) await expect.poll(() => namesIn(server), { timeout: 20_000 }).toEqual(names)
    for (const { ask } of [a, b]) {
      expect((await ask('GET', `${configMaps}/changed`)).body.data).toEqual({ text: '' })
      expect((await ask('GET', `${configMaps}/deleted`)).status).toBe(200)
      expect((await ask('GET', `${configMaps}/lost1`)).status).toBe(404)
      expect(Number((await ask('GET', configMaps)).body.metadata.resourceVersion)).toBeGreaterThan(before)
    }
    expect(await watch.next()).toBeUndefined()
    const again = (from: string | number) => openWatch(b.target, `${configMaps}?watch=1&resourceVersion=${from}`)
    for (const from of [changed.body.metadata.resourceVersion, before]) {
      await using old = await again(from)
      expect(await old.next()).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
    }
    await expect.poll(informer.names, { timeout: 20_000 }).toEqual(names)
    expect(informer.get('changed')?.data).toEqual({ text: '' })
    await make(a, 'new')
    expect((await b.ask('GET', `${configMaps}/new`)).status).toBe(200)
    await expect.poll(informer.names).toEqual([...names, 'new'].sort())
    expect((await b.ask('PUT', `${configMaps}/changed`, changed.body)).status).toBe(409)
    for (const server of [a, b]) expect(await whoAmI(server)).toBe('system:serviceaccount:default:default')
    await informer.stop()
    for (const { end } of [a, b]) expect(await end()).toMatchObject({ code: 143, err: expect.stringContaining('etcd has lost data') })
  })

  test('older data while a server stands still, and others write meanwhile: it notices by what they wrote', async () => {
    await using etcd = await startEtcd(etcdProgram)
    const [a, b] = [await start(etcd), await start(etcd)]
    await make(a, 'kept')
    await etcd.kill()
    cpSync(etcd.data, join(place.path, 'older-still'), { recursive: true })
    await etcd.start()
    for (let i = 0; i < 10; i++) await make(b, `lost${i}`)
    expect(await namesIn(b)).toContain('lost9')
    const informer = await informerOf(b)
    process.kill(b.pid, 'SIGSTOP')
    await etcd.kill()
    rmSync(etcd.data, { recursive: true })
    cpSync(join(place.path, 'older-still'), etcd.data, { recursive: true })
    await etcd.start()
    const names = ['given', 'kept', 'kube-root-ca.crt']
    await expect.poll(() => namesIn(a), { timeout: 20_000 }).toEqual(names)
    for (let i = 0; i < 40; i++) await make(a, `new${i}`)
    process.kill(b.pid, 'SIGCONT')
    const all = await namesIn(a)
    await expect.poll(() => namesIn(b), { timeout: 20_000 }).toEqual(all)
    await expect.poll(informer.names, { timeout: 20_000 }).toEqual(all)
    await informer.stop()
    await Promise.all([a.end(), b.end()])
  })

  test('none: servers make the cluster anew, with their keys, accounts and manifests', async () => {
    await using etcd = await startEtcd(etcdProgram)
    const [a, b] = [await start(etcd), await start(etcd)]
    const namespace = '/api/v1/namespaces/team-a'
    expect((await a.ask('POST', '/api/v1/namespaces', { metadata: { name: 'team-a' } })).status).toBe(201)
    for (let i = 0; i < 30; i++) await make(b, `lost${i}`)
    const before = Number((await a.ask('GET', configMaps)).body.metadata.resourceVersion)
    await using watch = await openWatch(a.target, `${configMaps}?watch=1&resourceVersion=${before}`)
    await etcd.kill()
    rmSync(etcd.data, { recursive: true })
    await etcd.start()

    for (const server of [a, b]) await expect.poll(() => namesIn(server), { timeout: 20_000 }).toEqual(['given', 'kube-root-ca.crt'])
    expect(await watch.next()).toBeUndefined()
    for (const server of [a, b]) {
      expect((await server.ask('GET', namespace)).status).toBe(404)
      expect((await server.ask('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view')).status).toBe(200)
      expect((await server.ask('GET', '/api/v1/namespaces/default/services/kubernetes')).status).toBe(200)
      expect(await whoAmI(server)).toBe('system:serviceaccount:default:default')
      expect(Number((await server.ask('GET', configMaps)).body.metadata.resourceVersion)).toBeGreaterThan(before)
      expect((await server.ask('GET', '/readyz')).status).toBe(200)
    }
    const later = await start(etcd)
    expect([later.target.adminToken, later.target.caCertificate]).toEqual([a.target.adminToken, a.target.caCertificate])
    await make(later, 'new')
    for (const server of [a, b, later]) expect(await namesIn(server)).toEqual(['given', 'kube-root-ca.crt', 'new'])
    for (const { end } of [a, b, later]) expect(await end()).toMatchObject({ code: 143 })
    await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
  })
})

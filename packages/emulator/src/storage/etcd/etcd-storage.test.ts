import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Etcd, etcdTools, startEtcd } from '../../../../../scripts/tools/etcd.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Storage, StorageConflict } from '../storage.ts'
import { describeStorage } from '../testing/suite.ts'
import { createEtcdStorage } from './etcd-storage.ts'
import { etcdKeys } from './keys.ts'
import { type Link, openLink } from './link.ts'
import type { KeyValue } from './messages.ts'

const tools = await etcdTools()
const why = 'missing' in tools ? ` (skipped: ${tools.missing})` : ''

describe.skipIf('missing' in tools)(`over a real etcd${why}`, () => {
  let etcd: Etcd
  let links: Link[] = []
  let count = 0

  beforeAll(async () => {
    etcd = await startEtcd('etcd' in tools ? tools.etcd : '')
  })
  afterAll(async () => {
    await closeAll()
    await etcd[Symbol.asyncDispose]()
  })
  const closeAll = async () => {
    const ending = links
    links = []
    await Promise.all(ending.map((link) => link.close()))
  }
  const open = (prefix: string, watchWindow = 100): Storage => {
    const keys = etcdKeys(prefix)
    const link = openLink({ endpoints: [`http://${etcd.address}`], user: undefined, password: undefined, tls: {}, prefix: keys.prefix })
    links.push(link)
    return createEtcdStorage({ link, keys, watchWindow }, link.demand({ do: 'open' }) as { revision: number; pairs: KeyValue[] })
  }
  const object = (name: string, value = 0): KubeObject => ({ kind: 'Thing', apiVersion: 'v1', metadata: { name }, value })

  // A storage that has had its turn is of no interest any more.
  describeStorage('etcd storage', {
    create({ watchWindow }) {
      void closeAll()
      return open(`/suite-${++count}`, watchWindow)
    },
    runs: 60,
  })

  test('what one writes, the other sees, and goes on from', async () => {
    const [a, b] = [open('/two'), open('/two')]
    const made = a.collection('/registry/configmaps/').create('default/x', object('x', 1))
    await b.catchUp!()
    const seen = b.collection('/registry/configmaps/').get('default/x')!
    expect(seen.object).toEqual(made.object)
    expect(b.revision).toBe(made.revision)
    const changed = b.collection('/registry/configmaps/').update('default/x', seen.revision, object('x', 2))
    expect(() => a.collection('/registry/configmaps/').update('default/x', made.revision, object('x', 3))).toThrow(StorageConflict)
    expect(a.collection('/registry/configmaps/').get('default/x')).toMatchObject({ revision: changed.revision, object: { value: 2 } })
    expect([...a.collection('/registry/configmaps/').changes('', made.revision)!]).toMatchObject([{ revision: changed.revision }])
  })

  test('a storage that was cut off while history was compacted has the state again, and says that changes are lost', async () => {
    const a = open('/cut')
    const things = a.collection('/registry/things/')
    const [x, y] = [things.create('x', object('x', 1)), things.create('y', object('y', 1))]
    const proxy = await startProxy(etcd.port)
    const keys = etcdKeys('/cut')
    const link = openLink({ endpoints: [`http://${proxy.address}`], user: undefined, password: undefined, tls: {}, prefix: keys.prefix })
    links.push(link)
    let lost = 0
    const opened = (await link.ask({ do: 'open' })) as { revision: number; pairs: KeyValue[] }
    const b = createEtcdStorage({ link, keys, onLost: () => void lost++ }, opened)
    await b.catchUp!()
    const seen: unknown[] = []
    b.onChange((_, { key, deleted, object: { value } }, byOthers) => void seen.push([key, deleted ? undefined : value, byOthers]))
    proxy.cut()
    things.update('x', x.revision, object('x', 2))
    things.delete('y', y.revision)
    things.create('z', object('z', 3))
    a.compact(a.revision)
    proxy.mend()
    await b.catchUp!()
    await expect.poll(() => lost).toBe(1)
    const mirror = b.collection('/registry/things/')
    expect(mirror.list('').map(({ key, object: { value } }) => [key, value])).toEqual([
      ['x', 2],
      ['z', 3],
    ])
    expect(mirror.changes('', x.revision)).toBeUndefined()
    expect(seen).toEqual([
      ['x', 2, true],
      ['z', 3, true],
      ['y', undefined, true],
    ])
    things.create('w', object('w', 5))
    await b.catchUp!()
    expect(mirror.get('w')!.revision).toBe(a.revision)
    proxy.close()
  })

  test('writers that conflict lose nothing, and all see the same changes in the same order', async () => {
    const storages = [open('/counter'), open('/counter'), open('/counter')]
    const seen = storages.map(() => [] as number[])
    for (const [i, storage] of storages.entries()) storage.onChange((_, { revision }) => void seen[i]!.push(revision))
    storages[0]!.collection('/registry/things/').create('counter', object('counter', 0))
    let conflicts = 0
    const increments = storages.flatMap((storage) => Array.from({ length: 40 }, () => storage))
    for (const storage of increments.sort(() => Math.random() - 0.5)) {
      const collection = storage.collection('/registry/things/')
      for (;;) {
        const found = collection.get('counter')
        try {
          if (found === undefined) collection.create('counter', object('counter', 1))
          else collection.update('counter', found.revision, object('counter', found.object['value'] + 1))
          break
        } catch (error) {
          if (!(error instanceof StorageConflict)) throw error
          conflicts++
        }
      }
    }
    for (const storage of storages) {
      await storage.catchUp!()
      expect(storage.collection('/registry/things/').get('counter')!.object['value']).toBe(increments.length)
    }
    expect(conflicts).toBeGreaterThan(0)
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })
})

/** A way to etcd that can be cut. Who waits for an answer that comes this way must not stop this thread. */
async function startProxy(port: number) {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((socket) => {
    if (isCut) return socket.destroy()
    const other = connect(port, '127.0.0.1')
    for (const each of [socket, other]) {
      sockets.add(each)
      each.on('error', () => {}).on('close', () => void [socket.destroy(), other.destroy(), sockets.delete(each)])
    }
    return socket.pipe(other).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    cut() {
      isCut = true
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      isCut = false
    },
    close: () => server.close(),
  }
}

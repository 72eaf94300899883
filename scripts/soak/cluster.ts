import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Call, createHttp1Client, createHttp2Client, type Endpoint, type Http2Client } from './connections.ts'
import { type Kind, type KubeObject, kinds, objectOf, shards } from './kinds.ts'

/** The server as its administrator has it; its requests are made until they succeed. */
export interface Cluster {
  connection: { endpoint: Endpoint; http2: Http2Client; call: Call }
  list(kind: Kind): Promise<{ resource: string; revision: number; objects: KubeObject[] }>
  listAll(): Promise<Array<{ resource: string; revision: number; objects: KubeObject[] }>>
  compact(): Promise<void>
  /** Puts a fault in place. */
  disturb(fault: object): Promise<void>
  /** Removes all faults. */
  calm(): Promise<void>
  /** Writes an object in each shard. */
  fence(kind: Kind, stamp: string): Promise<KubeObject[]>
  /** Lets go of connections. */
  rest(): Promise<void>
  close(): void
}

export function connectCluster(endpoint: Endpoint): Cluster {
  const http1 = createHttp1Client(endpoint)
  const http2 = createHttp2Client(endpoint)
  /** Each over a connection of its own, which is gone afterwards. */
  const insist = async (...args: Parameters<Call>): Promise<Answer> => {
    for (let attempt = 0; ; attempt++) {
      const once = createHttp1Client(endpoint)
      const answer = await once.call(...args).catch((error: Error) => error)
      once.close()
      if (!(answer instanceof Error) && answer.status < 300) return answer
      if (attempt > 100) throw new Error(`${args[0]} ${args[1]}: ${answer instanceof Error ? answer : JSON.stringify(answer.body)}`)
      await sleep(100)
    }
  }
  const list = async ({ resource, path }: Kind) => {
    const { body } = await insist('GET', path)
    return { resource, revision: Number(body.metadata.resourceVersion), objects: body.items as KubeObject[] }
  }
  return {
    connection: { endpoint, http2, call: http1.call },
    list,
    listAll: () => Promise.all(kinds.map(list)),
    async compact() {
      await insist('POST', '/inpod/v1/compact')
    },
    async disturb(fault) {
      await insist('POST', '/inpod/v1/faults', { faults: [fault] })
    },
    async calm() {
      await insist('DELETE', '/inpod/v1/faults')
    },
    fence: (kind, stamp) =>
      Promise.all(
        shards.map(async (shard) => {
          const object = objectOf(kind, `fence-${shard}`, { stamp: `${stamp}-${shard}`, shard })
          const path = `${kind.path}/fence-${shard}?fieldManager=fence&force=true`
          return (await insist('PATCH', path, object, 'application/apply-patch+yaml')).body as KubeObject
        }),
      ),
    async rest() {
      http2.close()
      await sleep(200)
    },
    close() {
      http1.close()
      http2.close()
    },
  }
}

// An etcd can lose what it had: it is started anew without its data, or from an older snapshot. Its revisions begin again from there then.
import type { EtcdClient } from './client.ts'
import { GrpcError, grpcStatus } from './grpc-channel.ts'
import { methods, rangeRequest, readRangeResponse, txnRequest } from './messages.ts'

/** Where in etcd's history we are. */
export interface HistoryPoint {
  revision: number
  /** What `head` held then: each write puts another value there. */
  mark: string | undefined
}

export interface History {
  /** Whether etcd still has what it had at this point. Of what has been compacted nobody knows. */
  has(point: HistoryPoint): Promise<boolean>
  /** Writes until what comes next has a revision that nobody has seen, so that no version has two meanings. */
  exceed(revision: number): Promise<void>
}

const together = 200

/** @param head the key that each write puts, too */
export function createHistory(client: EtcdClient, head: string): History {
  const readHead = async (revision = 0) => readRangeResponse(await client.call(methods.range, rangeRequest(head, { revision })))
  const put = () => client.call(methods.txn, txnRequest({ expected: [], success: [{ put: { key: head, value: newMark() } }], failure: [] }))

  return {
    async has({ revision, mark }) {
      // A watch from a revision that is not there yet waits for it without a word.
      if ((await readHead()).revision < revision) return false
      try {
        return (await readHead(revision)).pairs[0]?.value === mark
      } catch (error) {
        if (error instanceof GrpcError && error.code === grpcStatus.outOfRange) return true
        throw error
      }
    },
    async exceed(revision) {
      for (;;) {
        const missing = revision + 1 - (await readHead()).revision
        if (missing <= 0) return
        await Promise.all(Array.from({ length: Math.min(missing, together) }, put))
      }
    },
  }
}

export const newMark = (): string => Math.random().toString(36).slice(2)

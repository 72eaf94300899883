import { randomInt } from 'node:crypto'
import type { EtcdClient } from './client.ts'
import { leaseGrantRequest, leaseRequest, methods, readKeepAliveResponse, txnRequest } from './messages.ts'

/** How long keys outlive a process that was killed, in seconds. */
const seconds = 10

/** What ends with this process. */
export interface Lease {
  /** Its number; the lease is made when it is first wanted. */
  id(): Promise<number>
  /** Makes it anew if it has ended, with its keys. */
  renew(): Promise<void>
  /** These are put again should the lease be lost while etcd was away. */
  keep(key: string, value: string): void
  drop(key: string): void
  revoke(): Promise<void>
}

export function createLease(client: EtcdClient): Lease {
  const kept = new Map<string, string>()
  let granted: Promise<number> | undefined
  let timer: NodeJS.Timeout | undefined

  const grant = async () => {
    const id = randomInt(1, 2 ** 47)
    await client.call(methods.leaseGrant, leaseGrantRequest(id, seconds))
    timer ??= setInterval(() => void renew().catch(() => {}), (seconds * 1000) / 3)
    return id
  }
  const id = () => {
    granted ??= grant().catch((error) => {
      granted = undefined
      throw error
    })
    return granted
  }
  const renew = async () => {
    const left = readKeepAliveResponse(await client.call(methods.leaseKeepAlive, leaseRequest(await id())))
    if (left > 0) return
    granted = undefined
    const lease = await id()
    const success = [...kept].map(([key, value]) => ({ put: { key, value, lease } }))
    await client.call(methods.txn, txnRequest({ expected: [], success, failure: [] }))
  }

  return {
    id,
    renew,
    keep: (key, value) => void kept.set(key, value),
    drop: (key) => void kept.delete(key),
    async revoke() {
      clearInterval(timer)
      if (granted !== undefined) await client.call(methods.leaseRevoke, leaseRequest(await granted))
    },
  }
}

// Speaks to etcd for a main thread that waits for each of its writes.
import { type MessagePort, workerData } from 'node:worker_threads'
import { createEtcdClient } from './client.ts'
import { createFeed, endOfPrefix, type FeedEvent } from './feed.ts'
import { GrpcError, grpcStatus } from './grpc-channel.ts'
import { newMark } from './history.ts'
import { createLease } from './lease.ts'
import {
  compactionRequest,
  methods,
  type Operation,
  rangeRequest,
  readRangeResponse,
  readTxnResponse,
  type TxnRequest,
  txnRequest,
} from './messages.ts'
import type { Answer, FromWorker, Question, WorkerSettings } from './protocol.ts'

const { port, settings } = workerData as { port: MessagePort; settings: WorkerSettings }

/** Written with each write: its revision is that of the last one, and its value tells one history from another. */
const head = `${settings.prefix}inpod.internal/head`
const behindMs = 3_000
const compactEveryMs = 300_000

const client = createEtcdClient(settings)
const lease = createLease(client)
let held: FeedEvent[] = []
/** The write under way: which of the changes it is will be known once it is answered. */
let writing: Promise<unknown> | undefined

const post = (message: FromWorker) => port.postMessage(message)

const feed = createFeed(client, settings.prefix, head, {
  events(events) {
    for (const event of events) if (event.key !== head) held.push(event)
    if (writing === undefined) tell(Number.POSITIVE_INFINITY)
  },
  replaced({ revision, events, rewound }) {
    tell(Number.POSITIVE_INFINITY)
    post({ replaced: { revision, events: events.filter(({ key }) => key !== head), rewound } })
  },
})

/** Tells what has happened up to a revision, and leaves out what the main thread knows. */
function tell(upTo: number, own?: string): void {
  const due = held.filter(({ revision }) => revision <= upTo)
  held = held.slice(due.length)
  const events = due.filter(({ key, revision }) => revision !== upTo || key !== own)
  if (events.length > 0) post({ events })
}

const txn = async (request: TxnRequest) => readTxnResponse(await client.call(methods.txn, txnRequest(request)))

async function write({ key, value, expected, unchanged }: Question & { do: 'write' }): Promise<Answer> {
  if (feed.problem !== undefined) return { failure: { text: feed.problem.message, refused: false } }
  const change = value === undefined ? { remove: { key } } : { put: { key, value } }
  // Whoever is refused learns of what has been written by the last revision there is.
  const failure = [head, key].map((each) => ({ range: { key: each, keysOnly: true } }))
  const earlier = unchanged && { key: unchanged.prefix, rangeEnd: endOfPrefix(unchanged.prefix), modRevision: unchanged.since + 1 }
  const attempt = (success: Operation[]) => txn({ expected: [{ key, modRevision: expected }], earlier, success, failure })
  const { succeeded, revision, ranges } = await attempt([change, { put: { key: head, value: newMark() } }]).catch((error) => {
    // A full etcd lets keys go, and takes none.
    if (value !== undefined || (error as GrpcError).code !== grpcStatus.resourceExhausted) throw error
    return attempt([change])
  })
  const wanted = succeeded ? revision : Math.max(...ranges.flatMap(({ pairs }) => pairs.map(({ modRevision }) => modRevision)), 0)
  if (!(await feed.reached(wanted, behindMs))) return behind
  tell(wanted, succeeded ? key : undefined)
  return succeeded ? { revision } : { conflict: true }
}

const behind: Answer = { failure: { text: 'etcd tells of no changes', refused: false } }

async function catchUp(): Promise<Answer> {
  const { pairs } = readRangeResponse(await client.call(methods.range, rangeRequest(head, { keysOnly: true })))
  const revision = pairs[0]?.modRevision ?? 0
  const isThere = await feed.reached(revision, behindMs)
  // Changes are held back meanwhile.
  while (writing !== undefined) await writing
  return isThere ? { revision } : behind
}

async function put({ key, value, expected, leased }: Question & { do: 'put' }): Promise<Answer> {
  const attempt = async () => {
    const until = leased ? { lease: await lease.id() } : {}
    return txn({ expected: [{ key, modRevision: expected }], success: [{ put: { key, value, ...until } }], failure: [] })
  }
  const { succeeded, revision } = await attempt().catch(async (error) => {
    // Lost with etcd's data, or while etcd was away.
    if (!leased || (error as GrpcError).code !== grpcStatus.notFound) throw error
    await lease.renew()
    return attempt()
  })
  if (!succeeded) return { conflict: true }
  if (leased) lease.keep(key, value)
  return { revision }
}

async function read(key: string): Promise<Answer> {
  return { pair: readRangeResponse(await client.call(methods.range, rangeRequest(key))).pairs[0] }
}

async function remove(key: string): Promise<Answer> {
  lease.drop(key)
  const { revision } = await txn({ expected: [], success: [{ remove: { key } }], failure: [] })
  return { revision }
}

async function compact(revision: number): Promise<Answer> {
  await client.call(methods.compact, compactionRequest(revision))
  return { revision }
}

/** As kube-apiserver does: what is older than five minutes is nobody's any more. */
function compactRegularly(): void {
  let before = 0
  setInterval(() => {
    const revision = before
    before = feed.revision
    // Others may have been quicker.
    if (revision > 0) compact(revision).catch(() => {})
  }, compactEveryMs).unref()
}

async function close(): Promise<Answer> {
  feed.close()
  await lease.revoke().catch(() => {})
  client.close()
  return { revision: feed.revision }
}

async function answer(question: Question): Promise<Answer> {
  switch (question.do) {
    case 'open':
      compactRegularly()
      return feed.load()
    case 'write': {
      const result = write(question).catch(failureOf)
      writing = result.finally(() => {
        writing = undefined
      })
      return result
    }
    case 'catchUp':
      return catchUp()
    case 'compact':
      return compact(question.revision)
    case 'read':
      return read(question.key)
    case 'put':
      return put(question)
    case 'remove':
      return remove(question.key)
    case 'close':
      return close()
  }
}

function failureOf(error: unknown): Answer {
  const { message } = error as Error
  const refused = error instanceof GrpcError && error.certain && error.code !== grpcStatus.unavailable
  if (!refused) client.reconnect()
  return { failure: { text: message, refused } }
}

port.on('message', async ({ id, question }: { id: number; question: Question }) => {
  const answered = await answer(question).catch(failureOf)
  post({ id, answer: answered })
  Atomics.add(settings.signal, 0, 1)
  Atomics.notify(settings.signal, 0)
  if (writing === undefined) tell(Number.POSITIVE_INFINITY)
  if (question.do === 'close') port.close()
})

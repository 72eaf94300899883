import type { EtcdClient, EtcdStream } from './client.ts'
import { GrpcError } from './grpc-channel.ts'
import { type KeyValue, methods, rangeRequest, readRangeResponse, readWatchResponse, type WatchEvent, watchRequest } from './messages.ts'

/** A change of a key; without a value, its deletion. */
export interface FeedEvent {
  key: string
  revision: number
  value?: string
}

export interface LoadedState {
  revision: number
  pairs: KeyValue[]
}

export interface FeedListener {
  /** In the order of their revisions. */
  events(events: FeedEvent[]): void
  /** What happened since is not to be had in its order any more: these changes lead to the state of a revision. */
  replaced(revision: number, events: FeedEvent[]): void
}

/** All that happens to the keys of a prefix, however often the connection is lost. */
export interface Feed {
  /** Of the last change that was told. */
  readonly revision: number
  /** Why nothing comes at the moment. */
  readonly problem: Error | undefined
  /** The state to begin with; what comes after it is told. */
  load(): Promise<LoadedState>
  /** When all changes up to a revision have been told, and more are to be told as they come; false if that takes too long. */
  reached(revision: number, timeoutMs: number): Promise<boolean>
  close(): void
}

const pageSize = 500
const leastPauseMs = 50
const longestPauseMs = 1_000

export function createFeed(client: EtcdClient, prefix: string, listener: FeedListener): Feed {
  const end = endOfPrefix(prefix)
  const known = new Map<string, number>()
  const waiting = new Set<() => void>()
  let revision = 0
  let problem: Error | undefined
  let closed = false
  let stream: EtcdStream | undefined

  const advance = (to: number) => {
    revision = Math.max(revision, to)
    problem = undefined
    for (const check of waiting) check()
  }
  const note = ({ key, modRevision, value, deleted }: WatchEvent): FeedEvent => {
    if (deleted) known.delete(key)
    else known.set(key, modRevision)
    return { key, revision: modRevision, ...(deleted ? {} : { value }) }
  }
  const takeAll = ({ revision: at, pairs }: LoadedState): FeedEvent[] => {
    const gone = new Set(known.keys())
    const changed = pairs.filter(({ key, modRevision }) => {
      gone.delete(key)
      return known.get(key) !== modRevision
    })
    known.clear()
    for (const { key, modRevision } of pairs) known.set(key, modRevision)
    const puts = changed.map(({ key, modRevision, value }) => ({ key, revision: modRevision, value }))
    return [...puts.sort((a, b) => a.revision - b.revision), ...[...gone].map((key) => ({ key, revision: at }))]
  }
  const readState = async (): Promise<LoadedState> => {
    const pairs: KeyValue[] = []
    let at = 0
    for (let from = prefix; ; from = `${pairs.at(-1)!.key}\0`) {
      const page = readRangeResponse(await client.call(methods.range, rangeRequest(from, { rangeEnd: end, limit: pageSize, revision: at })))
      at ||= page.revision
      for (const pair of page.pairs) pairs.push(pair)
      if (!page.more) return { revision: at, pairs }
    }
  }
  const replace = async () => {
    const state = await readState()
    listener.replaced(state.revision, takeAll(state))
    advance(state.revision)
  }

  /** Until the watch ends; gives why. */
  const watch = async (): Promise<'compacted' | GrpcError> => {
    const { promise, resolve } = Promise.withResolvers<'compacted' | GrpcError>()
    await refuseRewound(client, prefix, revision)
    stream = await client.stream(methods.watch, {
      message(body) {
        const response = readWatchResponse(body)
        if (response.events.length > 0) listener.events(response.events.map(note))
        if (!response.canceled) return advance(response.events.at(-1)?.modRevision ?? 0)
        resolve(response.compactRevision > 0 ? 'compacted' : new GrpcError(0, response.cancelReason, true))
        stream?.cancel()
      },
      end: resolve,
    })
    stream.write(watchRequest(prefix, end, revision + 1))
    return promise
  }
  const follow = async () => {
    for (let pause = 0; !closed; ) {
      try {
        const reason = await watch()
        if (reason === 'compacted') await replace()
        else throw reason
        pause = 0
      } catch (error) {
        pause = problem === undefined ? leastPauseMs : Math.min(longestPauseMs, pause * 2)
        problem = error as Error
        if (!closed) await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  return {
    get revision() {
      return revision
    },
    get problem() {
      return problem
    },
    async load() {
      const state = await readState()
      takeAll(state)
      advance(state.revision)
      void follow()
      return state
    },
    reached(wanted, timeoutMs) {
      const isThere = () => revision >= wanted && problem === undefined
      if (isThere()) return Promise.resolve(true)
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const done = (result: boolean) => {
        clearTimeout(timer)
        waiting.delete(check)
        resolve(result)
      }
      const check = () => {
        if (isThere()) done(true)
      }
      const timer = setTimeout(() => done(false), timeoutMs)
      waiting.add(check)
      return promise
    },
    close() {
      closed = true
      stream?.cancel()
    },
  }
}

/** A watch from a revision that is not there yet waits for it without a word. */
async function refuseRewound(client: EtcdClient, prefix: string, revision: number): Promise<void> {
  const now = readRangeResponse(await client.call(methods.range, rangeRequest(prefix, { keysOnly: true }))).revision
  if (now < revision) throw new Error(`etcd is at revision ${now}, and was at ${revision} before: it has lost its data`)
}

/** The first key after all that begin with a prefix. */
export function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

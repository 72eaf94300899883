import type { EtcdClient, EtcdStream } from './client.ts'
import { GrpcError } from './grpc-channel.ts'
import { createHistory } from './history.ts'
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

/** Of a state that took the place of another. */
export interface Replacement {
  revision: number
  /** Puts of all keys that there are, changed or not, and deletions. */
  events: FeedEvent[]
  /** Whether etcd has lost its data, or got older ones back: it is not what it was before that led here. */
  rewound: boolean
}

export interface FeedListener {
  /** In the order of their revisions. */
  events(events: FeedEvent[]): void
  /** What happened since is not to be had in its order any more: these changes lead to the state of a revision. */
  replaced(state: Replacement): void
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

/** @param head the key that each write puts, too */
export function createFeed(client: EtcdClient, prefix: string, head: string, listener: FeedListener): Feed {
  const end = endOfPrefix(prefix)
  const history = createHistory(client, head)
  const known = new Set<string>()
  const waiting = new Set<() => void>()
  let revision = 0
  let mark: string | undefined
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
    else known.add(key)
    if (key === head) mark = deleted ? undefined : value
    return { key, revision: modRevision, ...(deleted ? {} : { value }) }
  }
  const takeAll = ({ revision: at, pairs }: LoadedState): FeedEvent[] => {
    const gone = new Set(known)
    known.clear()
    for (const { key } of pairs) {
      gone.delete(key)
      known.add(key)
    }
    mark = pairs.find(({ key }) => key === head)?.value
    const puts = pairs.map(({ key, modRevision, value }) => ({ key, revision: modRevision, value }))
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
  const replace = async (rewound: boolean) => {
    const state = await readState()
    listener.replaced({ revision: state.revision, events: takeAll(state), rewound })
    advance(state.revision)
  }
  const followRewound = async () => {
    await history.exceed(revision)
    await replace(true)
  }

  /** Until the watch ends; gives why. */
  const watch = async (): Promise<'compacted' | GrpcError> => {
    const { promise, resolve } = Promise.withResolvers<'compacted' | GrpcError>()
    if (!(await history.has({ revision, mark }))) await followRewound()
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
        if (reason === 'compacted') await replace(false)
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

/** The first key after all that begin with a prefix. */
export function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, type Endpoint, type Http2Client, openStream, type Transport } from './connections.ts'
import type { WatchEvent } from './history.ts'
import type { Kind, KubeObject } from './kinds.ts'
import { between, oneOf, type Random, weighted } from './random.ts'
import { createTold, type Told } from './told.ts'

export interface WatcherOptions {
  kind: Kind
  /** Undefined: all of the kind. */
  shard: string | undefined
  connection: { endpoint: Endpoint; http2: Http2Client; call: Call }
  random: Random
  /** It does not come and go, and has been told of all up to this revision. */
  steadyFrom?: number
  onEvent(event: WatchEvent): void
}

export interface WatcherCounts {
  /** Streams that were opened, by transport. */
  opened: Record<Transport, number>
  events: number
  bookmarks: number
  /** How often history had been forgotten, so that it had to list again. */
  expired: number
}

/** A client that watches, comes and goes, and remembers all that it was told. */
export interface Watcher {
  kind: Kind
  shard: string | undefined
  told: Told
  /** Nothing happens to it, so that it misses nothing. */
  steady: boolean
  counts(): WatcherCounts
  /** From now on it does not wait between streams; or does so again. */
  hurry(now: boolean): void
  stop(): Promise<void>
}

const transports = ['http1', 'http2', 'websocket'] as const

export function startWatcher({ kind, shard, connection, random, steadyFrom, onEvent }: WatcherOptions): Watcher {
  const told = createTold(steadyFrom, shard === undefined ? onEvent : () => {})
  const opened = { http1: 0, http2: 0, websocket: 0 }
  const selector = shard === undefined ? '' : `labelSelector=shard%3D${shard}&`
  let stopped = false
  let absence = new AbortController()
  let closeStream = () => {}

  const list = async () => {
    const { status, body } = await connection.call('GET', `${kind.path}?${selector}`)
    if (status !== 200) return
    const items = new Map<string, number>(body.items.map(({ metadata }: KubeObject) => [metadata.name, Number(metadata.resourceVersion)]))
    told.listed({ revision: Number(body.metadata.resourceVersion), items })
  }
  const watch = async (transport: Transport, options: string, stay: Stay) => {
    const items = new Map<string, number>()
    const { cursor } = told
    const from = cursor === undefined ? 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan' : `resourceVersion=${cursor}`
    let open = true
    opened[transport]++
    const stream = openStream(transport, connection, `${kind.path}?watch=1&${selector}${from}${options}`, (line) => {
      if (open && !(told.cursor === undefined ? told.begin(line, items) : told.follow(line))) closeStream()
    })
    closeStream = () => {
      open = false
      stream.close()
    }
    const timers = [stay.leave && setTimeout(closeStream, stay.leave), stay.stall && setTimeout(() => stream.stall(stay.stall!), 500)]
    const status = await stream.ended
    open = false
    for (const timer of timers) clearTimeout(timer)
    if (status === 410 && told.cursor !== undefined) told.expire()
  }
  const comeAndGo = async () => {
    if (told.cursor === undefined && random() < 0.6) await list().catch(() => {})
    else {
      const timeout = random() < 0.7 ? `&timeoutSeconds=${between(random, 1, 8)}` : ''
      await watch(oneOf(random, transports), `&allowWatchBookmarks=true${timeout}`, {
        leave: random() < 0.4 || timeout === '' ? between(random, 300, 10_000) : undefined,
        stall: random() < 0.1 ? between(random, 200, 3000) : undefined,
      })
    }
    const milliseconds = weighted(random, absences)
    await sleep(milliseconds, undefined, { signal: absence.signal }).catch(() => {})
  }
  const run = async () => {
    while (!stopped) {
      await (steadyFrom === undefined ? comeAndGo() : watch('http1', '', {}))
      await sleep(between(random, 10, 100))
    }
  }
  const running = run()

  return {
    kind,
    shard,
    told,
    steady: steadyFrom !== undefined,
    counts: () => ({ opened, ...told.counts }),
    hurry(now) {
      if (now) absence.abort()
      else absence = new AbortController()
    },
    async stop() {
      stopped = true
      absence.abort()
      closeStream()
      await running
    },
  }
}

/** What a watcher does of its own accord, in milliseconds: leave after some time, take nothing for some time. */
interface Stay {
  leave?: number | undefined
  stall?: number | undefined
}

/** Milliseconds between two streams. In the longest there is likely to be a compaction. */
const absences = [
  [7, 0],
  [2, 2000],
  [1, 9000],
] as const

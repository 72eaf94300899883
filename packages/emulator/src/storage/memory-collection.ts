// The objects of one resource in memory: every key links back to its older states until these are compacted.
import { freezeAndWeigh } from '../apimachinery/deep-freeze.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { createMemoryKeys } from './memory-keys.ts'
import { type Collection, type Revision, retryOnConflict, type Sequencer, StorageConflict } from './storage.ts'

/** An object of its own for each, as one listener may watch twice. */
interface Watcher {
  listener: (change: Revision) => void
}

/** What all collections of a storage count together. */
export interface Counter {
  revision: number
  /** Of the state that there was at first. */
  begin: number
  compacted: number
  /** Decides on a write, and gives its revision. */
  next: Sequencer['write']
}

interface LogEntry {
  change: Revision
  weight: number
}

/** Stands where a change was, so that its objects can go. */
const forgotten = {} as LogEntry

export interface MemoryCollection extends Collection {
  compact(revision: number): void
  current(): Map<string, Revision>
  reset(state: Map<string, Revision>): void
  /** A state from before the beginning. */
  load(key: string, object: KubeObject): void
  /** A change that has been kept. */
  replay(key: string, object: KubeObject, deleted: boolean): void
  /** Somebody else's change; without an object, a deletion. */
  follow(key: string, revision: number, object: KubeObject | undefined): void
  /** Up to this revision, what changed and when is not known. */
  changeUnknown(revision: number): void
}

export function createCollection(
  prefix: string,
  counter: Counter,
  { watchWindow, watchWindowBytes }: { watchWindow: number; watchWindowBytes: number },
  announce: (change: Revision, byOthers: boolean) => void,
): MemoryCollection {
  const latest = new Map<string, Revision>()
  const keys = createMemoryKeys()
  /** By what their keys begin with, so that a write costs nothing for those of other namespaces. */
  const watchers = new Map<string, Set<Watcher>>()
  // What is before the start of the log has been forgotten.
  let log: LogEntry[] = []
  let logStart = 0
  let logWeight = 0
  let oldest = counter.begin
  let changedAt = 0

  const live = (key: string) => {
    const found = latest.get(key)
    return found?.deleted ? undefined : found
  }

  const commit = (key: string, object: KubeObject, deleted: boolean, unchangedSince?: number): Revision => {
    if (unchangedSince !== undefined && changedAt > unchangedSince) throw new StorageConflict(live(key))
    const revision = counter.next({ prefix, key, object, deleted }, live(key)?.revision ?? 0, unchangedSince)
    return apply(key, object, deleted, revision, false)
  }

  const apply = (key: string, object: KubeObject, deleted: boolean, revision: number, byOthers: boolean): Revision => {
    object.metadata.resourceVersion = String(revision)
    counter.revision = Math.max(counter.revision, revision)
    const weight = freezeAndWeigh(object)
    const previous = latest.get(key)
    const change: Revision = { key, revision, object, deleted, previous, encoded: undefined }
    if (deleted) keys.bury(key)
    else if (previous === undefined || previous.deleted) keys.add(key)
    latest.set(key, change)
    changedAt = revision
    log.push({ change, weight })
    logWeight += weight
    while (log.length - logStart > watchWindow || (logWeight > watchWindowBytes && log.length - logStart > 1)) forgetFirst()
    tell(watchers.get(''), change)
    const namespaceEnd = key.indexOf('/') + 1
    if (namespaceEnd > 0) tell(watchers.get(key.slice(0, namespaceEnd)), change)
    announce(change, byOthers)
    // Who goes back in history is rare, and can have it encoded again: kept, it would weigh as much as the objects, and count for nothing.
    if (previous !== undefined) previous.encoded = undefined
    return change
  }

  /** Drops the oldest change: what it replaced can no longer be asked for, and a deleted key may go. */
  const forgetFirst = () => {
    const { change, weight } = log[logStart]!
    log[logStart] = forgotten
    logWeight -= weight
    change.previous = undefined
    oldest = change.revision
    if (change.deleted && latest.get(change.key) === change) {
      latest.delete(change.key)
      keys.forget(change.key)
    }
    logStart++
    if (logStart > 1024 && logStart * 2 > log.length) {
      log = log.slice(logStart)
      logStart = 0
    }
  }

  /** What a restored state is a copy of, so that going back to it again changes nothing. */
  const originals = new WeakMap<Revision, Revision>()
  const original = (state: Revision) => originals.get(state) ?? state

  const restore = (key: string, then: Revision) => {
    originals.set(commit(key, copyOf(then), false), original(then))
  }

  const replace = (key: string, expected: number, object: KubeObject | undefined, unchangedSince?: number): Revision => {
    const found = live(key)
    if (found === undefined || found.revision !== expected) throw new StorageConflict(found)
    return commit(key, object ?? copyOf(found), object === undefined, unchangedSince)
  }

  const statesNow = function* (within: string, start: string): Generator<Revision> {
    for (const chunk of keys.from(start)) {
      for (const key of chunk) {
        if (!key.startsWith(within)) return
        yield latest.get(key)!
      }
    }
  }

  const statesAt = function* (within: string, start: string, at: number): Generator<Revision> {
    for (const key of keys.withBuried(start)) {
      if (!key.startsWith(within)) return
      let state = latest.get(key)
      while (state !== undefined && state.revision > at) state = state.previous
      if (state !== undefined && !state.deleted) yield state
    }
  }

  /** How many more of the keys in question were there at a revision that history reaches back to. */
  const liveSince = (at: number, isInQuestion: (key: string) => boolean): number => {
    const seen = new Set<string>()
    let more = 0
    for (const { key, previous } of changesAfter(log, logStart, '', at)) {
      if (seen.has(key) || !isInQuestion(key)) continue
      seen.add(key)
      more += Number(previous !== undefined && !previous.deleted) - Number(live(key) !== undefined)
    }
    return more
  }

  return {
    get changedAt() {
      return changedAt
    },
    get: live,
    list(within, at) {
      const found: Revision[] = []
      // Most of what admission looks through at each write.
      if (latest.size === 0) return found
      if (at !== undefined && at < changedAt) return [...statesAt(within, within, at)]
      for (const chunk of keys.from(within)) {
        for (const key of chunk) {
          if (!key.startsWith(within)) return found
          found.push(latest.get(key)!)
        }
      }
      return found
    },
    walk: (within, start, at) => (at !== undefined && at < changedAt ? statesAt(within, start, at) : statesNow(within, start)),
    count(within, start, at) {
      const now = keys.count(within, start)
      if (at === undefined || at >= changedAt) return now
      if (at < oldest) return [...statesAt(within, start, at)].length
      return now + liveSince(at, (key) => key >= start && key.startsWith(within))
    },
    create(key, object, unchangedSince) {
      const found = live(key)
      if (found !== undefined) throw new StorageConflict(found)
      return commit(key, object, false, unchangedSince)
    },
    update: replace,
    delete: (key, expected) => replace(key, expected, undefined),
    get forgottenRevision() {
      return Math.max(oldest, counter.compacted)
    },
    changes: (within, from) => (from < Math.max(oldest, counter.compacted) ? undefined : changesAfter(log, logStart, within, from)),
    watch(within, listener) {
      const watcher = { listener }
      const some = watchers.get(within) ?? new Set()
      watchers.set(within, some.add(watcher))
      return {
        stop() {
          some.delete(watcher)
          if (some.size === 0 && watchers.get(within) === some) watchers.delete(within)
        },
      }
    },
    compact(revision) {
      while (logStart < log.length && log[logStart]!.change.revision <= revision) forgetFirst()
    },
    load(key, object) {
      freezeAndWeigh(object)
      const revision = Number(object.metadata.resourceVersion)
      keys.add(key)
      latest.set(key, { key, revision, object, deleted: false, previous: undefined, encoded: undefined })
      changedAt = Math.max(changedAt, revision)
    },
    replay: (key, object, deleted) => void commit(key, object, deleted),
    follow(key, revision, object) {
      const last = object ?? (live(key) && copyOf(live(key)!))
      if (last !== undefined) apply(key, last, object === undefined, revision, true)
    },
    changeUnknown(revision) {
      changedAt = revision
    },
    current: () => new Map([...latest].filter(([, state]) => !state.deleted)),
    reset(state) {
      const settle = (key: string) => {
        const now = live(key)
        const then = state.get(key)
        if (now !== undefined && then === undefined) commit(key, copyOf(now), true)
        else if (then !== undefined && (now === undefined || original(now) !== original(then))) restore(key, then)
      }
      for (const key of new Set([...latest.keys(), ...state.keys()])) retryOnConflict(() => settle(key))
    },
  }
}

function tell(watchers: Set<Watcher> | undefined, change: Revision): void {
  for (const { listener } of watchers ?? []) listener(change)
}

const copyOf = ({ object }: Revision): KubeObject => ({ ...object, metadata: { ...object.metadata } })

function* changesAfter(log: readonly LogEntry[], start: number, within: string, revision: number): Generator<Revision> {
  for (let i = firstAfter(log, start, revision); i < log.length; i++) {
    const { change } = log[i]!
    if (change.key.startsWith(within)) yield change
  }
}

function firstAfter(log: readonly LogEntry[], start: number, revision: number): number {
  let low = start
  let high = log.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (log[middle]!.change.revision <= revision) low = middle + 1
    else high = middle
  }
  return low
}

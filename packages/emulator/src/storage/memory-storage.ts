import { type Counter, createCollection, type MemoryCollection } from './memory-collection.ts'
import type { ChangeListener, ForeignChange, Journal, KeptState, Revision, Sequencer, Snapshot, Storage } from './storage.ts'

export interface MemoryStorageOptions {
  /** How many changes of one collection are kept for watches and for lists at an older revision. */
  watchWindow?: number
  /** About how many bytes of objects the changes that are kept may hold, one collection at a time. The last change is kept anyway. */
  watchWindowBytes?: number
  /** Told of each change before it is made. */
  journal?: Journal | undefined
  /** Instead: who else writes, and what. */
  sequencer?: Sequencer | undefined
  /** What to begin with. */
  kept?: KeptState | undefined
}

interface MemorySnapshot extends Snapshot {
  collections: Map<string, Map<string, Revision>>
}

export interface MemoryStorage extends Storage {
  /** Takes over what others have changed; watches see it at once, other listeners with the next own change or `tell`. */
  follow(changes: Iterable<ForeignChange>): void
  tell(): void
  /** What led to the state of this revision is not known. */
  forget(revision: number): void
}

/** An in-memory multi-version store: every key links back to its older states until these are compacted. */
export function createMemoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const { watchWindow = 10_000, watchWindowBytes = 2 ** 26, journal, sequencer, kept } = options
  const collections = new Map<string, MemoryCollection>()
  const { onChange, announce, tell } = createAnnouncer()
  const begin = kept?.revision ?? 1
  const counter: Counter = { revision: begin, begin, compacted: 0, next: nextOf(() => counter.revision) }

  const collection = (prefix: string): MemoryCollection => {
    let found = collections.get(prefix)
    if (found === undefined) {
      found = createCollection(prefix, counter, { watchWindow, watchWindowBytes }, (change, byOthers) => {
        announce(prefix, change, byOthers)
        if (!byOthers) tell()
      })
      collections.set(prefix, found)
    }
    return found
  }

  const compact = (revision: number) => {
    counter.compacted = Math.max(counter.compacted, Math.min(revision, counter.revision))
    for (const each of collections.values()) each.compact(counter.compacted)
  }

  if (kept !== undefined) {
    for (const { prefix, key, object } of kept.states) collection(prefix).load(key, object)
    for (const { prefix, key, object, deleted } of kept.changes) collection(prefix).replay(key, object, deleted)
    compact(kept.compacted)
  }
  if (journal !== undefined) counter.next = nextOf(() => counter.revision, journal)
  if (sequencer !== undefined) counter.next = tellAnyway(sequencer, tell)

  return {
    get revision() {
      return counter.revision
    },
    get compactedRevision() {
      return counter.compacted
    },
    collection,
    compact(revision) {
      ;(journal ?? sequencer)?.compact(Math.min(revision, counter.revision))
      compact(revision)
    },
    states() {
      const ordered = [...collections].sort(([a], [b]) => (a < b ? -1 : 1))
      return ordered.flatMap(([prefix, each]) => each.list('').map(({ key, object }) => ({ prefix, key, object })))
    },
    onChange,
    follow(changes) {
      for (const { prefix, key, revision, object } of changes) collection(prefix).follow(key, revision, object)
    },
    tell,
    forget(revision) {
      counter.revision = Math.max(counter.revision, revision)
      for (const each of collections.values()) each.changeUnknown(revision)
      compact(revision)
    },
    snapshot: (): MemorySnapshot => ({
      revision: counter.revision,
      collections: new Map([...collections].map(([prefix, each]) => [prefix, each.current()])),
    }),
    restore(snapshot) {
      const { collections: saved } = snapshot as MemorySnapshot
      for (const [prefix, each] of collections) each.reset(saved.get(prefix) ?? new Map())
    },
  }
}

const nextOf =
  (current: () => number, journal?: Journal): Sequencer['write'] =>
  (change) => {
    const revision = current() + 1
    change.object.metadata.resourceVersion = String(revision)
    journal?.append(change)
    return revision
  }

/** A write that is refused has seen what others wrote, too. */
const tellAnyway =
  (sequencer: Sequencer, tell: () => void): Sequencer['write'] =>
  (...write) => {
    try {
      return sequencer.write(...write)
    } catch (error) {
      tell()
      throw error
    }
  }

/** Tells listeners of changes. Of one that a listener makes, all are told before those that have still to be told of the one before. */
function createAnnouncer() {
  const listeners: ChangeListener[] = []
  const due: Parameters<ChangeListener>[] = []
  return {
    onChange: (listener: ChangeListener) => void listeners.push(listener),
    announce: (...change: Parameters<ChangeListener>) => void due.push(change),
    tell() {
      for (let next = due.shift(); next !== undefined; next = due.shift()) for (const listener of listeners) listener(...next)
    },
  }
}

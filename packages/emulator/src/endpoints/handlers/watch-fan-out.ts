import type { Collection, Revision, WatchHandle } from '../../storage/storage.ts'

/** A change, with what it replaced: the history that links to it may be forgotten before it is handed on. */
export interface Change {
  readonly revision: Revision
  readonly previous: Revision | undefined
}

export type ChangeListener = (changes: readonly Change[]) => void

/** Hands the changes of one collection to those who watch it. */
export interface FanOut {
  /**
   * Changes from now on, oldest first.
   * @param within the namespace whose changes are wanted, with a slash; empty for all
   * @returns what ends it
   */
  add(within: string, listener: ChangeListener): () => void
  /** Hands on at once what would be handed on soon. */
  flush(): void
}

interface Group {
  listeners: Set<ChangeListener>
  waiting: Change[]
  source: WatchHandle
}

const fanOuts = new WeakMap<Collection, FanOut>()

/** The one of a collection. */
export function fanOutOf(collection: Collection): FanOut {
  let found = fanOuts.get(collection)
  if (found === undefined) {
    found = createFanOut(collection)
    fanOuts.set(collection, found)
  }
  return found
}

/**
 * Changes are handed on together once the current turn of the event loop is over: whoever wrote them has been answered by then, and a
 * write costs the same however many watch.
 */
function createFanOut(collection: Collection): FanOut {
  const groups = new Map<string, Group>()
  let isWaiting = false

  const flush = () => {
    if (!isWaiting) return
    isWaiting = false
    for (const group of groups.values()) {
      const changes = group.waiting
      if (changes.length === 0) continue
      group.waiting = []
      for (const listener of group.listeners) listener(changes)
    }
  }
  const openGroup = (within: string): Group => {
    const take = (revision: Revision) => {
      group.waiting.push({ revision, previous: revision.previous })
      if (isWaiting) return
      isWaiting = true
      setImmediate(flush)
    }
    const group: Group = { listeners: new Set(), waiting: [], source: collection.watch(within, take) }
    groups.set(within, group)
    return group
  }

  return {
    add(within, listener) {
      const group = groups.get(within) ?? openGroup(within)
      group.listeners.add(listener)
      return () => {
        group.listeners.delete(listener)
        if (group.listeners.size > 0 || groups.get(within) !== group) return
        groups.delete(within)
        group.source.stop()
      }
    },
    flush,
  }
}

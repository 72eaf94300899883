/** A change as the model knows it. */
export interface NaiveChange {
  prefix: string
  key: string
  revision: number
  value: string
  deleted: boolean
}

type State = ReadonlyMap<string, NaiveChange>

/** A log of all changes, replayed for every question: slow, and easily seen to be right. */
export interface NaiveStorage {
  readonly revision: number
  write(prefix: string, key: string, value: string | undefined): void
  compact(revision: number): void
  live(prefix: string, at?: number): NaiveChange[]
  /** Undefined where history does not reach back that far. */
  changes(prefix: string, from: number): NaiveChange[] | undefined
  forgotten(prefix: string): number
  /** The revisions of all changes there ever were. */
  everyChange(prefix: string): number[]
  snapshot(): NaiveSnapshot
  /** What has to be written for a snapshot to be the state again; no value is a deletion. */
  difference(snapshot: NaiveSnapshot, prefix: string): Map<string, string | undefined>
}

export type NaiveSnapshot = ReadonlyMap<string, State>

export function createNaiveStorage(watchWindow: number, start: number): NaiveStorage {
  const log: NaiveChange[] = []
  let revision = start
  let compacted = 0

  const of = (prefix: string) => log.filter((change) => change.prefix === prefix)
  const state = (prefix: string, at = revision): Map<string, NaiveChange> => {
    const found = new Map<string, NaiveChange>()
    for (const change of of(prefix)) {
      if (change.revision > at) break
      if (change.deleted) found.delete(change.key)
      else found.set(change.key, change)
    }
    return found
  }
  const write = (prefix: string, key: string, value: string | undefined) => {
    const deleted = value === undefined
    log.push({ prefix, key, revision: ++revision, value: value ?? state(prefix).get(key)!.value, deleted })
  }
  const forgotten = (prefix: string) => {
    const beyondWindow = of(prefix).slice(0, -watchWindow)
    return Math.max(start, compacted, beyondWindow.at(-1)?.revision ?? 0)
  }

  return {
    get revision() {
      return revision
    },
    write,
    compact(at) {
      compacted = Math.max(compacted, Math.min(at, revision))
    },
    live: (prefix, at) => [...state(prefix, at).values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    changes: (prefix, from) => (from < forgotten(prefix) ? undefined : of(prefix).filter((change) => change.revision > from)),
    forgotten,
    snapshot: () => new Map([...new Set(log.map(({ prefix }) => prefix))].map((prefix) => [prefix, state(prefix)])),
    everyChange: (prefix) => of(prefix).map((change) => change.revision),
    difference(snapshot, prefix) {
      const [now, then] = [state(prefix), snapshot.get(prefix) ?? new Map<string, NaiveChange>()]
      const found = new Map<string, string | undefined>()
      for (const key of now.keys()) if (!then.has(key)) found.set(key, undefined)
      for (const [key, { value }] of then) if (now.get(key)?.value !== value) found.set(key, value)
      return found
    },
  }
}

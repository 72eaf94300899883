import { type Counter, checkCounter, checkList, checkSegment, differenceOf } from './check.ts'
import { createHistory, type History } from './history.ts'
import { createInformed } from './informed.ts'
import { countAnnotation, countedBy, type KubeObject, stampAnnotation } from './kinds.ts'
import type { Report } from './report.ts'
import type { Watcher } from './watcher.ts'

/** All that is known of one run: what was acknowledged, and what is wrong. */
export interface Reckoning {
  histories: ReadonlyMap<string, History>
  problems: string[]
  counts: { writes: number; deletions: number; counted: number; conflicts: number; retries: number; informed: number; repeated: number }
  take(writer: string, report: Report): void
  /** What watchers were told of a kind, beside what was written; nobody writes, and all have come as far as the horizon. */
  settle(resource: string, horizon: number, watchers: readonly Watcher[]): void
  /** What informers have told otherwise than these objects are. */
  behind(resource: string, objects: readonly KubeObject[]): string[]
  /** The objects that there are, beside those that there ought to be. */
  checkState(resource: string, objects: readonly KubeObject[]): void
}

interface Base {
  resource: string
  revision: number
  objects: readonly KubeObject[]
}

export function createReckoning(bases: readonly Base[]): Reckoning {
  const histories = new Map(bases.map(({ resource, revision, objects }) => [resource, createHistory(objects.map(stateOf), revision)]))
  const problems: string[] = []
  const counts = { writes: 0, deletions: 0, counted: 0, conflicts: 0, retries: 0, informed: 0, repeated: 0 }
  /** By counter, by writer. */
  const counters = new Map<string, Map<string, number>>()
  const informed = createInformed()

  const count = (writer: string, { resource, name }: NonNullable<Report['counted']>) => {
    counts.counted++
    const key = `${resource}/${name}`
    const byWriter = counters.get(key) ?? new Map<string, number>()
    counters.set(key, byWriter.set(writer, (byWriter.get(writer) ?? 0) + 1))
  }
  const wrote = ({ resource, name, stamp, version }: NonNullable<Report['wrote']>) => {
    counts.writes++
    histories.get(resource)!.wrote({ name, stamp, ...(version === undefined ? {} : { revision: Number(version) }) })
  }
  return {
    histories,
    problems,
    counts,
    take(writer, { wrote: write, deleted, counted, conflict, retried, problem, event }) {
      if (write) wrote(write)
      if (deleted) {
        counts.deletions++
        histories.get(deleted.resource)!.deleted(deleted)
      }
      if (counted) count(writer, counted)
      if (conflict) counts.conflicts++
      if (retried) counts.retries++
      if (problem) problems.push(`${writer}: ${problem}`)
      if (event) {
        counts.informed++
        if (informed.take(writer, event)) counts.repeated++
      }
    },
    settle(resource, horizon, watchers) {
      const history = histories.get(resource)!
      problems.push(...history.settle(horizon).map((problem) => `${resource}: ${problem}`))
      for (const { shard, told } of watchers) {
        const { segments, lists, problems: wrongAtOnce } = told.take(horizon)
        const wrong = [
          ...segments.map((each) => checkSegment(history, shard, each)),
          ...lists.map((each) => checkList(history, shard, each)),
        ]
        for (const problem of [...wrongAtOnce, ...wrong]) if (problem !== undefined) problems.push(`${resource}: ${problem}`)
      }
      problems.push(...informed.settle(resource, history))
    },
    behind: (resource, objects) => informed.behind(resource, revisionsOf(objects)),
    checkState(resource, objects) {
      const history = histories.get(resource)!
      const expected = new Map([...history.stateAt(Number.MAX_SAFE_INTEGER)].map(([name, { revision }]) => [name, revision]))
      const difference = differenceOf(expected, revisionsOf(objects))
      if (difference !== undefined) problems.push(`${resource}: in the end ${difference}`)
      for (const object of objects) {
        const acknowledged = counters.get(`${resource}/${object.metadata.name}`)
        if (acknowledged !== undefined) problems.push(...checkCounter(counterOf(object, [...acknowledged.keys()]), acknowledged))
      }
    },
  }
}

export const revisionsOf = (objects: readonly KubeObject[]): Map<string, number> =>
  new Map(objects.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]))

const stateOf = ({ metadata: { name, uid, resourceVersion, annotations, labels } }: KubeObject) => ({
  name,
  uid,
  revision: Number(resourceVersion),
  stamp: annotations?.[stampAnnotation] ?? '',
  shard: labels?.['shard'] ?? '',
})

function counterOf({ metadata: { name, annotations } }: KubeObject, writers: readonly string[]): Counter {
  const by = new Map(writers.map((writer) => [writer, Number(annotations?.[countedBy(writer)] ?? 0)]))
  return { name, count: Number(annotations?.[countAnnotation]), by }
}

import type { Listed, Segment } from './check.ts'
import type { WatchEvent } from './history.ts'
import { type KubeObject, stampAnnotation } from './kinds.ts'

/** All that a watcher was told. */
export interface Told {
  /** How far; undefined when it has to list. */
  readonly cursor: number | undefined
  readonly counts: { events: number; bookmarks: number; expired: number }
  /** A list, from which it goes on. */
  listed(listed: Listed): void
  /** History up to where it was is forgotten: it has to list. */
  expire(): void
  /** A line of a watch from the cursor. False when the stream is of no more use. */
  follow(line: string): boolean
  /** A line of a watch that begins with what there is (`sendInitialEvents`), which is gathered in `items`. As above. */
  begin(line: string, items: Map<string, number>): boolean
  /** What it was told up to a revision, which it is to have reached; what comes later begins there. */
  take(horizon: number): { segments: Segment[]; lists: Listed[]; problems: string[] }
}

interface Line {
  type: WatchEvent['type'] | 'BOOKMARK' | 'ERROR'
  object: KubeObject & { code?: number; message?: string }
}

/** @param from undefined if it has to list first */
export function createTold(from: number | undefined, onEvent: (event: WatchEvent) => void): Told {
  const counts = { events: 0, bookmarks: 0, expired: 0 }
  let segments: Segment[] = from === undefined ? [] : [{ from, to: undefined, seen: [] }]
  let lists: Listed[] = []
  let problems: string[] = []
  let cursor = from

  const listed = (list: Listed) => {
    lists.push(list)
    segments.push({ from: list.revision, to: undefined, seen: [] })
    cursor = list.revision
  }
  const expire = () => {
    counts.expired++
    segments.at(-1)!.to = cursor!
    cursor = undefined
  }
  const tellEvent = (type: WatchEvent['type'], object: KubeObject) => {
    const event = eventOf(type, object)
    counts.events++
    segments.at(-1)!.seen.push(event)
    onEvent(event)
  }
  return {
    get cursor() {
      return cursor
    },
    counts,
    listed,
    expire,
    follow(line) {
      const { type, object } = JSON.parse(line) as Line
      if (type === 'ERROR') {
        if (object.code === 410) expire()
        else problems.push(`a watcher was told ${line}`)
        return false
      }
      const revision = Number(object.metadata.resourceVersion)
      if (type === 'BOOKMARK') counts.bookmarks++
      else tellEvent(type, object)
      if (revision < cursor!) problems.push(`a watcher at ${cursor} was told ${type} of ${revision}`)
      cursor = Math.max(cursor!, revision)
      return true
    },
    begin(line, items) {
      const { type, object } = JSON.parse(line) as Line
      if (type === 'ERROR') return false
      const revision = Number(object.metadata.resourceVersion)
      if (type === 'ADDED') items.set(object.metadata.name, revision)
      else if (object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true') listed({ revision, items })
      else problems.push(`among the initial events came ${line}`)
      return true
    },
    take(horizon) {
      const taken = { segments: segments.map((segment) => ({ ...segment, to: segment.to ?? horizon })), lists, problems }
      segments = cursor === undefined ? [] : [{ from: horizon, to: undefined, seen: [] }]
      lists = []
      problems = []
      return taken
    },
  }
}

const eventOf = (type: WatchEvent['type'], { metadata }: KubeObject): WatchEvent => ({
  type,
  name: metadata.name,
  uid: metadata.uid,
  revision: Number(metadata.resourceVersion),
  stamp: metadata.annotations?.[stampAnnotation] ?? '',
  shard: metadata.labels?.['shard'] ?? '',
})

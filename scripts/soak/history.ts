import { createAcknowledged } from './acknowledged.ts'

/** What a watch says of an object. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  name: string
  uid: string
  revision: number
  stamp: string
  shard: string
}

/** A write that was acknowledged. Without a revision where it is only known that it was done: others have written since. */
export interface Write {
  name: string
  stamp: string
  revision?: number
}

type ObjectState = Omit<WatchEvent, 'type'>

/** A change, and the state of the object before. */
interface Change extends WatchEvent {
  before: ObjectState | undefined
}

/**
 * What became of the objects of one kind: what writers were told is done, beside what watchers were told. Neither is believed: `settle`
 * finds what one of them has and the other has not.
 */
export interface History {
  wrote(write: Write): void
  deleted(deletion: { name: string; uid: string }): void
  /** Of a watcher without a selector. */
  saw(event: WatchEvent): void
  /** Once nobody writes, and all watchers have been told of all up to this revision. Gives what is wrong, a line each. */
  settle(horizon: number): string[]
  /** What a watcher of a shard, or of all, is told between two revisions: after `from`, up to `to`. */
  expected(shard: string | undefined, from: number, to: number): WatchEvent[]
  /** By name. Up to the last horizon. */
  stateAt(revision: number): ReadonlyMap<string, ObjectState>
  /** Whether there has been an object with this revision. */
  has(revision: number): boolean
  /** Where it begins. */
  readonly from: number
}

/** @param base the objects that there are when all begins, at this revision */
export function createHistory(base: readonly ObjectState[], from: number): History {
  const settled: Change[] = []
  const first = new Set(base.map(({ revision }) => revision))
  const states = [{ revision: from, state: new Map(base.map((object) => [object.name, object])) }]
  const pending = new Map<number, WatchEvent>()
  const acknowledged = createAcknowledged()
  let problems: string[] = []

  const settleOne = (event: WatchEvent, state: Map<string, ObjectState>) => {
    const before = state.get(event.name)
    const wrong = acknowledged.causeOf(event) ?? contradiction(event, before)
    if (wrong !== undefined) problems.push(`${textOf(event)}: ${wrong}`)
    settled.push({ ...event, before })
    if (event.type === 'DELETED') state.delete(event.name)
    else state.set(event.name, event)
  }

  const settledAt = (revision: number) => {
    const change = settled[indexAfter(settled, revision) - 1]
    return change?.revision === revision ? change : undefined
  }

  return {
    wrote: acknowledged.wrote,
    deleted: acknowledged.deleted,
    saw(event) {
      const isOld = event.revision <= states.at(-1)!.revision
      const known = isOld ? settledAt(event.revision) : pending.get(event.revision)
      if (!isOld && known === undefined) pending.set(event.revision, event)
      else if (known === undefined || textOf(known) !== textOf(event))
        problems.push(`${textOf(event)}: others were told ${known ? textOf(known) : 'nothing'}`)
    },
    settle(horizon) {
      const state = new Map(states.at(-1)!.state)
      const due = [...pending.values()].filter(({ revision }) => revision <= horizon).sort((a, b) => a.revision - b.revision)
      for (const event of due) {
        pending.delete(event.revision)
        settleOne(event, state)
      }
      states.push({ revision: horizon, state })
      const found = [...problems, ...acknowledged.unseen(horizon)]
      problems = []
      return found
    },
    expected: (shard, after, to) =>
      settled.slice(indexAfter(settled, after), indexAfter(settled, to)).flatMap((change) => seenThrough(shard, change)),
    stateAt(revision) {
      const { revision: known, state } = states.findLast((each) => each.revision <= revision) ?? states[0]!
      const found = new Map(state)
      for (const change of settled.slice(indexAfter(settled, known), indexAfter(settled, revision))) {
        if (change.type === 'DELETED') found.delete(change.name)
        else found.set(change.name, change)
      }
      return found
    },
    has: (revision) => first.has(revision) || settledAt(revision) !== undefined,
    from,
  }
}

function contradiction({ type, uid, stamp }: WatchEvent, before: ObjectState | undefined): string | undefined {
  if (type === 'ADDED') return before === undefined ? undefined : 'it was there already'
  if (before?.uid !== uid) return 'it was not there'
  return type === 'DELETED' && stamp !== before.stamp ? `it was ${before.stamp}` : undefined
}

/** A change as one sees it who sees a shard only. Of what leaves the shard, the state before is shown. */
function seenThrough(shard: string | undefined, { before, ...event }: Change): WatchEvent[] {
  if (shard === undefined) return [event]
  const was = before?.shard === shard
  const is = event.type !== 'DELETED' && event.shard === shard
  if (is) return [{ ...event, type: was ? 'MODIFIED' : 'ADDED' }]
  return was ? [{ ...before!, type: 'DELETED', revision: event.revision }] : []
}

/** Of changes in order, the index of the first after a revision. */
function indexAfter(changes: readonly Change[], revision: number): number {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (changes[middle]!.revision <= revision) low = middle + 1
    else high = middle
  }
  return low
}

export const textOf = ({ type, name, uid, revision, stamp }: WatchEvent): string => `${type} ${name} (${uid}) at ${revision}, ${stamp}`

import { type History, textOf, type WatchEvent } from './history.ts'

/** What a watcher was told without a gap: from a revision that it had listed at, until it had to list again. */
export interface Segment {
  from: number
  /** Undefined while it goes on. */
  to: number | undefined
  seen: WatchEvent[]
}

/** What a list held: the revision of each object, by name. */
export interface Listed {
  revision: number
  items: ReadonlyMap<string, number>
}

/** Each event within the span exactly once and in order; undefined if so. */
export function checkSegment(history: History, shard: string | undefined, { from, to, seen }: Segment): string | undefined {
  const expected = history.expected(shard, from, to!)
  const index = expected.findIndex((event, i) => seen[i] === undefined || textOf(event) !== textOf(seen[i]))
  if (index < 0 && seen.length === expected.length) return undefined
  const at = index < 0 ? expected.length : index
  const [wanted, told] = [expected[at], seen[at]].map((event) => (event ? textOf(event) : 'nothing'))
  return `a watcher${shard ? ` of shard ${shard}` : ''} from ${from} to ${to} (${expected.length} events) was told ${told} as number ${at + 1}, not ${wanted}`
}

/** Whether a list is the state at its revision. */
export function checkList(history: History, shard: string | undefined, { revision, items }: Listed): string | undefined {
  const objects = [...history.stateAt(revision).values()].filter((object) => shard === undefined || object.shard === shard)
  const expected = new Map(objects.map((object) => [object.name, object.revision]))
  const difference = differenceOf(expected, items)
  return difference && `a list${shard ? ` of shard ${shard}` : ''} at ${revision}: ${difference}`
}

/** The first object whose revision differs. */
export function differenceOf(expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): string | undefined {
  for (const [name, revision] of expected)
    if (found.get(name) !== revision) return `${name} is at ${found.get(name) ?? 'no revision'}, not at ${revision}`
  const surplus = [...found.keys()].find((name) => !expected.has(name))
  return surplus && `${surplus} ought not to be there`
}

/** What was counted, in an object that many count in, and what each has counted by its own account. */
export interface Counter {
  name: string
  count: number
  by: ReadonlyMap<string, number>
}

/** No update of a counter is lost, and none is made twice. */
export function checkCounter({ name, count, by }: Counter, acknowledged: ReadonlyMap<string, number>): string[] {
  const problems: string[] = []
  for (const writer of new Set([...by.keys(), ...acknowledged.keys()])) {
    const [held = 0, told = 0] = [by.get(writer), acknowledged.get(writer)]
    if (held !== told) problems.push(`${name} has ${held} updates of ${writer}, to whom ${told} were acknowledged`)
  }
  const sum = [...by.values()].reduce((total, each) => total + each, 0)
  if (count !== sum) problems.push(`${name} is ${count}, though ${sum} updates were made`)
  return problems
}

/** A figure as it was at a time, in seconds. */
export interface Sample {
  seconds: number
  value: number
}

/** What a figure has grown by in the last two thirds of the time, by the line of least squares. */
export function growthOf(samples: readonly Sample[]): number {
  const end = samples.at(-1)?.seconds ?? 0
  const late = samples.filter(({ seconds }) => seconds >= end / 3)
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const meanTime = mean(late.map(({ seconds }) => seconds))
  const meanValue = mean(late.map(({ value }) => value))
  const spread = late.reduce((sum, { seconds }) => sum + (seconds - meanTime) ** 2, 0)
  if (spread === 0) return 0
  const slope = late.reduce((sum, { seconds, value }) => sum + (seconds - meanTime) * (value - meanValue), 0) / spread
  return slope * (end - late[0]!.seconds)
}

/** What a server holds of its machine. */
export interface Held {
  /** MiB of resident memory, now. */
  rss: number
  /** MiB that are in use after a garbage collection, with what is outside of the JavaScript heap. */
  heap: number
  descriptors: number
  /** What its event loop waits for: timers, sockets, servers. Each open watch has a timer. */
  resources: number
}

/** What memory may grow by, in MiB: a server that keeps nothing has been seen to fluctuate by less. */
const mayGrow = { rss: 40, heap: 6 }

/** Whether a server has let go of its clients, and keeps nothing of what is past. */
export function checkHeld(first: Held, afterwards: Held, growth: Pick<Held, 'rss' | 'heap'>): string[] {
  const problems: string[] = []
  for (const what of ['descriptors', 'resources'] as const)
    if (afterwards[what] > first[what])
      problems.push(`${afterwards[what]} ${what} are held once all clients have gone, ${first[what]} at first`)
  for (const what of ['rss', 'heap'] as const)
    if (growth[what] > mayGrow[what])
      problems.push(`memory (${what}) has grown by ${growth[what].toFixed(1)} MiB, more than ${mayGrow[what]}`)
  return problems
}

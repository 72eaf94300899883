// A check that cannot fail is worthless: each of these records is wrong in one place.
import { expect, test } from 'vitest'
import { checkCounter, checkHeld, checkList, checkSegment, differenceOf, growthOf } from './check.ts'
import { createHistory, type History, type WatchEvent } from './history.ts'
import { createInformed } from './informed.ts'

const event = (type: WatchEvent['type'], name: string, revision: number, stamp: string, shard = 'a'): WatchEvent => ({
  type,
  name,
  uid: `uid of ${name}`,
  revision,
  stamp,
  shard,
})

/** What went on: `one` is made, moves to shard b, and is deleted; `two` is made in between. */
const events = [
  event('ADDED', 'one', 11, 'w-1'),
  event('ADDED', 'two', 12, 'w-2'),
  event('MODIFIED', 'one', 14, 'w-3', 'b'),
  event('MODIFIED', 'two', 15, 'w-4'),
  event('DELETED', 'one', 18, 'w-3', 'b'),
]
const writes = [
  { name: 'one', stamp: 'w-1', revision: 11 },
  { name: 'two', stamp: 'w-2', revision: 12 },
  { name: 'one', stamp: 'w-3', revision: 14 },
  { name: 'two', stamp: 'w-4', revision: 15 },
]
const deletions = [{ name: 'one', uid: 'uid of one' }]
const base = [{ name: 'given', uid: 'uid of given', revision: 5, stamp: '', shard: '' }]

interface Records {
  seen?: WatchEvent[]
  wrote?: Array<{ name: string; stamp: string; revision?: number }>
  deleted?: typeof deletions
}

function settled({ seen = events, wrote = writes, deleted = deletions }: Records = {}): { history: History; problems: string[] } {
  const history = createHistory(base, 10)
  for (const each of wrote) history.wrote(each)
  for (const each of deleted) history.deleted(each)
  for (const each of seen) history.saw(each)
  return { history, problems: history.settle(20) }
}

const without = <T>(values: readonly T[], index: number) => values.toSpliced(index, 1)
const swapped = <T>(values: readonly T[], index: number) => values.toSpliced(index, 2, values[index + 1]!, values[index]!)

test('right records are found right, in whatever order they come', () => {
  expect(settled().problems).toEqual([])
  expect(settled({ seen: [...events].reverse(), wrote: [...writes].reverse() }).problems).toEqual([])
  // Nobody can know the revision of a write that was found done when others had written since.
  expect(settled({ wrote: [{ name: 'one', stamp: 'w-1' }, ...writes.slice(1)] }).problems).toEqual([])
})

test('what is written and deleted is told of, and nothing else is', () => {
  expect(settled({ seen: without(events, 3) }).problems).toEqual(['no watcher was told of {"name":"two","stamp":"w-4","revision":15}'])
  expect(settled({ seen: without(events, 4) }).problems).toEqual(['no watcher was told that one (uid of one) is gone'])
  expect(settled({ wrote: without(writes, 3) }).problems).toEqual([expect.stringContaining('nobody wrote it')])
  expect(settled({ deleted: [] }).problems).toEqual([expect.stringContaining('nobody deleted it')])
  const lost = [...writes, { name: 'two', stamp: 'w-9' }]
  expect(settled({ wrote: lost }).problems).toEqual([expect.stringContaining('no watcher was told of {"name":"two","stamp":"w-9"}')])
})

test('events tell of what was written, as what it is', () => {
  const changed = (index: number, change: Partial<WatchEvent>) =>
    settled({ seen: events.with(index, { ...events[index]!, ...change }) }).problems
  expect(changed(1, { stamp: 'w-7' })).toEqual([expect.stringContaining('what was written is')])
  expect(changed(3, { type: 'ADDED' })).toEqual([expect.stringContaining('it was there already')])
  expect(changed(0, { type: 'MODIFIED' })).toEqual([expect.stringContaining('it was not there')])
  expect(changed(4, { stamp: 'w-1' })).toEqual([expect.stringContaining('it was w-3')])
})

test('watchers are told the same, also late', () => {
  const { history } = settled()
  history.saw(events[3]!)
  expect(history.settle(21)).toEqual([])
  history.saw({ ...events[3]!, stamp: 'w-2' })
  history.saw(event('MODIFIED', 'two', 16, 'w-5'))
  expect(history.settle(22)).toEqual([
    expect.stringContaining('others were told MODIFIED two'),
    expect.stringContaining('others were told nothing'),
  ])
})

test('a watcher is told of each event within its span exactly once, in order', () => {
  const { history } = settled()
  const check = (seen: WatchEvent[], from = 10, to = 20) => checkSegment(history, undefined, { from, to, seen })
  expect(check(events)).toBeUndefined()
  expect(check(events.slice(2), 12)).toBeUndefined()
  expect(check(events.slice(0, 4), 10, 17)).toBeUndefined()
  for (const index of events.keys()) {
    expect(check(without(events, index)), 'lost').toContain(`as number ${index + 1}, not ${events[index]!.type}`)
    expect(check(events.toSpliced(index, 0, events[index]!)), 'twice').toContain(`as number ${index + 2}`)
  }
  for (let index = 0; index < events.length - 1; index++)
    expect(check(swapped(events, index)), 'in another order').toContain(`as number ${index + 1}`)
  expect(check(events, 11), 'from before its span').toContain('as number 1')
})

test('a watcher of a shard sees objects come and go', () => {
  const { history } = settled()
  const check = (shard: string, seen: WatchEvent[]) => checkSegment(history, shard, { from: 10, to: 20, seen })
  const [one, two, , changed, gone] = events as [WatchEvent, WatchEvent, WatchEvent, WatchEvent, WatchEvent]
  const leaves = { ...one, type: 'DELETED' as const, revision: 14 }
  const enters = event('ADDED', 'one', 14, 'w-3', 'b')
  expect(check('a', [one, two, leaves, changed])).toBeUndefined()
  expect(check('b', [enters, gone])).toBeUndefined()
  expect(check('a', [one, two, changed])).toContain('not DELETED one')
  expect(check('b', [{ ...enters, type: 'MODIFIED' }, gone])).toContain('not ADDED one')
})

test('a list is the state at its revision', () => {
  const { history } = settled()
  const check = (revision: number, items: Array<[string, number]>, shard?: string) =>
    checkList(history, shard, { revision, items: new Map(items) })
  expect(
    check(13, [
      ['given', 5],
      ['one', 11],
      ['two', 12],
    ]),
  ).toBeUndefined()
  expect(
    check(20, [
      ['given', 5],
      ['two', 15],
    ]),
  ).toBeUndefined()
  expect(check(14, [['one', 14]], 'b')).toBeUndefined()
  expect(
    check(15, [
      ['given', 5],
      ['one', 14],
      ['two', 12],
    ]),
    'stale',
  ).toContain('two is at 12, not at 15')
  expect(check(20, [['given', 5]]), 'lost').toContain('two is at no revision')
  expect(
    check(20, [
      ['given', 5],
      ['one', 14],
      ['two', 15],
    ]),
    'not gone',
  ).toContain('one ought not to be there')
})

test('the state is what was acknowledged', () => {
  const expected = new Map([['one', 3]])
  expect(differenceOf(expected, new Map([['one', 3]]))).toBeUndefined()
  expect(differenceOf(expected, new Map([['one', 2]]))).toContain('one is at 2, not at 3')
  expect(differenceOf(expected, new Map())).toContain('one is at no revision')
})

test('no update of a counter is lost or made twice', () => {
  const counter = (count: number, a: number, b: number) => ({
    name: 'counter',
    count,
    by: new Map([
      ['a', a],
      ['b', b],
    ]),
  })
  const acknowledged = new Map([
    ['a', 3],
    ['b', 4],
  ])
  expect(checkCounter(counter(7, 3, 4), acknowledged)).toEqual([])
  expect(checkCounter(counter(6, 3, 4), acknowledged), 'b has overwritten a').toEqual(['counter is 6, though 7 updates were made'])
  expect(checkCounter(counter(6, 2, 4), acknowledged)).toEqual(['counter has 2 updates of a, to whom 3 were acknowledged'])
  expect(checkCounter(counter(8, 3, 5), acknowledged)).toEqual(['counter has 5 updates of b, to whom 4 were acknowledged'])
})

test('informers tell of what there was, and end with what there is', () => {
  const { history } = settled()
  const problemsOf = (told: WatchEvent[]) => {
    const informed = createInformed()
    const given = { type: 'ADDED' as const, name: 'given', revision: 5 }
    for (const { type, name, revision } of [given, ...told]) {
      informed.take('go', { resource: 'widgets', type, name, version: String(revision) })
    }
    return informed.settle('widgets', history)
  }
  expect(problemsOf(events)).toEqual([])
  expect(problemsOf(events.toSpliced(4, 0, events[3]!)), 'told again').toEqual([])
  expect(problemsOf(without(events, 3))).toEqual(['widgets of go: two is at 12, not at 15'])
  expect(problemsOf(without(events, 4))).toEqual(['widgets of go: one ought not to be there'])
  expect(problemsOf(events.toSpliced(1, 0, events[0]!))).toEqual(['widgets of go: ADDED one at 11 after 11'])
  expect(problemsOf(events.with(3, { ...events[3]!, revision: 16 }))).toContain(
    'widgets of go: it was told of version 16, which there never was',
  )
})

test('a leak is told from what fluctuates', () => {
  const samples = (valueAt: (seconds: number) => number) =>
    Array.from({ length: 30 }, (_, i) => ({ seconds: i * 60, value: valueAt(i * 60) }))
  const noise = (seconds: number) => 2 * Math.sin(seconds)
  const warmUp = (seconds: number) => 80 * (1 - Math.exp(-seconds / 60))
  const flat = growthOf(samples((seconds) => 100 + warmUp(seconds) + noise(seconds)))
  // 120 writes a second that keep 100 bytes each.
  const leak = growthOf(samples((seconds) => 100 + warmUp(seconds) + noise(seconds) + (seconds * 120 * 100) / 2 ** 20))
  expect(Math.abs(flat)).toBeLessThan(2)
  expect(leak).toBeGreaterThan(10)
  const held = { rss: 100, heap: 30, descriptors: 32, resources: 5 }
  const still = { rss: 0, heap: 0 }
  expect(checkHeld(held, held, { ...still, heap: flat })).toEqual([])
  expect(checkHeld(held, held, { ...still, heap: leak })).toEqual([expect.stringContaining('memory (heap) has grown by')])
  expect(checkHeld(held, { ...held, descriptors: 33 }, still)).toEqual(['33 descriptors are held once all clients have gone, 32 at first'])
  expect(checkHeld(held, { ...held, resources: 6 }, still)).toEqual([expect.stringContaining('6 resources')])
})

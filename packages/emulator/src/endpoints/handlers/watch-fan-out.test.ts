import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createMemoryStorage } from '../../storage/memory-storage.ts'
import { type Change, fanOutOf } from './watch-fan-out.ts'

const thing = (name: string) => ({ kind: 'Thing', apiVersion: 'v1', metadata: { name } })

function setUp() {
  const storage = createMemoryStorage()
  const collection = storage.collection('/things/')
  const seen: string[] = []
  const note = (who: string) => (changes: readonly Change[]) => {
    seen.push(`${who}: ${changes.map(({ revision, previous }) => `${revision.key}${previous === undefined ? '' : ' again'}`).join(', ')}`)
  }
  return { storage, collection, fanOut: fanOutOf(collection), seen, note }
}

test('changes of a turn come together, to those who watch their namespace, and not to who has left', async () => {
  const { collection, fanOut, seen, note } = setUp()
  fanOut.add('', note('all'))
  const leave = fanOut.add('a/', note('a'))
  fanOut.add('b/', note('b'))
  collection.create('a/one', thing('one'))
  collection.create('b/two', thing('two'))
  expect(seen).toEqual([])
  await setImmediate()
  expect(seen).toEqual(['all: a/one, b/two', 'a: a/one', 'b: b/two'])
  leave()
  collection.create('a/three', thing('three'))
  fanOut.flush()
  expect(seen.slice(3)).toEqual(['all: a/three'])
  await setImmediate()
  expect(seen).toHaveLength(4)
})

test('what a change replaced is known though history is forgotten before it is handed on', () => {
  const { storage, collection, fanOut, seen, note } = setUp()
  const { revision } = collection.create('a/one', thing('one'))
  fanOut.add('a/', note('a'))
  collection.update('a/one', revision, thing('one'))
  storage.compact(storage.revision)
  fanOut.flush()
  expect(seen).toEqual(['a: a/one again'])
})

test('who joins in a turn is not told of what was written before', () => {
  const { collection, fanOut, seen, note } = setUp()
  fanOut.add('', note('first'))
  collection.create('a/one', thing('one'))
  fanOut.add('b/', note('second'))
  fanOut.flush()
  expect(seen).toEqual(['first: a/one'])
})

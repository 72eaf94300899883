import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Revision, type Storage, StorageConflict } from '../storage.ts'
import { createNaiveStorage } from './naive-storage.ts'
import { compareWithModel, operations } from './operations.ts'

export interface StorageUnderTest {
  /** @param options.watchWindow how many changes of a collection are kept */
  create(options: { watchWindow: number }): Storage
  /** How many random sequences of operations it is taken through; default 300. */
  runs?: number
}

const object = (name: string, value = ''): KubeObject => ({ kind: 'Thing', apiVersion: 'v1', metadata: { name }, value })
const keysOf = (revisions: Iterable<Revision>) => [...revisions].map(({ key }) => key)
const shown = ({ key, revision, deleted, object: { value } }: Revision) => ({ key, revision, deleted, value })

/** What every storage has to do. */
export function describeStorage(name: string, { create, runs = 300 }: StorageUnderTest): void {
  const empty = () => create({ watchWindow: 100 })

  describe(`${name}: writes`, () => {
    test('a created object has the next revision as its version, and is frozen', () => {
      const storage = empty()
      const before = storage.revision
      const made = storage.collection('/registry/a/').create('x', object('x'))
      expect(made.revision).toBe(before + 1)
      expect(storage.revision).toBe(before + 1)
      expect(made.object.metadata.resourceVersion).toBe(String(before + 1))
      expect(Object.isFrozen(made.object) && Object.isFrozen(made.object.metadata)).toBe(true)
      expect(storage.collection('/registry/a/').get('x')).toBe(made)
    })

    test('a key is created once, and updated and deleted at the revision that it is at', () => {
      const collection = empty().collection('/registry/a/')
      const made = collection.create('x', object('x'))
      expect(() => collection.create('x', object('x'))).toThrow(StorageConflict)
      expect(() => collection.update('x', made.revision - 1, object('x'))).toThrow(StorageConflict)
      expect(() => collection.delete('y', made.revision)).toThrow(StorageConflict)
      const changed = collection.update('x', made.revision, object('x', 'two'))
      expect(changed.previous).toBe(made)
      const gone = collection.delete('x', changed.revision)
      expect(gone).toMatchObject({ deleted: true, object: { value: 'two', metadata: { resourceVersion: String(gone.revision) } } })
      expect(collection.get('x')).toBeUndefined()
      expect(collection.create('x', object('x')).revision).toBe(gone.revision + 1)
    })

    test('a conflict tells what was found, and changes nothing', () => {
      const storage = empty()
      const made = storage.collection('/registry/a/').create('x', object('x'))
      const conflict = (() => {
        try {
          return storage.collection('/registry/a/').create('x', object('x'))
        } catch (error) {
          return error
        }
      })()
      expect((conflict as StorageConflict).found).toBe(made)
      expect(storage.revision).toBe(made.revision)
    })
  })

  describe(`${name}: lists`, () => {
    test('are in the order of bytes, within a prefix, of one collection', () => {
      const storage = empty()
      const collection = storage.collection('/registry/a/')
      for (const key of ['b/x', 'a/y', 'a-b/x', 'a/x', 'B/x']) collection.create(key, object(key))
      storage.collection('/registry/b/').create('a/z', object('z'))
      expect(keysOf(collection.list(''))).toEqual(['B/x', 'a-b/x', 'a/x', 'a/y', 'b/x'])
      expect(keysOf(collection.list('a/'))).toEqual(['a/x', 'a/y'])
      expect(collection.list('c/')).toEqual([])
    })

    test('show an earlier revision as it was', () => {
      const collection = empty().collection('/registry/a/')
      const x = collection.create('x', object('x', 'one'))
      const y = collection.create('y', object('y'))
      const changed = collection.update('x', x.revision, object('x', 'two'))
      collection.delete('y', y.revision)
      const again = collection.create('y', object('y', 'again'))
      expect(keysOf(collection.list('', x.revision))).toEqual(['x'])
      expect(collection.list('', y.revision)).toEqual([x, y])
      expect(collection.list('', changed.revision + 1)).toEqual([changed])
      expect(collection.list('', again.revision)).toEqual([changed, again])
    })
  })

  describe(`${name}: changes`, () => {
    test('are told after a revision, and while they happen', () => {
      const storage = empty()
      const collection = storage.collection('/registry/a/')
      const x = collection.create('n/x', object('x'))
      const live: Revision[] = []
      const handle = collection.watch('n/', (change) => live.push(change))
      const y = collection.create('n/y', object('y'))
      collection.create('m/z', object('z'))
      const gone = collection.delete('n/x', x.revision)
      expect(live).toEqual([y, gone])
      expect([...collection.changes('n/', x.revision)!]).toEqual([y, gone])
      handle.stop()
      collection.create('n/w', object('w'))
      expect(live).toHaveLength(2)
    })

    test('are visible once they are told', () => {
      const storage = empty()
      const seen: unknown[] = []
      storage.onChange((prefix, { key, revision }) => seen.push([prefix, storage.collection(prefix).get(key)?.revision === revision]))
      storage.collection('/registry/a/').create('x', object('x'))
      storage.collection('/registry/b/').create('y', object('y'))
      expect(seen).toEqual([
        ['/registry/a/', true],
        ['/registry/b/', true],
      ])
    })

    test('are forgotten by compaction, and beyond the window', () => {
      const storage = create({ watchWindow: 2 })
      const collection = storage.collection('/registry/a/')
      const made = ['1', '2', '3', '4'].map((key) => collection.create(key, object(key)).revision)
      expect(collection.changes('', made[0]!)).toBeUndefined()
      expect(keysOf(collection.changes('', made[1]!)!)).toEqual(['3', '4'])
      expect(collection.forgottenRevision).toBe(made[1])
      storage.compact(made[2]!)
      expect(storage.compactedRevision).toBe(made[2])
      expect(collection.changes('', made[1]!)).toBeUndefined()
      expect(keysOf(collection.changes('', made[2]!)!)).toEqual(['4'])
      expect(keysOf(collection.list(''))).toEqual(['1', '2', '3', '4'])
    })
  })

  describe(`${name}: snapshots`, () => {
    test('are gone back to with new revisions, told as changes', () => {
      const storage = empty()
      const collection = storage.collection('/registry/a/')
      const x = collection.create('x', object('x', 'one'))
      const y = collection.create('y', object('y'))
      const same = collection.create('same', object('same'))
      const snapshot = storage.snapshot()
      collection.update('x', x.revision, object('x', 'two'))
      collection.delete('y', y.revision)
      collection.create('z', object('z'))
      const { revision } = storage
      storage.restore(snapshot)
      expect([...collection.changes('', revision)!].map(shown).sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
        { key: 'x', revision: expect.any(Number), deleted: false, value: 'one' },
        { key: 'y', revision: expect.any(Number), deleted: false, value: '' },
        { key: 'z', revision: expect.any(Number), deleted: true, value: '' },
      ])
      expect(collection.get('same')).toBe(same)
      expect(storage.revision).toBe(revision + 3)
    })

    test('change nothing when nothing has changed since they were gone back to', () => {
      const storage = empty()
      const collection = storage.collection('/registry/a/')
      const x = collection.create('x', object('x'))
      const snapshot = storage.snapshot()
      collection.delete('x', x.revision)
      storage.restore(snapshot)
      const { revision } = storage
      storage.restore(snapshot)
      storage.restore(storage.snapshot())
      expect(storage.revision).toBe(revision)
    })

    test('know no collections that came later', () => {
      const storage = empty()
      const snapshot = storage.snapshot()
      storage.collection('/registry/later/').create('x', object('x'))
      storage.restore(snapshot)
      expect(storage.collection('/registry/later/').list('')).toEqual([])
    })
  })

  test(`${name}: does what a naive storage does, whatever is done to it`, () => {
    fc.assert(
      fc.property(operations, fc.integer({ min: 1, max: 12 }), (sequence, watchWindow) => {
        const storage = create({ watchWindow })
        compareWithModel(storage, createNaiveStorage(watchWindow, storage.revision), sequence)
      }),
      { numRuns: runs },
    )
  })
}

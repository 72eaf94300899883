import fc from 'fast-check'
import { expect } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Collection, Revision, Snapshot, Storage } from '../storage.ts'
import type { NaiveChange, NaiveSnapshot, NaiveStorage } from './naive-storage.ts'

const prefixes = ['/registry/a/', '/registry/b/']
const keys = ['m/x', 'm/y', 'm-n/x', 'n/x']

type Operation =
  | { do: 'write'; prefix: string; key: string; remove: boolean }
  | { do: 'compact'; back: number }
  | { do: 'snapshot' }
  | { do: 'restore'; which: number }

const write: fc.Arbitrary<Operation> = fc.record({
  do: fc.constant('write'),
  prefix: fc.constantFrom(...prefixes),
  key: fc.constantFrom(...keys),
  remove: fc.boolean(),
})
const others: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant('compact' as const), back: fc.nat(5) }),
  fc.record({ do: fc.constant('snapshot' as const) }),
  fc.record({ do: fc.constant('restore' as const), which: fc.nat(3) }),
)

export const operations: fc.Arbitrary<Operation[]> = fc.array(fc.oneof({ weight: 4, arbitrary: write }, { weight: 1, arbitrary: others }), {
  maxLength: 40,
})

/** Does the same to both, and compares all that can be asked after each step. */
export function compareWithModel(storage: Storage, model: NaiveStorage, sequence: readonly Operation[]): void {
  const snapshots: { real: Snapshot; naive: NaiveSnapshot }[] = []
  const told: NaiveChange[] = []
  for (const prefix of prefixes) storage.collection(prefix).watch('', (change) => told.push(changeOf(prefix, change)))
  let count = 0
  for (const operation of sequence) {
    if (operation.do === 'write') writeBoth(storage, model, operation, `value ${++count}`)
    else if (operation.do === 'compact') {
      storage.compact(storage.revision - operation.back)
      model.compact(model.revision - operation.back)
    } else if (operation.do === 'snapshot') snapshots.push({ real: storage.snapshot(), naive: model.snapshot() })
    else if (snapshots.length > 0) {
      const { real, naive } = snapshots[operation.which % snapshots.length]!
      const before = told.length
      storage.restore(real)
      followRestore(model, naive, told.slice(before))
    }
    compare(storage, model)
    for (const prefix of prefixes) {
      expect(told.filter((change) => change.prefix === prefix).map(({ revision }) => revision)).toEqual(model.everyChange(prefix))
    }
  }
}

const changeOf = (prefix: string, { key, revision, object, deleted }: Revision): NaiveChange => ({
  prefix,
  key,
  revision,
  value: object['value'],
  deleted,
})

/** The order in which a restored state is written is not laid down, so the model takes the storage's. */
function followRestore(model: NaiveStorage, snapshot: NaiveSnapshot, changes: readonly NaiveChange[]): void {
  for (const prefix of prefixes) {
    const written = changes.filter((change) => change.prefix === prefix)
    const expected = model.difference(snapshot, prefix)
    expect(new Map(written.map(({ key, value, deleted }) => [key, deleted ? undefined : value]))).toEqual(expected)
    expect(written).toHaveLength(expected.size)
  }
  for (const { prefix, key, value, deleted } of changes) model.write(prefix, key, deleted ? undefined : value)
}

const walks = [
  ['', ''],
  ['', 'm/y'],
  ['m/', 'm/'],
  ['m/', 'm/x\0'],
  ['n/', 'n/z'],
] as const

function compareWalk(collection: Collection, within: string, start: string, at: number): void {
  for (const [given, walked] of [
    [collection.list(within), collection.walk(within, start)],
    [collection.list(within, at), collection.walk(within, start, at)],
  ] as const) {
    expect([...walked]).toEqual(given.filter(({ key }) => key >= start))
  }
  expect(collection.count(within, start)).toBe([...collection.walk(within, start)].length)
  expect(collection.count(within, start, at)).toBe([...collection.walk(within, start, at)].length)
}

function compare(storage: Storage, model: NaiveStorage): void {
  expect(storage.revision).toBe(model.revision)
  for (const prefix of prefixes) {
    const collection = storage.collection(prefix)
    const list = (within: string, at?: number) => collection.list(within, at).map((each) => changeOf(prefix, each))
    expect(list('')).toEqual(model.live(prefix))
    expect(list('m/')).toEqual(model.live(prefix).filter(({ key }) => key.startsWith('m/')))
    for (const key of keys) expect(collection.get(key)?.revision).toBe(model.live(prefix).find((each) => each.key === key)?.revision)
    const forgotten = model.forgotten(prefix)
    expect(collection.forgottenRevision).toBe(forgotten)
    for (let at = Math.max(forgotten - 2, 0); at <= model.revision; at++) {
      if (at >= forgotten) expect(list('', at)).toEqual(model.live(prefix, at))
      for (const [within, start] of walks) compareWalk(collection, within, start, at)
      const changes = collection.changes('', at)
      expect(changes && [...changes].map((each) => changeOf(prefix, each))).toEqual(model.changes(prefix, at))
    }
  }
}

function writeBoth(storage: Storage, model: NaiveStorage, { prefix, key, remove }: Operation & { do: 'write' }, value: string): void {
  const collection = storage.collection(prefix)
  const found = collection.get(key)
  const object: KubeObject = { kind: 'Thing', apiVersion: 'v1', metadata: { name: key }, value }
  if (remove && found === undefined) return
  if (remove) collection.delete(key, found!.revision)
  else if (found === undefined) collection.create(key, object)
  else collection.update(key, found.revision, object)
  model.write(prefix, key, remove ? undefined : value)
}

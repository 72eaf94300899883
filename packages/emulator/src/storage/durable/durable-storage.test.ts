import fs, { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Collection, StorageFailure } from '../storage.ts'
import { describeStorage } from '../testing/suite.ts'
import { type DurableStorage, type DurableStorageOptions, openDurableStorage } from './durable-storage.ts'
import { emptyHeader } from './objects-file.ts'
import { encodeRecord } from './records.ts'

const scratch = mkdtempSync(join(tmpdir(), 'test-durable-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let count = 0
const opened: { close(): Promise<void> }[] = []
afterAll(() => Promise.all(opened.map((each) => each.close())))

function create(options: { watchWindow: number }) {
  const durable = openDurableStorage({ path: join(scratch, String(++count)), rewriteAt: 2_000, ...options })
  opened.push(durable)
  durable.settle()
  return durable.storage
}

describeStorage('durable storage', { create })

const thing = (name: string, value = ''): KubeObject => ({ kind: 'Thing', apiVersion: 'v1', metadata: { name }, value })
const newPath = () => join(scratch, String(++count))
const open = (path: string, options: Partial<DurableStorageOptions> = {}) => {
  const durable = openDurableStorage({ path, ...options })
  durable.settle()
  return durable
}
const stateOf = ({ storage }: DurableStorage) => ({
  revision: storage.revision,
  compacted: storage.compactedRevision,
  states: storage.states(),
})
const historyOf = ({ storage }: DurableStorage, from: number) =>
  [...(storage.collection('/a/').changes('', from) ?? [])].map(({ key, object, deleted }) => ({ key, object, deleted }))

describe('opened again', () => {
  const operation = fc.record({ prefix: fc.constantFrom('/a/', '/b/'), key: fc.constantFrom('m/x', 'n/y', 'z'), remove: fc.boolean() })

  test('state, revision and history are what they were, whatever was written and whenever the file was written anew', async () => {
    const sequences = fc.array(fc.oneof({ weight: 9, arbitrary: operation }, fc.constantFrom('open' as const, 'compact' as const)))
    await fc.assert(
      fc.asyncProperty(sequences, fc.constantFrom(500, 2 ** 23), async (sequence, rewriteAt) => {
        const path = newPath()
        let durable = open(path, { rewriteAt })
        for (const [index, step] of sequence.entries()) {
          if (step === 'compact') durable.storage.compact(durable.storage.revision - 1)
          else if (step === 'open') {
            const [before, { revision }] = [stateOf(durable), durable.storage]
            const history = historyOf(durable, revision - 3)
            await durable.close()
            durable = open(path, { rewriteAt })
            expect(stateOf(durable)).toEqual(before)
            const { forgottenRevision } = durable.storage.collection('/a/')
            if (forgottenRevision <= revision - 3) expect(historyOf(durable, revision - 3)).toEqual(history)
            else expect(rewriteAt === 500 || forgottenRevision <= revision).toBe(true)
          } else write(durable.storage.collection(step.prefix), step, index)
        }
        await durable.close()
      }),
      { numRuns: 60 },
    )
  })

  const write = (collection: Collection, { key, remove }: { key: string; remove: boolean }, index: number) => {
    const found = collection.get(key)
    if (found === undefined) collection.create(key, thing(key, `value ${index}`))
    else if (remove) collection.delete(key, found.revision)
    else collection.update(key, found.revision, thing(key, `value ${index}`))
  }

  test('a file that was written anew is small, and has all', async () => {
    const path = newPath()
    const durable = open(path, { rewriteAt: 10_000 })
    const collection = durable.storage.collection('/a/')
    let last = collection.create('x', thing('x'))
    for (let i = 0; i < 2_000; i++) {
      last = collection.update('x', last.revision, thing('x', 'v'.repeat(100)))
      // Rewriting goes on between writes.
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const before = stateOf(durable)
    await durable.close()
    expect(statSync(path).size).toBeLessThan(100_000)
    const again = open(path)
    expect(stateOf(again)).toEqual(before)
    await again.close()
  })

  test('a change older than the file has no history: from there one must list again', async () => {
    const path = newPath()
    const durable = open(path, { rewriteAt: 1 })
    const collection = durable.storage.collection('/a/')
    const first = collection.create('x', thing('x'))
    for (let i = 0; !/"objects":[^0]/.test(readFileSync(path, 'utf8')); i++) {
      collection.create(`y${i}`, thing('y'))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await durable.close()
    const again = open(path)
    expect(again.storage.collection('/a/').changes('', first.revision)).toBeUndefined()
    await again.close()
  })

  test('a file that was being written anew when the process ended is of no account', async () => {
    const path = newPath()
    const durable = open(path)
    durable.storage.collection('/a/').create('x', thing('x'))
    await durable.close()
    writeFileSync(`${path}.new`, 'half of it')
    const again = open(path)
    expect(again.storage.states()).toHaveLength(1)
    expect(existsSync(`${path}.new`)).toBe(false)
    await again.close()
  })

  test('once it is closed, writes are refused and change nothing', async () => {
    const path = newPath()
    const durable = open(path)
    const collection = durable.storage.collection('/a/')
    const { revision } = collection.create('x', thing('x'))
    await durable.close()
    expect(() => collection.create('y', thing('y'))).toThrow(StorageFailure)
    expect(durable.storage.revision).toBe(revision)
    expect(collection.get('y')).toBeUndefined()
  })

  test('what was written before it was settled is there as a whole or not at all', async () => {
    const path = newPath()
    const durable = openDurableStorage({ path })
    durable.storage.collection('/a/').create('x', thing('x'))
    durable.storage.collection('/a/').create('y', thing('y'))
    const unsettled = readFileSync(path)
    durable.settle()
    await durable.close()
    const whole = readFileSync(path)
    for (let length = unsettled.length; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length))
      const again = open(path)
      expect(again.storage.states()).toHaveLength(length === whole.length ? 2 : 0)
      expect(again.isNew).toBe(length < whole.length)
      await again.close()
    }
  })
})

describe('a disk that fails to sync', () => {
  const { fdatasyncSync } = fs
  /** From now on, so many syncs fail. */
  const failSyncs = (times: number) => {
    let left = times
    fs.fdatasyncSync = (file) => {
      if (left-- > 0) throw new Error('EIO: i/o error, fdatasync')
      fdatasyncSync(file)
    }
    syncBuiltinESMExports()
  }
  afterEach(() => failSyncs(0))

  test('once: that write has not happened, and the next one works', async () => {
    const path = newPath()
    const failures: string[] = []
    const durable = open(path, { onFailure: ({ message }) => failures.push(message) })
    const collection = durable.storage.collection('/a/')
    failSyncs(1)
    expect(() => collection.create('x', thing('x'))).toThrow(StorageFailure)
    expect(collection.get('x')).toBeUndefined()
    const { revision } = collection.create('y', thing('y'))
    expect(failures).toEqual(['the write could not be stored: EIO: i/o error, fdatasync'])
    await durable.close()
    const again = open(path)
    expect(again.storage.states().map(({ key }) => key)).toEqual(['y'])
    expect(again.storage.revision).toBe(revision)
    await again.close()
  })

  test('and cannot take the write back: nothing more is written, and the state is that of before', async () => {
    const path = newPath()
    const durable = open(path)
    const collection = durable.storage.collection('/a/')
    collection.create('x', thing('x'))
    const { size } = statSync(path)
    failSyncs(2)
    expect(() => collection.create('y', thing('y'))).toThrow(StorageFailure)
    expect(() => collection.create('z', thing('z'))).toThrow('EIO')
    expect(durable.storage.states()).toHaveLength(1)
    expect(statSync(path).size).toBe(size)
    await durable.close()
  })
})

describe('a damaged file', () => {
  async function written(): Promise<{ path: string; whole: Buffer; lines: number[] }> {
    const path = newPath()
    const durable = open(path)
    for (const name of ['one', 'two', 'three']) durable.storage.collection('/a/').create(name, thing(name, 'ä'))
    await durable.close()
    const whole = readFileSync(path)
    return { path, whole, lines: [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1) }
  }

  test('cut off anywhere in the last write, it is the state before, and goes on from there', async () => {
    const { path, whole, lines } = await written()
    for (let length = lines.at(-2)!; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length))
      const durable = open(path)
      expect(durable.storage.states().map(({ key }) => key)).toEqual(['one', 'two'])
      const { revision } = durable.storage.collection('/a/').create('four', thing('four'))
      await durable.close()
      const again = open(path)
      expect(again.storage.collection('/a/').get('four')?.revision).toBe(revision)
      expect(again.storage.states()).toHaveLength(3)
      await again.close()
    }
  })

  test('with any byte changed in its middle, it is refused by its name and the offset', async () => {
    const { path, whole, lines } = await written()
    for (let at = lines[0]!; at < lines.at(-2)!; at++) {
      const changed = Buffer.from(whole)
      changed[at]! ^= 1
      writeFileSync(path, changed)
      const line = lines.findLast((start) => start <= at)
      // What ends a line early is found at the line after it.
      const message = new RegExp(`^${path} is damaged at byte (${line}|${at + 1}): `)
      expect(() => openDurableStorage({ path })).toThrow(
        expect.objectContaining({ code: 'ERR_DATA_DAMAGED', message: expect.stringMatching(message) }),
      )
    }
    writeFileSync(path, Buffer.concat([whole.subarray(0, lines[1]), whole.subarray(lines[2])]))
    expect(() => openDurableStorage({ path })).toThrow('the change there is not that of revision 3')
    for (const nothing of ['', 'x', 'something\nelse\n']) {
      writeFileSync(path, nothing)
      expect(() => openDurableStorage({ path })).toThrow('is damaged at byte 0: this is no file of objects')
    }
  })

  test('a state that is cut off is refused', async () => {
    const path = newPath()
    const header = encodeRecord({ ...emptyHeader, revision: 5, objects: 2 })
    const state = encodeRecord(['/a/', 'x', { ...thing('x'), metadata: { name: 'x', resourceVersion: '4' } }])
    writeFileSync(path, Buffer.concat([header, state]))
    expect(() => openDurableStorage({ path })).toThrow(`is damaged at byte ${header.length + state.length}: object 2 of 2`)
  })

  test('one of another version is refused', () => {
    const path = newPath()
    writeFileSync(path, encodeRecord({ ...emptyHeader, version: 2 }))
    expect(() => openDurableStorage({ path })).toThrow(expect.objectContaining({ code: 'ERR_DATA_VERSION' }))
  })
})

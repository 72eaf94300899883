import { expect, test } from 'vitest'
import { createMemoryStorage } from './memory-storage.ts'
import { describeStorage } from './testing/suite.ts'

describeStorage('memory storage', { create: createMemoryStorage })

test('history of large objects is kept for fewer changes, and of the last one always', () => {
  const collection = createMemoryStorage({ watchWindowBytes: 100_000 }).collection('/a/')
  const write = (name: string, bytes: number) => {
    const object = { kind: 'Thing', apiVersion: 'v1', metadata: { name }, value: 'x'.repeat(bytes) }
    return collection.create(name, object).revision
  }
  const revisions = Array.from({ length: 20 }, (_, i) => write(`x${i}`, 10_000))
  expect([...collection.changes('', collection.forgottenRevision)!]).toHaveLength(9)
  expect(collection.forgottenRevision).toBe(revisions.at(-10))
  write('large', 1_000_000)
  expect([...collection.changes('', collection.forgottenRevision)!]).toHaveLength(1)
  expect(collection.list('')).toHaveLength(21)
})

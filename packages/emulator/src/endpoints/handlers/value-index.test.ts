import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryStorage } from '../../storage/memory-storage.ts'
import type { Equality } from '../selectors.ts'
import { findByValue } from './value-index.ts'

const equality = (label: string, ...values: string[]): Equality => ({
  name: label,
  values,
  read: ({ metadata }) => metadata.labels?.[label],
})

const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b', ''), { noNullPrototype: true })
const write = fc.record({ key: fc.constantFrom('n/x', 'n/y', 'n/z', 'n-1/x', 'n-1/y', 'm/x'), labels: fc.option(labels) })
const question = fc.record({
  within: fc.constantFrom('', 'n/', 'n-1/', 'm/'),
  app: fc.uniqueArray(fc.constantFrom('a', 'b', '', 'c'), { minLength: 1 }),
  tier: fc.option(fc.constantFrom('a', 'b')),
})

test('finds what going through everything finds, however it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(write, question), { maxLength: 60 }), (steps) => {
      const collection = createMemoryStorage({ watchWindow: 3 }).collection('/pods/')
      for (const step of steps) {
        if ('key' in step) {
          const found = collection.get(step.key)
          const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: step.key, labels: step.labels ?? {} } }
          if (found === undefined) collection.create(step.key, object)
          else if (step.labels === null) collection.delete(step.key, found.revision)
          else collection.update(step.key, found.revision, object)
        } else {
          const equalities = [equality('app', ...step.app), ...(step.tier === null ? [] : [equality('tier', step.tier)])]
          const matches = (each: { object: Parameters<Equality['read']>[0] }) =>
            equalities.every(({ read, values }) => values.includes(read(each.object) ?? 'none'))
          expect(findByValue(collection, step.within, equalities).filter(matches)).toEqual(collection.list(step.within).filter(matches))
        }
      }
    }),
  )
})

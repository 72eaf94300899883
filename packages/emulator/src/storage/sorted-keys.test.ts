import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSortedKeys } from './sorted-keys.ts'

const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 2, unit: fc.constantFrom('a', 'b', '/', '-', '0') }),
  fc.nat(3000).map((n) => `n/${n}`),
)
const step = fc.record({ remove: fc.boolean(), keys: fc.array(key, { maxLength: 1500, size: 'max' }) })

test('keys are those of a sorted set, however many, and in whatever order they come and go', () => {
  const run = (steps: Array<{ remove: boolean; keys: string[] }>, asked: string) => {
    const keys = createSortedKeys()
    const model = new Set<string>()
    for (const { remove, keys: some } of steps) {
      for (const each of some) {
        if (remove) keys.delete(each)
        else keys.add(each)
        if (remove) model.delete(each)
        else model.add(each)
      }
      const sorted = [...model].sort()
      expect(keys.size).toBe(sorted.length)
      expect([...keys.from('')].flat()).toEqual(sorted)
      expect([...keys.from(asked)].flat()).toEqual(sorted.filter((each) => each >= asked))
      expect(keys.rank(asked)).toBe(sorted.filter((each) => each < asked).length)
    }
  }
  fc.assert(fc.property(fc.array(step, { maxLength: 6 }), key, run))
})

test('keys that come in order are found in it', () => {
  const keys = createSortedKeys()
  const names = Array.from({ length: 5000 }, (_, index) => String(index).padStart(6, '0'))
  for (const name of names) keys.add(name)
  expect([...keys.from('')].flat()).toEqual(names)
  expect(keys.rank('002500')).toBe(2500)
})

import { expect, test } from 'vitest'
import { randomSuffix } from './random-suffix.ts'

test('names end differently, in five characters that spell no words', () => {
  const suffixes = Array.from({ length: 2000 }, randomSuffix)
  expect(suffixes.filter((suffix) => !/^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(suffix))).toEqual([])
  expect(new Set(suffixes).size).toBeGreaterThan(1990)
})

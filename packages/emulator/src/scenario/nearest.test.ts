import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test.each([
  ['pod', 'pods'],
  ['posd', 'pods'],
  ['deplyoments', 'deployments'],
  ['depl', 'deployments'],
  ['xyz', undefined],
  ['', undefined],
])('%j is likely to mean %j', (word, meant) => expect(nearest(word, ['pods', 'deployments'])).toBe(meant))

test('a word of megabytes is not compared letter by letter', () => {
  const begun = performance.now()
  expect(nearest('x'.repeat(10_000_000), ['pods', 'deployments'])).toBeUndefined()
  expect(performance.now() - begun).toBeLessThan(500)
})

// A short run of `npm run fuzz`: a seed that is always the same, and one of its own for each run, which the name of the test tells.
import { expect, test } from 'vitest'
import { areas } from '../../scripts/fuzz/areas.ts'
import { runSession } from '../../scripts/fuzz/session.ts'

const ownSeed = Math.floor(Math.random() * 2 ** 31)

test.each([
  ['always the same', 20_261_122],
  ['its own', ownSeed],
])('hostile input, with a seed that is %s (%d): nothing that was promised is broken', { timeout: 300_000 }, async (_what, seed) => {
  const said: string[] = []
  // Patience is for machines on which many tests run at a time.
  const limits = { memory: 1024, patience: 30_000 }
  const report = await runSession({ areas: [], seed, requests: 30_000, seconds: 28, limits, say: (line) => void said.push(line) })
  expect(report.failures, said.join('\n')).toEqual([])
  expect(report.areas.map(({ name }) => name)).toEqual(Object.keys(areas))
  expect(report.requests).toBeGreaterThan(500)
  expect(report.guard.asked).toBeGreaterThan(0)
})

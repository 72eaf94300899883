// Short runs of `npm run fuzz`, with seeds that are always the same: what fails here, fails for everybody. Without --seed that command draws a new one.
import { expect, test } from 'vitest'
import { areas } from '../../scripts/fuzz/areas.ts'
import { runSession } from '../../scripts/fuzz/session.ts'

test.each([20_261_122, 1_096_776_377])(
  'hostile input (seed %d): nothing that was promised is broken',
  { timeout: 300_000 },
  async (seed) => {
    const said: string[] = []
    // Patience is for machines on which many tests run at a time.
    const limits = { memory: 1024, patience: 30_000 }
    const report = await runSession({ areas: [], seed, requests: 30_000, seconds: 28, limits, say: (line) => void said.push(line) })
    expect(report.failures, said.join('\n')).toEqual([])
    expect(report.areas.map(({ name }) => name)).toEqual(Object.keys(areas))
    expect(report.requests).toBeGreaterThan(500)
    expect(report.guard.asked).toBeGreaterThan(0)
  },
)

import { expect, test } from 'vitest'
import { soak } from '../../scripts/soak/soak.ts'

// Half an hour of it: npm run soak
const seconds = 120
const why = process.platform === 'linux' ? '' : ' (skipped: it reads /proc)'

test.skipIf(why !== '')(
  `two minutes of mixed load lose nothing, repeat nothing and leave nothing behind${why}`,
  { timeout: 900_000 },
  async () => {
    const { problems, absent, counts, watched, memory } = await soak({
      seconds,
      rate: 50,
      seed: 7,
      onProgress: (line) => console.info(line),
    })
    expect(problems).toEqual([])
    if (process.env['CI'] === 'true') expect(absent).toEqual([])
    for (const reason of absent) console.info(`not taking part: ${reason}`)
    expect(counts.writes).toBeGreaterThan(500)
    expect(counts.deletions).toBeGreaterThan(50)
    expect(counts.conflicts).toBeGreaterThan(10)
    expect(counts.retries).toBeGreaterThan(5)
    expect(counts.events).toBeGreaterThan(2 * counts.writes)
    expect(Math.min(...Object.values(watched.opened))).toBeGreaterThan(10)
    expect(watched.expired).toBeGreaterThan(5)
    // Otherwise nobody was connected, and it is no wonder that nobody is afterwards.
    expect(memory.last.descriptors).toBeGreaterThan(memory.first.descriptors + 10)
    expect(memory.last.resources).toBeGreaterThan(memory.first.resources + 20)
  },
)

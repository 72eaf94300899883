// Replays the recorded cases against the built command: npm run conformance -- [AREA…] [--diff] [--raise]
//   --diff   print what differs, not only which steps
//   --raise  raise the floors that the test suite holds us to
import { parseArgs } from 'node:util'
import { raiseFloors, readFloors } from './floors.ts'
import { type AreaResult, listAreas, replayArea } from './replay.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { diff: { type: 'boolean' }, raise: { type: 'boolean' } },
})
const floors = readFloors()
const results: Record<string, AreaResult> = {}
for (const area of positionals.length > 0 ? positionals : listAreas()) {
  const result = await replayArea(area)
  results[area] = result
  process.stdout.write(`${area}: ${result.passed} of ${result.passed + result.failed} (floor ${floors[area] ?? 0})\n`)
  for (const { id, diff } of result.failures)
    process.stdout.write(`  ${id}\n${flags.diff ? diff.map((line) => `    ${line}\n`).join('') : ''}`)
}
if (flags.raise) raiseFloors(results)
const total = Object.values(results).reduce((sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }), {
  passed: 0,
  failed: 0,
})
process.stdout.write(`${total.passed} of ${total.passed + total.failed} steps as the real server answered\n`)

// Runs all tests; the last line is `N passed, N failed`. Arguments go to Vitest, so that
// `npm test -- packages/emulator/src/storage` runs a part. With --check, each of the checks of `npm run check` counts as a test too.
import { countRatios } from '../bench/ratios/check.ts'
import { runChecks } from '../check/checks.ts'
import { prepareClients } from '../clients/prepare.ts'
import { type Counts, sum, summary } from './counts.ts'
import { runVitest } from './vitest.ts'

const args = process.argv.slice(2)
const results: Counts[] = []
if (args.includes('--check')) {
  const checks = await runChecks()
  const count = (matches: (check: (typeof checks)[number]) => boolean) => checks.filter(matches).length
  results.push({
    passed: count(({ ok, skipped }) => ok && !skipped),
    failed: count(({ ok }) => !ok),
    skipped: count(({ skipped }) => skipped),
  })
}
const vitestArgs = args.filter((arg) => arg !== '--check')
// Compilers at work beside the tests would slow both down. What fails to build is told by the tests that want it.
if (vitestArgs.length === 0) await prepareClients().catch((error: Error) => process.stderr.write(`${error.message}\n`))
// It mostly waits, and for so long that it runs beside all others, whose workers take turns.
const soak = 'test/load/soak.test.ts'
if (vitestArgs.length > 0) results.push(await runVitest(vitestArgs))
else results.push(...(await Promise.all([runVitest(['--exclude', soak]), runVitest([soak])])))
// Last and alone: they are of processor time, which other work spoils.
if (vitestArgs.length === 0) results.push(await countRatios())
const total = sum(results)
process.stdout.write(`${summary(total)}\n`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

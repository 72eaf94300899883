// Runs all tests; the last line is `N passed, N failed`. Arguments go to Vitest, so that
// `npm test -- packages/emulator/src/storage` runs a part.
//   --check    each of the checks of `npm run check` counts as a test too
//   --node 22  the tests run on that major version of Node, and the command too
import { countRatios } from '../bench/ratios/check.ts'
import { runChecks } from '../check/checks.ts'
import { prepareClients } from '../clients/prepare.ts'
import { otherNode, otherNodes, whyNoOtherNodes } from '../tools/node.ts'
import { type Counts, sum, summary } from './counts.ts'
import { runVitest } from './vitest.ts'

// It mostly waits, and for so long that it runs beside all others, whose workers take turns.
const soak = 'test/load/soak.test.ts'
// What differs between versions of Node: TLS, HTTP, processes, and how a bundle is loaded. All other tests run there with --node.
const onOtherNodes = ['test/server', 'test/cli/exec.test.ts', 'test/cli/terminal.test.ts', 'test/conformance/variants', 'packages/fixtures']

async function countChecks(): Promise<Counts> {
  const checks = await runChecks()
  const count = (matches: (check: (typeof checks)[number]) => boolean) => checks.filter(matches).length
  return {
    passed: count(({ ok, skipped }) => ok && !skipped),
    failed: count(({ ok }) => !ok),
    skipped: count(({ skipped }) => skipped),
  }
}

async function countAll(nodeFolder?: string): Promise<Counts[]> {
  // Compilers at work beside the tests would slow both down. What fails to build is told by the tests that want it.
  await prepareClients().catch((error: Error) => process.stderr.write(`${error.message}\n`))
  return Promise.all([runVitest(['--exclude', soak], nodeFolder), runVitest([soak], nodeFolder)])
}

async function countOnOtherNodes(): Promise<Counts[]> {
  const reason = whyNoOtherNodes()
  if (reason !== undefined) {
    process.stdout.write(`not run on Node ${otherNodes.join(', ')}: ${reason}\n`)
    return [{ passed: 0, failed: 0, skipped: otherNodes.length }]
  }
  const results: Counts[] = []
  for (const major of otherNodes) results.push(await runVitest(onOtherNodes, await otherNode(major)))
  return results
}

const vitestArgs = process.argv.slice(2)
/** Takes an option and its values out of the arguments. */
const take = (option: string, values = 0) => {
  const at = vitestArgs.indexOf(option)
  return at < 0 ? [] : vitestArgs.splice(at, 1 + values)
}
const results: Counts[] = []
if (take('--check').length > 0) results.push(await countChecks())
const [asked, major = ''] = take('--node', 1)
const node = asked === undefined ? undefined : await otherNode(major)
if (vitestArgs.length > 0) results.push(await runVitest(vitestArgs, node))
else results.push(...(await countAll(node)))
if (vitestArgs.length === 0 && node === undefined) {
  results.push(...(await countOnOtherNodes()))
  // Last and alone: they are of processor time, which other work spoils.
  results.push(await countRatios())
}
const total = sum(results)
process.stdout.write(`${summary(total)}\n`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

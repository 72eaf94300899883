// Measures what starting costs: npm run bench -- [--runs 21] [--json FILE] [--strict]
//   --strict   exit code 1 when a figure misses its target
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { inpod, root } from '../conformance/command.ts'
import { type Figure, judge, table } from './figures.ts'
import { freshMemoryMiB, medianOfCommands, warmFigures } from './measure.ts'

const { values: flags } = parseArgs({
  options: { runs: { type: 'string', default: '21' }, json: { type: 'string' }, strict: { type: 'boolean' } },
})
const runs = Number(flags.runs)

const [node, direct, command] = await medianOfCommands(runs, [
  [process.execPath, ['-e', '0']],
  [process.execPath, [join(root, 'packages/emulator/bin/inpod.mjs'), 'exec', '--', 'true']],
  [inpod, ['exec', '--', 'true']],
])
const warm = await warmFigures()
const figures: Figure[] = [
  { what: 'node -e 0', value: node!, unit: 'ms' },
  { what: 'inpod exec -- true', value: direct!, unit: 'ms' },
  { what: 'the same through the shim of node_modules/.bin', value: command!, unit: 'ms' },
  { what: 'inpod exec -- true ÷ node -e 0', value: direct! / node!, unit: '', atMost: 5 },
  { what: 'memory of a fresh inpod start', value: await freshMemoryMiB(), unit: 'MiB', atMost: 130 },
  { what: 'startEmulator() in a warm process, median', value: warm.startMs, unit: 'ms', atMost: 30 },
  { what: '50 emulators in one process, to start', value: warm.manyMs, unit: 'ms' },
  { what: '50 emulators in one process, memory of each', value: warm.manyMiB / 50, unit: 'MiB' },
]
process.stdout.write(`Node ${process.version}, medians of ${runs} runs\n${table(figures)}\n`)
if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`)
if (flags.strict && !figures.every(judge)) process.exitCode = 1

// Measures how time and memory grow: npm run bench -- --growth [--strict] [--write] [--only objects|watchers|bindings] [--points 1000,10000]
//   --strict   exit code 1 when something grows faster than it must
//   --write    writes the table into docs/growth.md and the plot to docs/growth.svg
import { parseArgs } from 'node:util'
import { bindingsSubject } from './growth/bindings.ts'
import { measure, type Subject } from './growth/measure.ts'
import { objectsSubject } from './growth/objects.ts'
import { writeReport } from './growth/report.ts'
import { exponent, type Figure, isAsItMustBe, type Series } from './growth/series.ts'
import { watchersSubject } from './growth/watchers.ts'
import { whyNoProcessorTime } from './processor-time.ts'

const kinds: Record<string, { of: Figure['of']; points: number[]; start(n: number): Promise<Subject> }> = {
  bindings: { of: 'role bindings', points: [10, 1_000, 10_000], start: bindingsSubject },
  watchers: { of: 'watchers', points: [10, 100, 1_000], start: watchersSubject },
  objects: { of: 'objects', points: [1_000, 10_000, 100_000], start: objectsSubject },
}

const { values: flags } = parseArgs({
  options: {
    growth: { type: 'boolean' },
    strict: { type: 'boolean' },
    write: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    points: { type: 'string' },
  },
})

const tell = (what: string) => process.stderr.write(`${what}\n`)

async function measureKind({ of, points, start }: (typeof kinds)[string]): Promise<Series[]> {
  await using servers = new AsyncDisposableStack()
  const subjects: Subject[] = []
  for (const n of flags.points?.split(',').map(Number) ?? points) {
    tell(`${n} ${of}`)
    subjects.push(servers.use(await start(n)))
  }
  return await measure(of, subjects, tell)
}

function line(series: Series): string {
  const { what, of, unit, must, points } = series
  const values = points.map(({ value }) => value.toPrecision(3).padStart(8)).join(' ')
  const verdict = isAsItMustBe(series) ? '' : '  GROWS TOO FAST'
  return `${of.padEnd(13)} ${what.padEnd(48)} ${values} ${unit}  n^${exponent(series).toFixed(2)} (${must})${verdict}\n`
}

const obstacle = whyNoProcessorTime()
if (obstacle !== undefined) throw new Error(`processor time cannot be measured: ${obstacle}`)
const all: Series[] = []
for (const [name, kind] of Object.entries(kinds)) {
  if (flags.only === undefined || flags.only.includes(name)) all.push(...(await measureKind(kind)))
}
for (const series of all) process.stdout.write(line(series))
if (flags.write) writeReport(all)
if (flags.strict && !all.every(isAsItMustBe)) process.exitCode = 1

// Sends hostile input to a running `inpod start`: npm run fuzz -- [--requests 10000] [--seconds N] [--seed N] [--areas A,B] [--json FILE]
//   --seed   what chance starts from; the same seed sends the same (default: one of its own, which is printed)
//   --areas  some of the kinds of input; scripts/fuzz/areas.ts is the list
// Or compares, request by request: npm run fuzz -- --beside URL,CA_FILE,TOKEN [--count 500] [--seed N] [--areas A,B] [--json FILE]
//   --beside a real API server, and a cluster-admin's token for it; it gets a namespace for each area, which is removed again
//   --count  requests of each area, at least; scripts/oracle/beside/areas.ts is the list of areas
//   --json   a file for what differs, with all steps that lead to each
//   --manifests FOLDER,FOLDER  instead of areas: all YAML files below these, as people deploy them
// It ends with 1 if anything was answered differently.
// It ends with 1 if a promise was broken: the server ended, said something on standard error, gave an answer that no API server gives,
// let somebody see or do what they have no right to, took too much memory, or kept others waiting.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { areas } from './areas.ts'
import { runSession } from './session.ts'

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '86400' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    areas: { type: 'string', default: '' },
    beside: { type: 'string' },
    count: { type: 'string', default: '500' },
    json: { type: 'string' },
    manifests: { type: 'string', default: '' },
  },
})
const listed = (text: string) => text.split(',').filter((name) => name !== '')
const wanted = listed(flags.areas)
const known = flags.beside === undefined ? areas : (await import('../oracle/beside/areas.ts')).areas
const unknown = wanted.filter((name) => !(name in known))
const numbers = [flags.requests, flags.seconds, flags.seed, flags.count].map(Number)
const isAlone = flags.manifests !== '' && flags.beside === undefined
if (isAlone || unknown.length > 0 || numbers.some((number) => !Number.isFinite(number) || number < 0)) {
  process.stderr.write(
    `usage: --requests N --seconds N --seed N --beside URL,CA_FILE,TOKEN --count N --manifests FOLDER,FOLDER --areas ${Object.keys(known).join(',')}\n`,
  )
  process.exit(2)
}
const [requests, seconds, seed, count] = numbers as [number, number, number, number]
const say = (line: string) => void process.stdout.write(`${line}\n`)
say(`seed ${seed}`)
if (flags.beside !== undefined) {
  const { runBeside } = await import('../oracle/beside/run.ts')
  const [server = '', caFile = '', token = ''] = flags.beside.split(',')
  const found = await runBeside({
    beside: { server, caFile, token },
    areas: wanted,
    manifests: listed(flags.manifests),
    seed,
    count,
    say,
    ...(flags.json ? { json: flags.json } : {}),
  })
  process.exit(found === 0 ? 0 : 1)
}
const report = await runSession({ areas: wanted, seed, requests, seconds, say })
const { guard, failures } = report
say(
  `${report.requests} requests in ${report.seconds.toFixed(1)} s, ${failures.length} failures; ` +
    `memory at most ${guard.peakMemory.toFixed(0)} MiB, slowest of ${guard.asked} harmless requests ${guard.slowestAnswer.toFixed(0)} ms`,
)
if (flags.json) writeFileSync(flags.json, `${JSON.stringify({ seed, ...report }, null, 2)}\n`)
if (failures.length > 0) process.exitCode = 1

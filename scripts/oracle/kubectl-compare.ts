// Runs sessions of kubectl against a real API server and against ours, and shows where a user would see a difference.
//   node scripts/oracle/kubectl-compare.ts --reference KUBECONFIG --ours KUBECONFIG [--only REGEX]
// Both must be a cluster-admin's. Sessions work in namespaces of their own, which are deleted before and after.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Command, cleanUp, sessions } from './kubectl-sessions.ts'

const { values: flags } = parseArgs({ options: { reference: { type: 'string' }, ours: { type: 'string' }, only: { type: 'string' } } })
if (flags.reference === undefined || flags.ours === undefined) {
  console.error('kubectl-compare: --reference and --ours are needed (see the head of this file)')
  process.exit(2)
}
const home = mkdtempSync(join(tmpdir(), 'kubectl-compare-'))
const kubeconfigs = [flags.reference, flags.ours]

interface Outcome {
  code: unknown
  stdout: string
  stderr: string
}

function run({ args, stdin = '' }: Command, kubeconfig: string): Promise<Outcome> {
  const words = args.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)!.map((word) => word.replace(/(^|=)(["'])(.*)\2$/, '$1$3'))
  return new Promise((done) => {
    const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig, KUBE_EDITOR: 'sed -i s/before/after/' }
    const child = execFile('kubectl', words, { env, timeout: 60_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? 'killed') : 0, stdout, stderr }),
    )
    child.stdin!.end(stdin)
  })
}

/** What differs from run to run becomes what it is. */
const normalize = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>')
    .replace(/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]+ \+\d{4}/g, '<time>')
    .replace(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, '<jwt>')
    .replace(/https:\/\/127\.0\.0\.1:\d+|127\.0\.0\.1:\d+/g, '<server>')
    .replace(/(resourceVersion"?: ?"?|Resource Version: +)\d+/g, '$1<rv>')
    .replace(/\b10\.96\.\d+\.\d+\b/g, '<ip>')
    .replace(/nodePort: \d+|\b3[0-2]\d{3}\b/g, '<port>')
    .replace(/\/tmp\/\S+/g, '<file>')
    .replace(/(-access|debugger)-[a-z0-9]{5}\b/g, '-<random>')
    .replace(/\b(\d+[smhdy]){1,2}(?=[ \n)]|$)/gm, '<age>')
    .replace(/ +(?=\n)/g, '')
    .replace(/ {2,}/g, '  ')

/** Lines that only one of them shows, in order. */
function differences(reference: string, ours: string): string[] {
  const [want, got] = [normalize(reference).split('\n'), normalize(ours).split('\n')]
  if (want.join('\n') === got.join('\n')) return []
  const lines = [
    ...want.filter((line) => !got.includes(line)).map((line) => `    - ${line}`),
    ...got.filter((line) => !want.includes(line)).map((line) => `    + ${line}`),
  ]
  return lines.length === 0 ? ['    (another order)'] : lines.map((line) => line.slice(0, 400)).slice(0, 14)
}

async function compare(session: string, command: Command): Promise<boolean> {
  const [reference, ours] = (await Promise.all(kubeconfigs.map((kubeconfig) => run(command, kubeconfig!)))) as [Outcome, Outcome]
  const lines = [
    ...(reference.code === ours.code ? [] : [`    - exit ${reference.code}`, `    + exit ${ours.code}`]),
    ...differences(reference.stdout, ours.stdout),
    ...differences(reference.stderr, ours.stderr),
  ]
  if (lines.length === 0) return true
  console.log(`${session}: kubectl ${command.args.slice(0, 200)}\n${lines.join('\n')}`)
  return false
}

const only = flags.only === undefined ? undefined : new RegExp(flags.only)
let same = 0
let total = 0
try {
  for (const [name, commands] of Object.entries(sessions)) {
    if (only !== undefined && !only.test(name)) continue
    const clean = async () => {
      for (const command of cleanUp(name)) await Promise.all(kubeconfigs.map((kubeconfig) => run(command, kubeconfig!)))
    }
    await clean()
    for (const command of commands) {
      total++
      if (await compare(name, command)) same++
      if (command.wait) await new Promise((resolve) => setTimeout(resolve, command.wait))
    }
    await clean()
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
console.log(`${same} of ${total} commands show the same`)
process.exitCode = same === total ? 0 : 1

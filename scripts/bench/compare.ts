// Loads a real API server and a fresh inpod with the same work, in one run, and prints the table of it as Markdown:
//   npm run bench -- --beside https://127.0.0.1:PORT,CA_FILE,ADMIN_TOKEN,PID[+PID…] [--pods 1000,20000] [--rounds 5] [--seconds 3] [--watchers 200]
// For each number of Pods a new inpod is started, and what the last one left in the real server is deleted.
// Needs h2load (Debian: nghttp2-client), and a real server that nobody else uses.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { root, startCommand } from '../conformance/command.ts'
import { whyMissing } from '../demo/tools.ts'
import { median } from './figures.ts'
import { type Client, createHttp1Client } from './measured-server.ts'

const bench = join(root, '..', 'shared', 'bench', 'bench.mjs')
/** What bench.mjs writes in. */
const NAMESPACE = '/api/v1/namespaces/bench'
const REAL = 'kube-apiserver'

/** How many times as good as the real server inpod is to be, by what the name of a figure begins with. */
const targets: Array<[name: string, atLeast: number]> = [
  ['GET', 2.5],
  ['LIST 100', 6],
  ['LIST all', 10],
  ['LIST by label', 6],
  ['403', 2],
  ['POST', 2.5],
  ['SelfSubjectAccessReview', 2.5],
  ['a write seen by', 2],
  ['memory after', 2.5],
]

type Figures = Record<string, Record<string, number>>

const { values: flags } = parseArgs({
  options: {
    beside: { type: 'string' },
    pods: { type: 'string', default: '1000,20000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    watchers: { type: 'string', default: '200' },
  },
})

/** What stands in the way of a run; undefined if nothing does. */
function findObstacle(): string | undefined {
  if (flags.beside?.split(',').length !== 4) return '--beside wants URL,CA_FILE,ADMIN_TOKEN,PID[+PID…] of a real API server'
  if (!existsSync(bench)) return `there is no ${bench}`
  const missing = whyMissing('h2load')
  return missing && `${missing}: it is in Debian's package nghttp2-client`
}

async function compare(real: string, pods: string): Promise<Figures> {
  await using command = await startCommand()
  const { server, caFile, token, pid } = command.started
  const folder = mkdtempSync(join(tmpdir(), 'inpod-bench-'))
  const json = join(folder, 'figures.json')
  const options = ['--rounds', flags.rounds, '--seconds', flags.seconds, '--watchers', flags.watchers, '--pods', pods, '--json', json]
  const servers = ['--target', `${REAL},${real}`, '--target', `inpod,${server},${caFile},${token},${pid}`]
  try {
    const child = spawn(process.execPath, [bench, ...options, ...servers], { stdio: ['ignore', 'ignore', 'inherit'] })
    const code = await new Promise((resolve) => child.on('close', resolve))
    if (code !== 0) throw new Error(`${bench} ended with ${code}`)
    return { ...JSON.parse(readFileSync(json, 'utf8')), ...(await compareLists(real, { server, caFile, token })) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Lists of everything one after the other: of large ones, 64 at a time do not end within the time that the load takes. */
async function compareLists(real: string, inpod: { server: string; caFile: string; token: string }): Promise<Figures> {
  const [realUrl, realCa, realToken] = real.split(',') as [string, string, string]
  const theirs = await listMs(realUrl, realCa, realToken)
  const ours = await listMs(inpod.server, inpod.caFile, inpod.token)
  const rounded = (value: number, digits: number) => Number(value.toFixed(digits))
  return {
    'one LIST of all pods at a time (ms)': {
      [REAL]: rounded(theirs, 1),
      inpod: rounded(ours, 1),
      [`x ${REAL}`]: rounded(theirs / ours, 2),
    },
  }
}

async function listMs(url: string, caFile: string, token: string): Promise<number> {
  const client = createHttp1Client({ url, ca: readFileSync(caFile, 'utf8') })
  const times: number[] = []
  for (let round = 0; round < Number(flags.rounds); round++) {
    const start = performance.now()
    await client.call({ path: `${NAMESPACE}/pods`, token })
    times.push(performance.now() - start)
  }
  client.close()
  return median(times)
}

/** Deletes what was made in the real server, and waits until it is gone. */
async function cleanUp(real: string): Promise<void> {
  const [url, caFile, token] = real.split(',') as [string, string, string]
  const client: Client = createHttp1Client({ url, ca: readFileSync(caFile, 'utf8') })
  const remove = (path: string) => client.call({ method: 'DELETE', path, token, body: { gracePeriodSeconds: 0 } })
  for (const resource of ['pods', 'configmaps']) await remove(`${NAMESPACE}/${resource}`)
  await remove(NAMESPACE)
  while ((await client.call({ path: NAMESPACE, token })).status !== 404) await sleep(500)
  client.close()
}

function markdown(pods: string, figures: Figures): string {
  const rows = Object.entries(figures).map(
    ([what, { [REAL]: real = Number.NaN, inpod = Number.NaN, [`x ${REAL}`]: ratio = Number.NaN }]) => {
      const target = targets.find(([name]) => what.startsWith(name))?.[1]
      const verdict = target === undefined ? '' : `${target}${ratio < target ? ' (missed)' : ''}`
      return `| ${what} | ${real.toLocaleString('en-US')} | ${inpod.toLocaleString('en-US')} | ${ratio ?? '–'} | ${verdict} |\n`
    },
  )
  const head = `| ${pods} Pods | ${REAL} | inpod | times as good | at least |\n| --- | --- | --- | --- | --- |\n`
  return `${head}${rows.join('')}\n`
}

const obstacle = findObstacle()
if (obstacle === undefined) {
  const real = flags.beside!
  for (const pods of flags.pods.split(',')) {
    try {
      process.stdout.write(markdown(pods, await compare(real, pods)))
    } finally {
      await cleanUp(real)
    }
  }
} else {
  process.stderr.write(`bench: ${obstacle}\n`)
  process.exitCode = 2
}

// Loads a real API server and a fresh inpod with the same work, in one run:
//   npm run bench -- --beside --oracle https://127.0.0.1:PORT,CA_FILE,ADMIN_TOKEN,PID[+PID…] [options of bench.mjs]
// Needs h2load (Debian: nghttp2-client), and a real server that nobody has used yet.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, startCommand } from '../conformance/command.ts'
import { whyMissing } from '../demo/tools.ts'

const bench = join(root, '..', 'shared', 'bench', 'bench.mjs')

/** What stands in the way of a run; undefined if nothing does. */
function findObstacle(): string | undefined {
  if (!existsSync(bench)) return `there is no ${bench}`
  const missing = whyMissing('h2load')
  return missing && `${missing}: it is in Debian's package nghttp2-client`
}

async function compare(args: string[]): Promise<number> {
  await using command = await startCommand()
  const { server, caFile, token, pid } = command.started
  const targets = args.flatMap((arg, index) =>
    args[index - 1] === '--oracle' ? ['--target', `kube-apiserver,${arg}`] : arg === '--oracle' ? [] : [arg],
  )
  const child = spawn(process.execPath, [bench, ...targets, '--target', `inpod,${server},${caFile},${token},${pid}`], { stdio: 'inherit' })
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
}

const obstacle = findObstacle()
if (obstacle !== undefined) process.stderr.write(`bench: ${obstacle}\n`)
process.exitCode = obstacle === undefined ? await compare(process.argv.slice(2)) : 1

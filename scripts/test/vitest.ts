import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Counts, countReport } from './counts.ts'

const root = join(import.meta.dirname, '..', '..')

let runs = 0

/**
 * Runs Vitest with the given arguments, its output shown, and counts the tests.
 * @param nodeFolder the folder of the `node` that runs the tests and the command; default: the running one
 */
export async function runVitest(args: string[], nodeFolder?: string): Promise<Counts> {
  const folder = join(root, '.cache', 'test')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `vitest-${process.pid}-${++runs}.json`)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const node = nodeFolder === undefined ? process.execPath : join(nodeFolder, 'node')
  const PATH = [nodeFolder, process.env.PATH].filter(Boolean).join(delimiter)
  const child = spawn(node, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args], {
    cwd: root,
    env: { ...process.env, PATH },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
  try {
    return countReport(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, exitCode)
  } finally {
    rmSync(file, { force: true })
  }
}

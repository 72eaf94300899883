import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Counts, countReport } from './counts.ts'

const root = join(import.meta.dirname, '..', '..')

let runs = 0

/** Runs Vitest with the given arguments, its output shown, and counts the tests. */
export async function runVitest(args: string[]): Promise<Counts> {
  const folder = join(root, '.cache', 'test')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `vitest-${process.pid}-${++runs}.json`)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args], {
    cwd: root,
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

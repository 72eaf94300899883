import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startCommand } from '../conformance/command.ts'
import { median } from './figures.ts'
import { residentMiB } from './processor-time.ts'

const run = promisify(execFile)

/** The median wall time of each command in ms; they take turns, so that a busy machine is unfair to none. Throws when one fails. */
export async function medianOfCommands(runs: number, commands: [string, string[]][]): Promise<number[]> {
  const times = commands.map((): number[] => [])
  // The first round fills the caches and is not counted.
  for (let round = 0; round <= runs; round++) {
    for (const [index, [program, args]] of commands.entries()) {
      const started = performance.now()
      const { status, stderr } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
      if (status !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${status}: ${stderr}`)
      if (round > 0) times[index]!.push(performance.now() - started)
    }
  }
  return times.map(median)
}

/** Resident memory of an `inpod start` that has just said it is ready, in MiB. */
export async function freshMemoryMiB(): Promise<number> {
  await using command = await startCommand()
  return residentMiB(command.started.pid)
}

/** What warm.ts measures in a process of its own, on the built library. */
export async function warmFigures(): Promise<{ startMs: number; manyMs: number; manyMiB: number }> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'warm.ts')])
  return JSON.parse(stdout)
}

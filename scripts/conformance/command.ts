import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { StartDescription } from '../../packages/emulator/src/cli/running.ts'

export const root = join(import.meta.dirname, '..', '..')
/** The command as a user of this working copy has it. */
export const inpod = join(root, 'node_modules', '.bin', 'inpod')

/** A running `inpod start`; disposing of it stops it and waits until it has ended. */
export interface RunningCommand extends AsyncDisposable {
  started: StartDescription
  child: ChildProcess
  /** What it has written to its standard error so far. */
  standardError(): string
}

/** Runs `inpod start --json` with more arguments and variables. Throws with its standard error when it ends before it is ready. */
export async function startCommand(args: string[] = [], env: Record<string, string> = {}): Promise<RunningCommand> {
  const child = spawn(inpod, ['start', '--json', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line'), ended.then(() => undefined)])
  if (first === undefined) throw new Error(`inpod start ended before it was ready: ${errors}`)
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return { started: JSON.parse(first[0]), child, standardError: () => errors, [Symbol.asyncDispose]: stop }
}

import { constants } from 'node:os'
import { exitCodeOf } from './enclosure.ts'
import type { Sandbox } from './sandbox.ts'
import { startInvocation } from './start-process.ts'

export interface CommandResult {
  exitCode: number
  /** Standard output and error as they came, the first part of it. */
  output: string
  timedOut: boolean
}

/** As much as the kubelet keeps of what a probe says. */
const MOST_OUTPUT = 10 * 1024

/**
 * Runs a command beside the program, to its end or for so long.
 * @throws EmulatorError ERR_SANDBOX when the program does not run any more, ERR_PROCESS when nothing can be started
 */
export async function runInside(sandbox: Sandbox, command: string[], milliseconds: number | undefined): Promise<CommandResult> {
  const child = await startInvocation(sandbox.inside(command), { stdio: ['ignore', 'pipe', 'pipe'] })
  const streams = [child.stdout!, child.stderr!]
  let output = ''
  for (const stream of streams)
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, MOST_OUTPUT)
    })
  let timedOut = false
  const timer =
    milliseconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          child.kill('SIGKILL')
        }, milliseconds)
  const closed = new Promise((resolve) => child.once('close', resolve))
  const exitCode = await exitCodeOf(child, constants.signals)
  clearTimeout(timer)
  // What it left running may keep its output open.
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 100).unref())])
  for (const stream of streams) stream.destroy()
  return { exitCode, output, timedOut }
}

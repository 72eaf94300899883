import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { basename } from 'node:path'
import { EmulatorError } from '../errors.ts'
import type { Invocation } from './beside.ts'

const hints: Readonly<Record<string, string>> = {
  EAGAIN: 'The limit of processes is reached: end some, or raise it (ulimit -u, or pids.max of the control group).',
  EMFILE: 'The limit of open files is reached: raise it (ulimit -n).',
  ENFILE: 'The machine has no file handles left.',
  ENOMEM: 'The machine has no memory left for a process.',
}

/**
 * Starts a process. Where the machine has no room for one, Node's `spawn` may throw, or give a process without streams, or tell it later:
 * here that is one error.
 * @throws EmulatorError ERR_PROCESS
 */
export async function startProcess(file: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
  try {
    const child = spawn(file, args, options)
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    return child.on('error', () => {})
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    const hint = hints[code]
    throw new EmulatorError('ERR_PROCESS', `cannot start ${basename(file)}: ${message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/** @throws EmulatorError ERR_PROCESS */
export function startInvocation({ file, args, env }: Invocation, options: Omit<SpawnOptions, 'env'>): Promise<ChildProcess> {
  return startProcess(file, args, { ...options, env })
}

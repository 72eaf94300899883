import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process for as long as it runs: pids are used again, and mean nothing on another machine. */
export interface ProcessIdentity {
  pid: number
  host: string
  /** When it started, in ticks since the machine did; where the system tells (Linux). */
  started?: string
}

export function ownIdentity(): ProcessIdentity {
  const started = startOf(process.pid)
  return { pid: process.pid, host: hostname(), ...(started === undefined ? {} : { started }) }
}

/** Whether that very process still runs; true also if that cannot be told, as of a process of another machine. */
export function mayBeRunning({ pid, host, started }: ProcessIdentity): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return started === undefined || startOf(pid) === started
}

/** Undefined too for a process that has ended and whose parent has not noticed. */
function startOf(pid: number): string | undefined {
  try {
    // The name stands in parentheses and may hold some of its own (proc_pid_stat(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

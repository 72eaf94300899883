import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The time of a processor that a process has taken so far, all of its threads together, in milliseconds. Linux alone tells. */
export function processorMs(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += threadNanoseconds(pid, thread)
  }
  return nanoseconds / 1e6
}

function threadNanoseconds(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  } catch (error) {
    // It has just ended, and what it took goes with it.
    if (existsSync(`/proc/${pid}/task/${thread}`)) throw error
    return 0
  }
}

/** Why it cannot be told here; undefined where it can. */
export function whyNoProcessorTime(): string | undefined {
  try {
    return processorMs(process.pid) > 0 ? undefined : 'the kernel keeps no times of threads'
  } catch {
    return 'there is no /proc/PID/task/TID/schedstat'
  }
}

/** Resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

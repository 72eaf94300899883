// What /proc says about processes; Linux only.
import { readdirSync, readFileSync } from 'node:fs'

interface ProcessStat {
  /** One letter: R, S, D, T (stopped), t, Z (ended, not yet waited for), X. */
  state: string
  parent: number
  group: number
  /** The group in the foreground of the controlling terminal; -1 without one. */
  foregroundGroup: number
  /** PF_… of the kernel. */
  flags: number
  /** In clock ticks since boot. */
  started: number
}

const PF_EXITING = 0x4

/** proc_pid_stat(5); undefined when the process is gone. */
export function readStat(pid: number | 'self'): ProcessStat | undefined {
  const text = readProc(pid, 'stat')
  if (text === undefined) return undefined
  // The second field, the name in parentheses, may hold anything.
  const [state, parent, group, , , foreground, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [flags, started] = [Number(rest[0]), Number(rest[13])]
  return { state: state!, parent: Number(parent), group: Number(group), foregroundGroup: Number(foreground), flags, started }
}

/** The eldest child of a process, but for `except`. */
export function eldestChild(pid: number, except?: number): number | undefined {
  const listed = readProc(pid, `task/${pid}/children`)?.split(' ').map(Number).filter(Boolean)
  return (listed ?? findChildren(pid)).find((child) => child !== except)
}

/** Whether a process is still the fork of another, whose handlers of signals it has: what is sent to it may be lost. */
export function isFork(pid: number, parent: number): boolean {
  const command = readProc(pid, 'cmdline')
  return command !== undefined && command !== '' && command === readProc(parent, 'cmdline')
}

/** For kernels without CONFIG_PROC_CHILDREN. */
function findChildren(pid: number): number[] {
  return allProcesses()
    .map((child) => ({ child, stat: readStat(child) }))
    .filter(({ stat }) => stat?.parent === pid)
    .sort((a, b) => a.stat!.started - b.stat!.started)
    .map(({ child }) => child)
}

/** Whether a process has ended, is about to, or has a signal waiting for it. */
export function isSignalled(pid: number): boolean {
  const status = readProc(pid, 'status')
  if (status === undefined) return true
  // On a busy machine it may take a while from the one to the other.
  if (((readStat(pid)?.flags ?? PF_EXITING) & PF_EXITING) !== 0) return true
  return /^State:\s+[ZX]/m.test(status) || /^(?:SigPnd|ShdPnd):\s+0*[1-9a-f]/m.test(status)
}

function allProcesses(): number[] {
  return readdirSync('/proc').map(Number).filter(Boolean)
}

function readProc(pid: number | 'self', file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}

// Passes signals on to the program. A terminal, `timeout` and many CI runners signal the whole process group: then the program has the
// signal already, and must not get it twice.
import { type ChildProcess, spawn } from 'node:child_process'
import { isatty } from 'node:tty'
import { isSignalled, readStat } from './processes.ts'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const
type Forwarded = (typeof FORWARDED)[number]

/** Signals that a terminal sends to its foreground process group. */
const FROM_TERMINAL = new Set<Forwarded>(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

/** How long a signal to a group may take from its first process to its last. */
const SPREAD_MS = 25
/** Programs that end sooner are not worth a witness. Before the API server is loaded, which keeps us busy for a while. */
const WITNESS_AFTER_MS = 15
const STOP_POLL_MS = 200

export interface SignalForwarding {
  /** From now on `deliver` is called with each signal, at once with the one that came first, if it was before. */
  connect(deliver: Deliver, pid: () => number | undefined): void
  close(): void
}

/** @param isThere whether the whole process group has it already: programs must not get it twice */
export type Deliver = (signal: NodeJS.Signals, isThere: boolean) => void

/** Takes over the signals that would end us, until `close`. `onFirst` is called for the first: what has not been started need not be. */
export function forwardSignals(onFirst: (signal: Forwarded) => void): SignalForwarding {
  const targets: Deliver[] = []
  let first: Forwarded | undefined
  let witness: Witness | undefined
  const start = () => {
    if (targets.length > 0) witness ??= startWitness()
  }
  const timers = new Set<NodeJS.Timeout>()
  const handlers = FORWARDED.map((signal) => {
    const handler = () => {
      if (signal !== 'SIGWINCH' && first === undefined) {
        first = signal
        onFirst(signal)
      }
      if (targets.length > 0) void deliverToAll(signal, targets, witness)
    }
    process.on(signal, handler)
    return { signal, handler }
  })
  return {
    connect(deliver, pid) {
      targets.push(deliver)
      if (first !== undefined) deliver(first, false)
      if (targets.length > 1) return
      timers.add(setTimeout(() => setImmediate(start), WITNESS_AFTER_MS).unref())
      // Not process.stdin, which would make the program's standard input non-blocking.
      if (isatty(0)) timers.add(setInterval(() => targets.length === 1 && stopWith(pid()), STOP_POLL_MS).unref())
    },
    close() {
      for (const { signal, handler } of handlers) process.off(signal, handler)
      for (const timer of timers) clearTimeout(timer)
      targets.length = 0
      witness?.end()
    },
  }
}

async function deliverToAll(signal: Forwarded, targets: Deliver[], witness: Witness | undefined): Promise<void> {
  const isKnown = signal !== 'SIGWINCH' && witness !== undefined
  const isThere = isKnown ? await witness.saw() : FROM_TERMINAL.has(signal) && isInForeground()
  for (const deliver of targets) deliver(signal, isThere)
}

interface Witness {
  /** Whether a signal that has just come went to our whole process group. */
  saw(): Promise<boolean>
  end(): void
}

/** A process in our group that any signal ends: that it is gone shows that the group was meant. It ends with us. */
function startWitness(): Witness {
  const begin = () => {
    const cat = startCat()
    // The group was not meant, or we would not be here; as when the machine has no memory left.
    cat?.once('exit', (_code, signal) => {
      if (signal === 'SIGKILL' && child === cat) child = begin()
    })
    return cat
  }
  let child = begin()
  return {
    async saw() {
      const pid = child?.pid
      if (pid === undefined) return isInForeground()
      await new Promise((resolve) => setTimeout(resolve, SPREAD_MS))
      // First the handlers of signals that came meanwhile: the next witness knows nothing of those.
      await new Promise((resolve) => setImmediate(resolve))
      if (!isSignalled(pid)) return false
      if (child?.pid === pid) child = begin()
      return true
    },
    end: () => child?.stdin?.destroy(),
  }
}

/** Undefined, or without a pid, where the machine has no room for another process: one can do without it. */
function startCat(): ChildProcess | undefined {
  try {
    const env = { PATH: '/usr/bin:/bin' }
    const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; exec cat'], { stdio: ['pipe', 'ignore', 'ignore'], env })
    child.on('error', () => {}).unref()
    return child
  } catch {
    return undefined
  }
}

/** Whether a terminal's keys signal us. */
function isInForeground(): boolean {
  const stat = readStat('self')
  return stat === undefined ? isatty(0) : stat.foregroundGroup === stat.group
}

/** When the program stops itself (Ctrl-Z in `less`), so do we: the shell that started us waits for us, not for it. */
function stopWith(pid: number | undefined): void {
  if (pid === undefined || readStat(pid)?.state !== 'T') return
  process.kill(process.pid, 'SIGSTOP')
  signalProcess(pid, 'SIGCONT')
}

export function signalProcess(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(pid, signal)
  } catch {
    // It has just ended.
  }
}

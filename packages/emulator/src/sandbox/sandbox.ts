import { connect, type Socket } from 'node:net'
import { EmulatorError } from '../errors.ts'
import type { VolumeFile } from '../pod/volume.ts'
import { commandWords, type Inside, type Invocation } from './beside.ts'
import { carryVariables } from './carried-variables.ts'
import { type Enclosure, OWN_STREAMS, type Program, type ProgramOptions, type StandardStreams, type Way, WayError } from './enclosure.ts'
import { enterNamespaces } from './namespaces.ts'
import type { ClusterNetwork } from './network/agent-client.ts'
import type { InnerAgent } from './network/inner-agent.ts'
import type { NetworkOptions } from './network/network-plan.ts'
import type { ProgramOutput } from './program-output.ts'
import { sandboxError } from './sandbox-error.ts'
import { checkTexts, toolEnvironment } from './shell.ts'
import { type Deliver, forwardSignals, signalProcess } from './signals.ts'

export interface SandboxOptions {
  /** Ways to try, in this order; those of the platform when undefined. */
  ways?: Way[]
  /** The program gets a host name of its own, where that is possible. */
  uts?: boolean
  /** Default: ours. They are the caller's to close. */
  streams?: StandardStreams
  /** The program gets a network of its own. */
  network?: NetworkOptions | undefined
  /** Default: the sandbox takes the signals for itself. Several that run side by side share them. */
  signals?: SharedSignals
  onWarning?(text: string): void
  /** Told which way was taken, and why none before it. */
  onDetail?(text: string): void
}

/** A place in which a program sees the files and variables of a Pod. */
export interface Sandbox {
  /**
   * The network of the cluster that the program's own is joined to, once it is there; before `run`, if at all.
   * @throws like `run`, and EmulatorError ERR_SANDBOX when the program shares this machine's
   */
  network(): Promise<ClusterNetwork>
  /** Runs the program and gives its exit code: 128 + N after signal N. Signals that we get go to it. */
  run(program: ProgramOptions): Promise<number>
  /** Replaces the service account's files while the program runs. */
  updateFiles(files: Record<string, VolumeFile>): void
  /** Ends the program with SIGKILL: it has had its time. */
  kill(): void
  /** Signals the program, if it runs. */
  signal(name: NodeJS.Signals): void
  /**
   * The process, to be started by us, that runs `command` beside the program: in its namespaces, its folder and with its variables.
   * @throws EmulatorError ERR_SANDBOX when it does not run, or nothing can enter the namespaces
   */
  inside: Inside
  /** The same for a program of ours, which has none of the program's variables. */
  enter(command: string[]): Invocation
  /** What the program writes, once it runs, as far as that goes through pipes of its own. */
  output(): ProgramOutput | undefined
  /**
   * Connects to an address of the program's network, such as its localhost. One side may have said all while the other goes on.
   * @throws Error as `net.connect` does, and like `inside`
   */
  connect(host: string, port: number): Promise<Socket>
  close(): Promise<void>
}

/** Ends the command with the exit code of a signal that came before the program was started. */
class InterruptedError extends Error {
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`)
    this.signal = signal
  }
}

/** Signals that we get, taken over from `shareSignals` to `close`. */
export interface SharedSignals {
  /** Rejects with an InterruptedError at the first signal. */
  interrupted: Promise<never>
  /** From now on `deliver` is called with each signal, at once with the one that came first, if it was before. */
  connect(deliver: Deliver, pid: () => number | undefined): void
  close(): void
}

export function shareSignals(): SharedSignals {
  let interrupt!: (signal: NodeJS.Signals) => void
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = (signal) => reject(new InterruptedError(signal))
  })
  interrupted.catch(() => {})
  return { interrupted, ...forwardSignals(interrupt) }
}

/** How long to wait before looking again. */
const NO_PROCESS_MS = 10

/**
 * Starts making a sandbox and returns at once: `run` waits for it. Until `close`, signals do not end us.
 * Errors come from `run`: EmulatorError ERR_SANDBOX when no way works, InterruptedError after a signal.
 */
export function openSandbox(options: SandboxOptions = {}): Sandbox {
  const signals = options.signals ?? shareSignals()
  let isInterrupted = false
  signals.interrupted.catch(() => {
    isInterrupted = true
  })
  const entering = enter(options, () => isInterrupted)
  entering.catch(() => {})
  let enclosure: Enclosure | undefined
  let running: Program | undefined
  let agent: Promise<InnerAgent> | undefined
  let hasEnded = false
  let output: ProgramOutput | undefined
  const connections = createConnections()
  const isPiped = options.streams?.stdout === 'pipe' || options.streams?.stderr === 'pipe'
  const relaying = isPiped ? import('./output.ts') : undefined
  /** It may have no process yet, though it has been started. */
  const send = (signal: NodeJS.Signals): void => {
    if (running === undefined || hasEnded) return
    const pid = running.pid()
    if (pid === undefined) setTimeout(() => send(signal), NO_PROCESS_MS)
    else signalProcess(pid, signal)
  }
  const theRunning = (): Program => {
    if (running === undefined || hasEnded) throw new EmulatorError('ERR_SANDBOX', 'the program does not run')
    return running
  }
  const inside: Inside = (command, { set, around } = {}) => {
    const { env, beside } = theRunning()
    const carried = carryVariables({ ...env, ...set })
    const words = commandWords(carried, command)
    return beside(around?.words(words) ?? words, { ...toolEnvironment(), ...around?.env, ...carried.values })
  }
  const enterWith = (command: string[]) => theRunning().beside(command, toolEnvironment())
  return {
    async network() {
      const { network } = await Promise.race([entering, signals.interrupted])
      if (network === undefined) throw new EmulatorError('ERR_SANDBOX', "the program shares this machine's network")
      return network
    },
    async run(program) {
      checkTexts(program.command, program.env)
      enclosure = await Promise.race([entering, signals.interrupted])
      running = await enclosure.start(program)
      const relayed = (await relaying)?.relayOutput(running.output)
      output = relayed
      const { pid, exited } = running
      const end = () => {
        hasEnded = true
      }
      exited.then(end, end)
      signals.connect((signal, isThere) => {
        if (!hasEnded && program.onSignal?.(signal, isThere)) return
        if (!isThere) send(signal)
      }, pid)
      program.onStart?.()
      const code = await exited
      await relayed?.drained(code)
      return code
    },
    kill: () => send('SIGKILL'),
    signal: send,
    inside,
    enter: enterWith,
    output: () => output,
    updateFiles: (files) => enclosure?.updateFiles(files),
    async connect(host, port) {
      if (options.network === undefined) return connections.keep(await connectHere(host, port))
      const { startInnerAgent } = await import('./network/inner-agent.ts')
      agent ??= startInnerAgent(enterWith).catch((error: unknown) => {
        agent = undefined
        throw error
      })
      return connections.keep(Object.assign(await (await agent).connection(host, port), { allowHalfOpen: true }))
    },
    async close() {
      connections.close()
      await agent?.then((started) => started.close())
      const entered = await entering.catch(() => undefined)
      await entered?.close()
      if (options.signals === undefined) signals.close()
    },
  }
}

/** Connections that end with their sandbox: whoever has one may forget it. */
function createConnections() {
  const open = new Set<Socket>()
  let isClosed = false
  return {
    keep(socket: Socket): Socket {
      open.add(socket.once('close', () => open.delete(socket)))
      if (isClosed) socket.destroy()
      return socket
    },
    close() {
      isClosed = true
      for (const socket of open) socket.destroy()
    },
  }
}

function connectHere(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true })
    socket.once('error', reject).once('connect', () => resolve(socket.off('error', reject)))
  })
}

async function enter(
  { ways, uts = false, streams = OWN_STREAMS, network, onWarning, onDetail }: SandboxOptions,
  isInterrupted: () => boolean,
): Promise<Enclosure> {
  const failures: WayError[] = []
  for (const way of ways ?? platformWays(network !== undefined)) {
    try {
      const enclosure = await WAYS[way]({ uts, streams, network, onWarning })
      for (const { tried, message } of failures) onDetail?.(`${tried}: ${message}`)
      onDetail?.(`sandbox: ${way}`)
      if (way === 'pod-root') await warnAboutPodRoot(failures, onWarning)
      return enclosure
    } catch (error) {
      // A signal may have ended the setup too.
      if (!(error instanceof WayError) || isInterrupted()) throw error
      failures.push(error)
    }
  }
  throw sandboxError(failures, { network: network !== undefined })
}

interface WayOptions {
  uts: boolean
  streams: StandardStreams
  network: NetworkOptions | undefined
  onWarning?: ((text: string) => void) | undefined
}

const WAYS: Record<Way, (options: WayOptions) => Promise<Enclosure>> = {
  'user-namespace': (options) => enterNamespaces({ user: true, ...options }),
  'mount-namespace': (options) => enterNamespaces({ user: false, ...options }),
  'real-path': async ({ streams, onWarning }) => (await import('./without-namespaces.ts')).useRealPath(streams, onWarning),
  'pod-root': async ({ streams }) => (await import('./without-namespaces.ts')).usePodRoot(streams),
}

/**
 * The ways to try on this machine, in this order.
 * @param network which only namespaces give
 */
export function platformWays(network: boolean): Way[] {
  if (process.platform !== 'linux') return network ? [] : ['pod-root']
  if (process.geteuid?.() !== 0) return ['user-namespace']
  return network ? ['mount-namespace', 'user-namespace'] : ['mount-namespace', 'user-namespace', 'real-path']
}

async function warnAboutPodRoot(failures: WayError[], onWarning?: (text: string) => void): Promise<void> {
  const { POD_ROOT_COVERAGE } = await import('./without-namespaces.ts')
  const reason = failures.length > 0 ? '' : ` on ${process.platform}`
  onWarning?.(`the service account's files are not at their real path${reason}. ${POD_ROOT_COVERAGE}`)
}

import type { ChildProcess } from 'node:child_process'
import type { ContainerMount } from '../kubelet/container-mounts.ts'
import type { VolumeFile } from '../pod/volume.ts'
import type { Invocation } from './beside.ts'
import type { ClusterNetwork } from './network/agent-client.ts'

/** The ways into a Pod's environment, best first. */
export type Way = 'user-namespace' | 'mount-namespace' | 'real-path' | 'pod-root'

/** What to run. */
export interface ProgramOptions {
  /** The program and its arguments. */
  command: string[]
  /** The whole environment of the program. */
  env: Record<string, string>
  /** Command lines of a shell, run beside the program from before it starts until it has ended. */
  sidecars?: string[] | undefined
  /** The service account's files; undefined for a Pod that mounts none. */
  files: Record<string, VolumeFile> | undefined
  /** Instead of `files`: all that a Pod's manifest puts into the container. */
  container?: ContainerPlace
  /** Called once the program runs. */
  onStart?(): void
  /**
   * Called with each signal that we get while it runs, before it goes to the program: not at all, if this gives true.
   * @param isThere whether the program has it already, as one of our process group
   */
  onSignal?(signal: NodeJS.Signals, isThere: boolean): boolean
}

/** What a program in a container finds around it. */
export interface ContainerPlace {
  mounts: ContainerMount[]
  hostname: string
  /** Where it starts, if that exists. */
  workingDir: string | undefined
  /** A private folder for the new root to be put together in. */
  folder: string
}

/** A program that runs. */
export interface Program {
  /** The exit code as a shell gives it: 128 + N after signal N. Rejects with EmulatorError ERR_PROCESS if nothing could be started. */
  exited: Promise<number>
  /** The program's own process, undefined before it has started and after it has ended. */
  pid(): number | undefined
  /** All of its variables. */
  env: Record<string, string>
  /** The process that runs `words` beside the program, in its namespaces and its folder, with variables of ours. */
  beside(words: string[], env: Record<string, string>): Invocation
  /** Where its pipes can be read. */
  output: OutputDescriptors
}

/** Descriptors that become the program's standard streams; or a pipe of its own, `stdout`'s if that is to be the same. */
export interface StandardStreams {
  stdin: number | 'ignore'
  stdout: number | 'pipe'
  stderr: number | 'pipe' | 'stdout'
}

/** Descriptors that the program's output can be read from. */
export type OutputDescriptors = Partial<Record<'stdout' | 'stderr', number>>

export const OWN_STREAMS: StandardStreams = { stdin: 0, stdout: 1, stderr: 2 }

/** A place where the service account's files exist, ready to run one program. */
export interface Enclosure {
  way: Way
  /** Where the program has a network of its own. */
  network?: ClusterNetwork | undefined
  start(program: ProgramOptions): Promise<Program>
  /** Replaces the service account's files in one step, while the program runs. */
  updateFiles(files: Record<string, VolumeFile>): void
  /** Ends what still runs and removes what was made; may be called at any time. */
  close(): Promise<void>
}

/** Why a way could not be taken: what was tried, and what was said. */
export class WayError extends Error {
  readonly tried: string

  constructor(tried: string, reason: string) {
    super(reason)
    this.tried = tried
  }
}

export function exitCodeOf(child: ChildProcess, signals: Record<string, number>): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signals[signal ?? ''] ?? 0)))
  })
}

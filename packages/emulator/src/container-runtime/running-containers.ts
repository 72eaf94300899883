import type { Duplex, Readable, Writable } from 'node:stream'
import type { ContainerLog } from './container-log.ts'

/** A command to run beside a container's program, and which of its streams somebody is at the other end of. */
export interface CommandRequest {
  command: string[]
  stdin: boolean
  stdout: boolean
  stderr: boolean
  /** One terminal in place of pipes. */
  tty: boolean
}

export interface TerminalSize {
  width: number
  height: number
}

/** Somebody's connection with a command, or with a container's own program. */
export interface CommandSession {
  /** Only those that were asked for. */
  stdin?: Writable
  stdout?: Readable
  stderr?: Readable
  resize(size: TerminalSize): void
  /** The exit code: 128 + N after signal N. */
  exited: Promise<number>
  /** The other end has gone. */
  hangUp(): void
}

/** A container whose program this process has started: what the subresources of its Pod reach. */
export interface RunningContainer {
  readonly podUid: string
  readonly name: string
  /** Undefined where its output goes to a terminal, which keeps none. */
  readonly log: ContainerLog | undefined
  /**
   * Runs a command in the container's namespaces, with its variables and in its folder.
   * @throws Error in a container runtime's words, such as for a program that is not there
   */
  exec(request: CommandRequest): Promise<CommandSession>
  /** What the program writes from now on. Undefined where that goes to a terminal. */
  attach(): CommandSession | undefined
  /** @throws Error with the system's reason when nobody listens at the port */
  dial(port: number): Promise<Duplex>
}

/** The containers that this process runs; all others are of nodes that are not there. */
export interface Containers {
  add(container: RunningContainer): void
  /** All of a Pod. */
  ofPod(uid: string): readonly RunningContainer[]
  /** Somebody is connected until `session` settles. */
  track(session: Promise<unknown>): void
  /** Waits until nobody is connected any more, but no longer than so many milliseconds. */
  settled(milliseconds: number): Promise<void>
}

export function createContainers(): Containers {
  const byPod = new Map<string, RunningContainer[]>()
  const sessions = new Set<Promise<unknown>>()
  return {
    add(container) {
      const others = (byPod.get(container.podUid) ?? []).filter(({ name }) => name !== container.name)
      byPod.set(container.podUid, [...others, container])
    },
    ofPod: (uid) => byPod.get(uid) ?? [],
    track(session) {
      sessions.add(session)
      const forget = () => void sessions.delete(session)
      session.then(forget, forget)
    },
    async settled(milliseconds) {
      if (sessions.size === 0) return
      let timer: NodeJS.Timeout | undefined
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds)
      })
      await Promise.race([Promise.allSettled(sessions), limit])
      clearTimeout(timer)
    },
  }
}

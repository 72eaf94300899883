// Runs that end at random moments by random signals, and what is left of them.

import { spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { podManifest } from '../machine/scratch.ts'
import { inpod } from './inpod.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGKILL'] as const

/** Besides one that sleeps: some that leave others behind, and one that takes its time after a signal. */
const PROGRAMS = [
  'exec sleep 60',
  'sleep 60 & setsid sleep 60 & sleep 60',
  'trap "sleep 0.05; exit 3" HUP INT QUIT TERM; sleep 60 & wait',
  'setsid sh -c "trap : HUP INT QUIT TERM; sleep 60; sleep 60" & sleep 0.3',
]
/** How long a run may take before it is ended, so that some are ended in the midst of their start. */
const LATEST_MS = 1_500
/** A program that takes no notice of a signal ends by SIGKILL. */
const PATIENCE_MS = 1_000

export interface Kind {
  name: string
  /** Options of `inpod exec`; POD stands for a file with a Pod's manifest. */
  options: string[]
  through: string[]
}

export interface Left {
  processes: string[]
  files: string[]
  mounts: string[]
  /** That somebody still listens at, by inode of the socket. */
  listeners: string[]
}

/** A batch of runs that is told apart from everything else by a folder that all its processes have to do with. */
export class Batch {
  readonly #folder = mkdtempSync(join(tmpdir(), `test-endings-${randomUUID()}-`))
  readonly #temporary = join(this.#folder, 'tmp')
  readonly #mountsBefore = mountsOf('inpod')
  /** Of the sockets that API servers of this batch have listened with. */
  readonly #listening = new Set<string>()

  constructor() {
    chmodSync(this.#folder, 0o777)
    for (const name of ['tmp', 'home', 'work']) {
      mkdirSync(join(this.#folder, name))
      chmodSync(join(this.#folder, name), 0o777)
    }
    writeFileSync(join(this.#folder, 'pod.yaml'), podManifest)
  }

  /** Starts a run and ends it somehow; tells how. */
  async run({ options, through }: Kind): Promise<string> {
    const signal = SIGNALS[randomInt(SIGNALS.length)]!
    const program = PROGRAMS[randomInt(PROGRAMS.length)]!
    const toGroup = randomInt(3) === 0
    const after = randomInt(LATEST_MS)
    const words = options.map((word) => (word === 'POD' ? join(this.#folder, 'pod.yaml') : word))
    const [file, ...args] = [...through, ...inpod, 'exec', ...words, '--', 'sh', '-c', program]
    const env = { ...process.env, HOME: join(this.#folder, 'home'), TMPDIR: this.#temporary }
    const child = spawn(file!, args, { cwd: join(this.#folder, 'work'), env, detached: true, stdio: 'ignore' })
    const ended = once(child, 'exit')
    const kill = (name: NodeJS.Signals, pid: number) => {
      try {
        process.kill(pid, name)
      } catch {
        // It has just ended.
      }
    }
    await Promise.race([sleep(after), ended])
    for (const inode of listeningOf(child.pid!)) this.#listening.add(inode)
    kill(signal, toGroup ? -child.pid! : child.pid!)
    const patience = setTimeout(() => kill('SIGKILL', child.pid!), PATIENCE_MS)
    await ended
    clearTimeout(patience)
    return `${signal}${toGroup ? ' to the group' : ''} after ${after} ms: ${program}`
  }

  /** What is there of all runs of this batch. */
  left(): Left {
    return {
      processes: processesOf(this.#folder),
      files: readdirSync(this.#temporary),
      mounts: mountsOf('inpod').filter((line) => !this.#mountsBefore.includes(line)),
      listeners: [...listeners()].filter((inode) => this.#listening.has(inode)),
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const read = (path: string) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
const linkOf = (path: string) => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Those that began in a folder, or have it in their command line or environment. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => [linkOf(`/proc/${pid}/cwd`), read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`)].join('\0').includes(folder))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 200)}`)
}

const mountsOf = (source: string) =>
  read('/proc/self/mounts')
    .split('\n')
    .filter((line) => line.startsWith(source))

/** Inodes of the sockets that somebody in our network listens with. */
function listeners(): Set<string> {
  const rows = read('/proc/net/tcp').trim().split('\n').slice(1)
  return new Set(rows.map((row) => row.trim().split(/\s+/)).flatMap((fields) => (fields[3] === '0A' ? [fields[9]!] : [])))
}

function listeningOf(pid: number): string[] {
  const all = listeners()
  try {
    const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1])
    return sockets.filter((inode): inode is string => inode !== undefined && all.has(inode))
  } catch {
    return []
  }
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The command as it is installed; `npm run setup` builds it. */
export const inpod = [process.execPath, join(import.meta.dirname, '../../packages/emulator/bin/inpod.mjs')]

export interface RunOptions {
  env?: Record<string, string | undefined>
  input?: string
  cwd?: string
  /** A command that runs the command. */
  through?: string[]
  /** In a process group of its own. */
  detached?: boolean
}

export interface Finished {
  code: number | null
  signal: NodeJS.Signals | null
  out: string
  err: string
}

export interface Running {
  child: ChildProcess
  /** Resolves once standard output or error matches. */
  said(pattern: RegExp): Promise<string>
  finished: Promise<Finished>
}

export function startInpod(args: string[], { env = {}, input, cwd, through = [], detached = false }: RunOptions = {}): Running {
  const [file, ...rest] = [...through, ...inpod, ...args]
  const child = spawn(file!, rest, { env: { ...process.env, ...env }, cwd, detached })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
  if (input !== undefined) child.stdin.end(input)
  const finished = once(child, 'close').then(([code, signal]) => ({ code, signal, out, err }))
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const [found] = pattern.exec(out) ?? pattern.exec(err) ?? []
        if (found !== undefined) resolve(found)
      }
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
      void finished.then((end) => reject(new Error(`ended without saying ${pattern}: ${JSON.stringify(end)}`)))
      look()
    })
  return { child, said, finished }
}

export function runInpod(args: string[], options: RunOptions = {}): Promise<Finished> {
  return startInpod(args, { input: '', ...options }).finished
}

/** A folder that anybody may write to, for homes and files of tests. */
export function scratchFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'test-cli-'))
  chmodSync(path, 0o777)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Whether a process with these words in its command line runs. */
export function isRunning(words: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(words)
      } catch {
        return false
      }
    })
}

/** Waits until `condition` holds; throws after five seconds. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 250) throw new Error(`not within five seconds: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const works = (file: string, ...args: string[]) => spawnSync(file, args, { stdio: 'ignore' }).status === 0
const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
const enter = ['unshare', '--user', '--map-current-user', '--keep-caps', '--mount', 'test', '-r', inpod[1]!]

const isRoot = process.getuid?.() === 0
/** Runs a command as an ordinary user; nothing to do when we are one. */
export const asOrdinaryUser = isRoot ? nobody : []
/** User namespaces, and files of ours that such a user can read. */
export const hasUserNamespaces = works([...asOrdinaryUser, ...enter][0]!, ...[...asOrdinaryUser, ...enter].slice(1))
/** A pair of virtual interfaces in a network namespace. */
export const hasNetworkNamespaces = works(
  'unshare',
  '--user',
  '--map-current-user',
  '--keep-caps',
  '--net',
  'ip',
  'link',
  'add',
  'pod',
  'type',
  'veth',
)
export const hasMountNamespaces = isRoot && works('unshare', '--mount', 'true')
/** Runs a command with a /run of its own, since others may use the one real folder at the same time; where that is not possible, as it is. */
export const withOwnRun = hasMountNamespaces ? ['unshare', '--mount', 'bash', '-ec', 'mount -t tmpfs none /run; exec "$@"', 'bash'] : []
/** Whether root can make the real folder, with nobody else's in the way. */
export const hasFreeRealPath = isRoot && (withOwnRun.length > 0 || works('sh', '-c', 'test ! -e /var/run/secrets'))
export const hasTool = (name: string) => works('sh', '-c', `command -v ${name}`)

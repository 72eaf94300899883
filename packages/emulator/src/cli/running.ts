// How `inpod env` and `inpod kubeconfig` find what `inpod start` serves: each writes what it says of itself into the user's runtime folder.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmulatorError } from '../errors.ts'
import { hasPrivateFolder, readPrivateFile, storePrivateFile } from '../pki/private-files.ts'
import { mayBeRunning, ownIdentity, type ProcessIdentity } from '../process-identity.ts'
import type { OptionSpec, OptionValues } from './command.ts'

/** What `inpod start --json` prints. */
export interface StartDescription {
  server: string
  caFile: string
  /** The administrator's. */
  token: string
  kubeconfig: string
  podRoot: string
  env: Record<string, string>
  pid: number
}

interface Entry {
  description: StartDescription
  process: ProcessIdentity
}

export const runningOptions: OptionSpec[] = [
  {
    name: 'pid',
    value: 'PID',
    help: 'the process of inpod start, where several run (default: the only one of this user)',
    example: 'inpod env --pid 4711',
  },
  {
    name: 'from',
    value: 'FILE|-',
    help: 'what inpod start --json printed, instead of looking for one that runs',
    example: 'inpod start --json > started.json &  inpod env --from started.json',
  },
]

/** `inpod` in XDG_RUNTIME_DIR, or a folder of the user's own among the temporary ones. */
function runtimeFolder(): string {
  const { XDG_RUNTIME_DIR: folder } = process.env
  return folder && isOwn(folder) ? join(folder, 'inpod') : join(tmpdir(), `inpod-running-${process.getuid?.() ?? 'user'}`)
}

/** After `su` the variable may be another user's, or lead nowhere. */
function isOwn(folder: string): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && (process.getuid === undefined || stats.uid === process.getuid())
}

/** The file by which this process is found. */
const ownRunningFile = (): string => join(runtimeFolder(), `${process.pid}.json`)

const ownDraft = (): string => join(runtimeFolder(), `.${process.pid}.json`)

/** What is to be removed at our end. */
export const runningLeftovers = () => ({ files: [ownRunningFile(), ownDraft()], emptyFolders: [runtimeFolder()] })

/** @throws whatever the file system says */
export function announce(description: StartDescription): void {
  const entry: Entry = { description, process: ownIdentity() }
  const store = () => {
    // Of one that had this number, and left it.
    if (hasPrivateFolder(runtimeFolder())) rmSync(ownDraft(), { force: true })
    storePrivateFile(ownRunningFile(), JSON.stringify(entry), { draft: ownDraft() })
  }
  try {
    store()
  } catch {
    // Somebody else's end may just have removed the empty folder.
    store()
  }
}

/**
 * The emulator that the options mean.
 * @throws EmulatorError ERR_NOT_RUNNING if there is none, ERR_USAGE if that is not clear
 */
export function findRunning(values: OptionValues): StartDescription {
  const { pid, from } = values as { pid?: string; from?: string }
  if (from !== undefined) return readDescription(from)
  const all = listRunning()
  const found = pid === undefined ? all : all.filter((each) => String(each.pid) === pid)
  if (found.length === 1) return found[0]!
  if (found.length === 0) {
    const what = pid === undefined ? 'no inpod start of this user is running' : `no inpod start with the pid ${pid} is running`
    throw new EmulatorError('ERR_NOT_RUNNING', what, { hint: 'Start one, as in: inpod start -f rbac.yaml' })
  }
  const hint = `Choose one:\n${found.map((each) => `--pid ${each.pid}  ${each.server}`).join('\n')}`
  throw new EmulatorError('ERR_USAGE', `${found.length} of inpod start are running`, { hint })
}

function listRunning(): StartDescription[] {
  const folder = runtimeFolder()
  const found: StartDescription[] = []
  if (!existsSync(folder) || !hasPrivateFolder(folder)) return found
  for (const name of namesIn(folder).filter((each) => /^\d+\.json$/.test(each))) {
    const path = join(folder, name)
    const entry = readEntry(path)
    if (entry !== undefined && mayBeRunning(entry.process)) found.push(entry.description)
    else rmSync(path, { force: true })
  }
  return found.sort((a, b) => a.pid - b.pid)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readEntry(path: string): Entry | undefined {
  try {
    return JSON.parse(readPrivateFile(path) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

function readDescription(from: string): StartDescription {
  const wrong = (message: string, cause?: unknown) => new EmulatorError('ERR_USAGE', `--from ${from}: ${message}`, { cause })
  let text: string
  try {
    text = readFileSync(from === '-' ? 0 : from, 'utf8')
  } catch (error) {
    throw wrong((error as Error).message, error)
  }
  // Some shells put a byte order mark before what they write to a file.
  const line = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .find((each) => each.startsWith('{'))
  if (line === undefined) throw wrong('there is no line of inpod start --json in it')
  let found: Partial<StartDescription>
  try {
    found = JSON.parse(line)
  } catch (error) {
    throw wrong((error as Error).message, error)
  }
  const field = wrongField(found)
  if (field !== undefined) throw wrong(`this is not what inpod start --json prints: ${field}`)
  return found as StartDescription
}

/** What of a description cannot be, for a person; undefined if all can. */
function wrongField({ server, caFile, token, podRoot, env }: Partial<Record<keyof StartDescription, unknown>>): string | undefined {
  const isUrl = typeof server === 'string' && /^https:/i.test(server) && URL.canParse(server)
  if (!isUrl) return 'server is no URL of https'
  for (const [name, path] of Object.entries({ caFile, podRoot }))
    if (typeof path !== 'string' || path === '' || path.includes('\0')) return `${name} is no path`
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return 'token is none'
  const isVariables = typeof env === 'object' && env !== null && !Array.isArray(env) && Object.entries(env).every(isVariable)
  return isVariables ? undefined : 'env is not variables with their values'
}

const isVariable = ([name, value]: [string, unknown]) => /^[^=\0]+$/.test(name) && typeof value === 'string' && !value.includes('\0')

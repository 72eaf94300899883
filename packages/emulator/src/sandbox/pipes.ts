import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EmulatorError } from '../errors.ts'
import { findTool } from './shell.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** The two ends of a pipe, ours not blocking. */
export interface Pipe {
  ours: number
  theirs: number
}

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

type Direction = 'to-program' | 'from-program'

/**
 * Pipes of the system, one for each direction: Node's own are sockets, which programs cannot open by the name of /dev/stdout.
 * @throws EmulatorError ERR_SANDBOX or ERR_PROCESS, or what the system says, with none of them left open
 */
export async function openPipes(directions: Direction[]): Promise<Pipe[]> {
  if (directions.length === 0) return []
  const folder = await createTemporaryFolder()
  try {
    return openPipesIn(directions, folder.path)
  } finally {
    // Nobody waits for that.
    void folder[Symbol.asyncDispose]()
  }
}

/** The same; for a moment they are files in a folder below `parent`, which somebody removes if we are killed. */
export function openPipesIn(directions: Direction[], parent: string): Pipe[] {
  const folder = mkdtempSync(join(parent, 'inpod-pipes-'))
  const opened: number[] = []
  const open = (path: string, flags: number) => {
    const descriptor = openSync(path, flags)
    opened.push(descriptor)
    return descriptor
  }
  try {
    const paths = directions.map((_, index) => join(folder, String(index)))
    if (paths.length > 0) makeFifos(paths)
    return paths.map((path, index) => (directions[index] === 'to-program' ? pipeTo(path, open) : pipeFrom(path, open)))
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor)
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeFifos(paths: string[]): void {
  const { status, stderr, error } = spawnSync(findTool('mkfifo') ?? 'mkfifo', ['-m', '600', '--', ...paths], { encoding: 'utf8' })
  if (status !== 0) throw new EmulatorError('ERR_SANDBOX', `cannot make pipes: ${error?.message ?? stderr.trim()}`, { cause: error })
}

type Open = (path: string, flags: number) => number

/** A reader that does not wait for a writer, then a writer that has its reader. */
function pipeFrom(path: string, open: Open): Pipe {
  return { ours: open(path, O_RDONLY | O_NONBLOCK), theirs: open(path, O_WRONLY) }
}

/** A writer cannot be opened without waiting before somebody reads. */
function pipeTo(path: string, open: Open): Pipe {
  const reader = openSync(path, O_RDONLY | O_NONBLOCK)
  try {
    return { ours: open(path, O_WRONLY | O_NONBLOCK), theirs: open(path, O_RDONLY) }
  } finally {
    closeSync(reader)
  }
}

// Small secrets kept between runs, in files that nobody but their owner can read.
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'

const LARGEST_FILE = 65_536
/** Longer than anybody takes to write one. */
const OLD_DRAFT_MS = 60 * 60 * 1_000

/** `inpod/pki` in the user's cache folder (XDG Base Directory Specification). */
export function defaultCacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'inpod', 'pki')
}

/** The text of a file that only we can read, in a folder that only we can read; undefined if there is none. */
export function readPrivateFile(path: string): string | undefined {
  let file: number | undefined
  try {
    if (!isPrivate(lstatSync(dirname(path)))) return undefined
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(file)
    return stats.isFile() && isPrivate(stats) && stats.size <= LARGEST_FILE ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Keeps `text` for later runs; no more than a convenience, so failure is silent. Readers see the old file or the new one, whole. */
export function writePrivateFile(path: string, text: string): void {
  try {
    storePrivateFile(path, text)
    removeOldDrafts(path)
  } catch {
    // The next run makes it anew.
  }
}

/** Of runs that were killed while they wrote. */
function removeOldDrafts(path: string): void {
  for (const name of readdirSync(dirname(path)).filter((each) => each.startsWith(`.${basename(path)}.`))) {
    const draft = join(dirname(path), name)
    if (Date.now() - lstatSync(draft).mtimeMs > OLD_DRAFT_MS) rmSync(draft, { force: true })
  }
}

/**
 * Writes a file that only we can read, in one step by way of `draft`, in a folder that only we can read, which is made.
 * @throws whatever the file system says, and an Error if the folder is open to others
 */
export function storePrivateFile(path: string, text: string, { sync = false, draft = draftOf(path) } = {}): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!isPrivate(lstatSync(folder))) throw new Error(`${folder} can be read by others`)
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: sync })
    renameSync(draft, path)
  } catch (error) {
    removeQuietly(draft)
    throw error
  }
}

const draftOf = (path: string) => join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}`)

/** Makes a folder that only we can read, if there is none; whether there is such a one now, which nobody else can put another in place of. */
export function hasPrivateFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return isPrivate(lstatSync(path))
  } catch {
    return false
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // A folder that we may not even look into.
  }
}

function isPrivate(stats: Stats): boolean {
  if (stats.isSymbolicLink()) return false
  return process.geteuid === undefined || (stats.uid === process.geteuid() && (stats.mode & 0o077) === 0)
}

import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** One file of a volume. */
export interface VolumeFile {
  text: string | Uint8Array
  /** Permission bits, whatever the umask is. */
  mode: number
  uid?: number
  gid?: number
}

const DATA = '..data'

/**
 * Puts `files`, by their paths, into `folder` as the kubelet does: the files in a folder named after the time, `..data` a link to it, and
 * a link for the first part of each path through `..data`. Called again, it swaps `..data` in one step, so a reader sees all old files or all new ones.
 */
export function writeVolume(folder: string, files: Record<string, VolumeFile>, now: Date = new Date()): void {
  const previous = currentData(folder)
  const data = mkdtempSync(join(folder, `..${timestamp(now)}.`))
  chmodSync(data, 0o755)
  for (const [path, file] of Object.entries(files)) {
    if (path.includes('/')) makeVolumeFolder(join(data, dirname(path)))
    writeVolumeFile(join(data, path), file)
  }
  const draft = join(folder, '..data_tmp')
  rmSync(draft, { force: true })
  symlinkSync(data.slice(folder.length + 1), draft)
  renameSync(draft, join(folder, DATA))
  const entries = readdirSync(folder, { withFileTypes: true })
  const present = new Set(entries.map(({ name }) => name))
  const wanted = new Set(Object.keys(files).map((path) => path.split('/')[0]!))
  for (const name of wanted) if (!present.has(name)) symlinkSync(`${DATA}/${name}`, join(folder, name))
  // Folders are where other volumes are mounted.
  for (const entry of entries)
    if (entry.isSymbolicLink() && !entry.name.startsWith('..') && !wanted.has(entry.name)) rmSync(join(folder, entry.name))
  if (previous !== undefined) rmSync(join(folder, previous), { recursive: true, force: true })
}

/** Makes the folder of a volume, and those above it, readable by all as in a container, whatever the umask is. */
export function makeVolumeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o755 })
  for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made)) chmodSync(made, 0o755)
}

function writeVolumeFile(path: string, { text, mode, uid, gid }: VolumeFile): void {
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
  if (uid !== undefined || gid !== undefined) chownSync(path, uid ?? -1, gid ?? -1)
  chmodSync(path, mode)
}

function currentData(folder: string): string | undefined {
  try {
    return readlinkSync(join(folder, DATA))
  } catch {
    return undefined
  }
}

/** `2026_02_01_15_04_05`, UTC. */
function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '_')
}

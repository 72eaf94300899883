// What to mount so that a folder can be made where we may not write: a tmpfs in place of its nearest existing parent, with everything that the
// parent holds bound into it.
import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { quote, quoteAll } from './shell.ts'

export interface MountPlan {
  /** The folder that can be made, without symbolic links on the way. */
  target: string
  /** The folder that is replaced: `target` itself or a parent. */
  replaced: string
  /** Shell commands, for a shell that may mount and ends at the first error. */
  commands: string[]
}

/**
 * Plans mounts after which `folder` can be made (or is empty, if it was there), and that hide each folder of `hidden` that exists behind an empty one.
 * @throws Error when no parent but `/` exists, or one cannot be read
 */
export function planMounts(folder: string, hidden: string[]): MountPlan {
  const { target, existing } = resolveExisting(folder)
  if (existing === '/') throw new Error(`${folder} cannot be made: nothing of its path exists`)
  const stage = stagingFolder(existing)
  const copies = existing === target ? { commands: [], lines: [] } : copyEntries(existing, stage)
  const covers = [...new Set(hidden.filter(isFolder).map((path) => realpathSync(path)))]
  const commands = [
    `mount -n -t tmpfs -o mode=755,nosuid,nodev inpod ${quote(stage)}`,
    ...copies.commands,
    ...mountAll(copies.lines, join(stage, '.inpod-fstab')),
    `mount -n --move ${quoteAll([stage, existing])}`,
    // Last, because a home may be where the new folder was made.
    ...covers.map((path) => `mount -n -t tmpfs -o mode=700,nosuid,nodev inpod ${quote(path)}`),
  ]
  return { target, replaced: existing, commands }
}

/** Follows symbolic links of the part of `folder` that exists. */
function resolveExisting(folder: string): { target: string; existing: string } {
  if (existsSync(folder)) {
    const real = realpathSync(folder)
    return { target: real, existing: real }
  }
  const parent = resolveExisting(dirname(folder))
  return { target: join(parent.target, basename(folder)), existing: parent.existing }
}

/** A folder to build the new one at; what it holds is out of sight meanwhile. */
function stagingFolder(existing: string): string {
  const usable = ['/tmp', '/mnt', '/var/tmp', '/dev/shm', '/home'].find(
    (path) => isFolder(path) && realpathSync(path) === path && !`${existing}/`.startsWith(`${path}/`) && !path.startsWith(`${existing}/`),
  )
  if (usable === undefined) throw new Error('no folder to mount at: /tmp is missing')
  return usable
}

/** Makes the entries of one folder in another: links as they are, everything else bound. */
function copyEntries(from: string, to: string): { commands: string[]; lines: string[] } {
  const folders: string[] = []
  const commands: string[] = []
  const lines: string[] = []
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isSymbolicLink()) {
      commands.push(`ln -s -- ${quoteAll([readlinkSync(source), copy])}`)
      continue
    }
    if (entry.isDirectory()) folders.push(copy)
    else commands.push(`: >${quote(copy)}`)
    lines.push(fstabLine(source, copy, 'none', 'rbind'))
  }
  return { commands: [...(folders.length > 0 ? [`mkdir -- ${quoteAll(folders)}`] : []), ...commands], lines }
}

/** One process for any number of mounts; it takes them from a regular file only. */
function mountAll(lines: string[], file: string): string[] {
  if (lines.length === 0) return []
  return [`printf '%s\\n' ${quoteAll(lines)} >${quote(file)}`, `mount -n -a -T ${quote(file)}`, `rm -- ${quote(file)}`]
}

function fstabLine(source: string, target: string, type: string, options: string): string {
  return `${escapeField(source)} ${escapeField(target)} ${type} ${options} 0 0`
}

/** fstab(5): white space, backslash and a leading hash are written in octal. */
function escapeField(text: string): string {
  return text.replaceAll(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** A folder that we cannot reach, no program of ours can. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

// What to mount so that a folder can be made where we may not write: a tmpfs in place of its nearest existing parent, with everything that the
// parent holds bound into it. Each process that this takes is a millisecond that a program starts later, so there are three.
import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { findTool, isBusyBox, quote, quoteAll } from './shell.ts'

export interface MountPlan {
  /** The folder that can be made, without symbolic links on the way. */
  target: string
  /** The folder that is replaced by an empty one: `target` itself or a parent. */
  replaced: string
  /** Shell commands, for a shell that may mount and ends at the first error: before `mounts`. */
  commands: string[]
  /** Lines of an fstab. */
  mounts: string[]
  /** Symbolic links to make in the end. */
  links: { path: string; to: string }[]
}

/** The descriptor through which a folder is reached that a tmpfs covers. */
const COVERED = 8

/**
 * Plans mounts after which `folder` can be made (or is empty, if it was there), and that hide each folder of `hidden` that exists behind an empty one.
 * @throws Error when no parent but `/` exists, or one cannot be read
 */
export function planMounts(folder: string, hidden: string[]): MountPlan {
  const { target, existing } = resolveExisting(folder)
  if (existing === '/') throw new Error(`${folder} cannot be made: nothing of its path exists`)
  const entries = existing === target ? [] : readdirSync(existing, { withFileTypes: true })
  const bound = entries.filter((entry) => !entry.isSymbolicLink())
  const [folders, others] = [bound.filter((entry) => entry.isDirectory()), bound.filter((entry) => !entry.isDirectory())]
  const inFolder = ({ name }: { name: string }) => join(existing, name)
  const covers = [...new Set(hidden.filter(isFolder).map((path) => realpathSync(path)))]
  return {
    target,
    replaced: existing,
    commands: [
      `exec ${COVERED}<${quote(existing)}`,
      `mount -n -t tmpfs -o mode=755,nosuid,nodev inpod ${quote(existing)}`,
      ...(folders.length > 0 ? [`mkdir -- ${quoteAll(folders.map(inFolder))}`] : []),
      ...others.map((entry) => `: >${quote(inFolder(entry))}`),
    ],
    mounts: [
      ...bound.map((entry) => fstabLine(`/proc/self/fd/${COVERED}/${entry.name}`, inFolder(entry), 'none', 'rbind')),
      // Last, because a home may be where the new folder was made.
      ...covers.map((path) => fstabLine('inpod', path, 'tmpfs', 'mode=700,nosuid,nodev')),
    ],
    links: entries.filter((entry) => entry.isSymbolicLink()).map((entry) => ({ path: inFolder(entry), to: readlinkSync(inFolder(entry)) })),
  }
}

/**
 * Commands that mount all `lines` by one process, and forget the covered folder; the lines go through `file`, which stays. What fails ends
 * the shell, unless `otherwise` does.
 */
export function mountAll(lines: string[], file: string, otherwise = 'exit 1'): string[] {
  // Only its own mount command follows a descriptor to what is covered as it stands: util-linux's would look for the path's new meaning.
  const literally = isBusyBox(findTool('mount')) ? '' : ' -c'
  const mount = `mount -n${literally} -a -T ${quote(file)} || ${otherwise}`
  return [...(lines.length === 0 ? [] : [`printf '%s\\n' ${quoteAll(lines)} >${quote(file)}`, mount]), `exec ${COVERED}<&-`]
}

/** The whole system's /proc is there already, which `mount -a` would take for this one if they had the same name. */
export function procLine(): string {
  return fstabLine(`inpod-${Math.random().toString(36).slice(2)}`, '/proc', 'proc', 'nosuid,nodev,noexec')
}

/** Follows symbolic links of the part of `folder` that exists. */
export function resolveExisting(folder: string): { target: string; existing: string } {
  if (existsSync(folder)) {
    const real = realpathSync(folder)
    return { target: real, existing: real }
  }
  const parent = resolveExisting(dirname(folder))
  return { target: join(parent.target, basename(folder)), existing: parent.existing }
}

/** A line of an fstab(5). */
export function fstabLine(source: string, target: string, type: string, options: string): string {
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

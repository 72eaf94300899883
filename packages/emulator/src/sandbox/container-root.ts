// A new root for a program whose Pod mounts volumes: a tmpfs with everything of the old root bound into it, and the volumes at their paths.
import type { ChildProcess } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { EmulatorError } from '../errors.ts'
import type { ContainerMount } from '../kubelet/container-mounts.ts'
import type { ContainerPlace } from './enclosure.ts'
import { fstabLine, resolveExisting } from './mounts.ts'
import { quote, quoteAll } from './shell.ts'

const MOUNTED = 'mounted'
const OLD_ROOT = '.inpod-old-root'
/** The kernel looks for terminals beside `ptmx`, which has to stand in its own folder for that. */
const WHOLE_DEV = '.inpod-dev'

interface Setup {
  child: ChildProcess
  /** What the shell says; `mounted` once it has done all. */
  control: Duplex
  exited: Promise<number>
}

/**
 * Waits until the new root is made; to be called before the shell is told to go.
 * @throws EmulatorError ERR_SANDBOX with what the system said
 */
export async function awaitMounted({ child, control, exited }: Setup): Promise<void> {
  let complaint = ''
  let said = ''
  const stderr = child.stderr as Readable
  stderr.on('data', (text: string) => {
    complaint += text
  })
  const mounted = new Promise<true>((resolve) => {
    control.on('data', (text: string) => {
      said += text
      if (said.includes(MOUNTED)) resolve(true)
    })
  })
  const code = await Promise.race([mounted, exited])
  if (code === true || said.includes(MOUNTED)) return
  const reason = complaint.trim().split('\n')[0] || `the setup ended with code ${code}`
  throw new EmulatorError('ERR_SANDBOX', `cannot mount the Pod's volumes: ${reason}`, {
    hint: 'Without mounts, volumes are below the folder that TELEPRESENCE_ROOT names: --sandbox pod-root.',
  })
}

/**
 * Shell commands; `echo` on descriptor 3 says that all went well.
 * @param writable folders of the namespaces that folders can be made in
 */
export function rootCommands({ mounts, hostname, workingDir, folder }: ContainerPlace, writable: string[]): string[] {
  const stage = join(folder, 'root')
  mkdirSync(stage, { recursive: true })
  return [
    'set -e',
    `mount -n -t tmpfs -o mode=755,nosuid,nodev inpod ${quote(stage)}`,
    // Or it would be bound into itself, with the folder that it is in.
    `mount -n --make-unbindable ${quote(stage)}`,
    ...copyEntries('/', stage),
    ...placeMounts(mounts, stage, writable),
    `mkdir ${quote(join(stage, OLD_ROOT))}`,
    `cd ${quote(stage)}`,
    `pivot_root . ${OLD_ROOT}`,
    'cd /',
    `umount -n -l /${OLD_ROOT}`,
    `rmdir /${OLD_ROOT}`,
    `{ hostname ${quote(hostname)} || echo ${quote(hostname)} >/proc/sys/kernel/hostname; } 2>/dev/null || :`,
    'set +e',
    `cd -- ${quote(process.cwd())}`,
    ...(workingDir === undefined
      ? []
      : [`cd -- ${quote(workingDir)} 2>/dev/null || { mkdir -p ${quote(workingDir)} && cd -- ${quote(workingDir)}; }`]),
    `echo ${MOUNTED} >&3`,
  ]
}

function placeMounts(mounts: ContainerMount[], stage: string, writable: string[]): string[] {
  const places = mounts
    .map((mount) => ({ ...mount, ...resolveExisting(mount.target) }))
    .sort((a, b) => a.target.split('/').length - b.target.split('/').length)
  const made = new Set(['/', ...writable])
  const commands: string[] = []
  const readOnly: string[] = []
  for (const [index, { source, target, existing, readOnly: isReadOnly }] of places.entries()) {
    const at = join(stage, target)
    const isNested = places.slice(0, index).some((outer) => target.startsWith(`${outer.target}/`))
    if (isNested || existing !== target) {
      if (!isNested && !made.has(existing)) {
        made.add(existing)
        commands.push(...replaceFolder(existing, stage))
      }
      commands.push(makeMountPoint(at, isFolder(source)))
    }
    commands.push(`mount -n --rbind ${quote(source)} ${quote(at)}`)
    if (isReadOnly) readOnly.push(`mount -n -o remount,bind,ro ${quote(at)}`)
  }
  // Last, since they may hold mount points.
  return [...commands, ...readOnly]
}

const makeMountPoint = (path: string, folder: boolean) =>
  folder ? `mkdir -p ${quote(path)}` : `mkdir -p ${quote(dirname(path))}; [ -e ${quote(path)} ] || : >${quote(path)}`

/** A folder that we may not write to is replaced by one that looks the same. */
function replaceFolder(folder: string, stage: string): string[] {
  const at = join(stage, folder)
  const mode = (statSync(folder).mode & 0o7777).toString(8)
  return [`mount -n -t tmpfs -o mode=${mode},nosuid,nodev inpod ${quote(at)}`, ...copyEntries(folder, at)]
}

/** Makes the entries of one folder in another: links as they are, everything else bound, all by one process. */
function copyEntries(from: string, to: string): string[] {
  const all = readdirSync(from, { withFileTypes: true })
  const hasTerminals =
    from === '/dev' && all.some(({ name, parentPath }) => name === 'ptmx' && lstatSync(join(parentPath, name)).isCharacterDevice())
  const entries = all.filter(({ name }) => !(hasTerminals && name === 'ptmx'))
  const links = entries.filter((entry) => entry.isSymbolicLink())
  const folders = entries.filter((entry) => entry.isDirectory())
  const files = entries.filter((entry) => !entry.isSymbolicLink() && !entry.isDirectory())
  const lines = [...folders, ...files].map(({ name }) => fstabLine(join(from, name), join(to, name), 'none', 'rbind,nofail'))
  const fstab = quote(join(to, '.inpod-fstab'))
  const whole = join(to, WHOLE_DEV)
  if (hasTerminals) lines.push(fstabLine(from, whole, 'none', 'rbind,nofail'))
  const made = [...folders.map(({ name }) => join(to, name)), ...(hasTerminals ? [whole] : [])]
  return [
    ...(made.length > 0 ? [`mkdir -- ${quoteAll(made)}`] : []),
    ...(hasTerminals ? [`ln -s ${WHOLE_DEV}/ptmx ${quote(join(to, 'ptmx'))}`] : []),
    ...files.map(({ name }) => `: >${quote(join(to, name))}`),
    ...links.map(({ name }) => `ln -s -- ${quoteAll([readlinkSync(join(from, name)), join(to, name)])}`),
    ...(lines.length > 0 ? [`printf '%s\\n' ${quoteAll(lines)} >${fstab}`, `mount -n -a -T ${fstab}`, `rm -- ${fstab}`] : []),
  ]
}

const isFolder = (path: string) => statSync(path).isDirectory()

import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerMount } from '../../kubelet/container-mounts.ts'

const NSSWITCH = '/etc/nsswitch.conf'
/** Of a daemon that resolves names in this machine's network, and is asked before anything else. */
const NAME_CACHE = '/var/run/nscd'

/**
 * What keeps the C library from asking this machine's daemons for names, by sockets that no network namespace hides.
 * @param folder private, for the files
 */
export function resolverMounts(folder: string): ContainerMount[] {
  const mounts: ContainerMount[] = []
  const sources = existsSync(NSSWITCH) ? readFileSync(NSSWITCH, 'utf8') : ''
  const fromFilesAndDns = sources.replaceAll(/^(\s*hosts:).*$/gm, '$1 files dns')
  if (fromFilesAndDns !== sources) mounts.push(fileMount(folder, NSSWITCH, fromFilesAndDns))
  if (existsSync(NAME_CACHE)) {
    const source = join(folder, 'nscd')
    mkdirSync(source)
    mounts.push({ source, target: realpathSync(NAME_CACHE), readOnly: true })
  }
  return mounts
}

/** A file with this text, in place of the one at `target`. */
export function fileMount(folder: string, target: string, text: string): ContainerMount {
  const source = join(folder, target.slice(1).replaceAll('/', '-'))
  writeFileSync(source, text, { mode: 0o644 })
  return { source, target, readOnly: false }
}

// Where nothing can be mounted, a Pod's volumes are links: below a folder that stands in for `/`, or at their paths if these are free.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ContainerMount } from '../kubelet/container-mounts.ts'
import { type Guard, startGuard } from './guard.ts'

/** Outer volumes first: what is mounted in one goes into its folder. */
const byDepth = (mounts: ContainerMount[]) => mounts.toSorted((a, b) => a.target.split('/').length - b.target.split('/').length)

export function linkBelow(root: string, mounts: ContainerMount[]): void {
  for (const { source, target } of byDepth(mounts)) {
    const at = join(root, target)
    if (existsSync(at)) continue
    mkdirSync(dirname(at), { recursive: true })
    symlinkSync(source, at)
  }
}

/** For root in a container of its own. What is at a path already stays, and is told of. */
export async function linkAtRealPaths(mounts: ContainerMount[], onWarning?: (text: string) => void): Promise<Guard> {
  const taken = mounts.filter(({ target }) => existsSync(target))
  const free = byDepth(mounts.filter(({ target }) => !existsSync(target)))
  const folders = free.map(({ target }) => target)
  const emptyFolders = [...new Set(folders.flatMap((path) => missingParents(path)))].sort((a, b) => b.length - a.length)
  const guard = await startGuard({ folders, emptyFolders })
  for (const { source, target } of free) {
    mkdirSync(dirname(target), { recursive: true })
    if (!existsSync(target)) symlinkSync(source, target)
  }
  const paths = taken.map(({ target }) => target).filter((path) => !KUBELET_FILES.has(path))
  if (paths.length > 0) onWarning?.(`not mounted, since something is there already: ${paths.join(', ')}`)
  return guard
}

const KUBELET_FILES = new Set(['/etc/hosts', '/etc/resolv.conf'])

function missingParents(path: string): string[] {
  const parent = dirname(path)
  return existsSync(parent) ? [] : [parent, ...missingParents(parent)]
}

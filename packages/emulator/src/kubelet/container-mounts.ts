import { chmodSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import { configError } from './container-error.ts'
import { expand } from './expansion.ts'
import type { Container, VolumeMount } from './pod-types.ts'
import type { PodVolumes } from './volumes.ts'

/** A file or folder of this machine that a container finds at a path of its own. */
export interface ContainerMount {
  source: string
  target: string
  readOnly: boolean
}

/**
 * A container's `volumeMounts`, in its order (kubernetes/pkg/kubelet, makeMounts). What `subPath` names is made if it is missing,
 * and is what it was when the container started: it follows no change.
 * @throws ContainerError CreateContainerConfigError
 */
export function containerMounts(container: Container, volumes: PodVolumes, env: Readonly<Record<string, string>>): ContainerMount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const volume = volumes.paths.get(mount.name)
    if (volume === undefined) throw configError(`cannot find volume "${mount.name}" to mount into container "${container.name}"`)
    const subPath = mount.subPathExpr ? expandSubPath(mount.subPathExpr, env) : (mount.subPath ?? '')
    return {
      source: subPath === '' ? volume : subPathOf(volume, subPath, mount, container.name),
      target: normalize(join('/', mount.mountPath)).replace(/(.)\/$/, '$1'),
      readOnly: mount.readOnly === true || volumes.readOnly.has(mount.name),
    }
  })
}

function expandSubPath(text: string, env: Readonly<Record<string, string>>): string {
  const missing = new Set<string>()
  const expanded = expand(text, (name) => {
    if (!env[name]) missing.add(name)
    return env[name] ?? ''
  })
  if (missing.size > 0) throw configError(`missing value for ${[...missing].sort().join(', ')}`)
  return expanded
}

function subPathOf(volume: string, subPath: string, { name }: VolumeMount, container: string): string {
  if (isAbsolute(subPath)) throw configError(`error SubPath \`${subPath}\` must not be an absolute path`)
  if (subPath.split('/').includes('..')) throw configError(`unable to provision SubPath \`${subPath}\`: must not contain '..'`)
  const path = join(volume, subPath)
  if (!existsSync(path)) {
    mkdirSync(path, { recursive: true })
    chmodSync(path, statSync(volume).mode & 0o777)
  }
  // Links of the volume's own are followed, none that leads out of it.
  const real = realpathSync(path)
  if (`${real}/`.startsWith(`${realpathSync(volume)}/`)) return real
  throw configError(`failed to prepare subPath for volumeMount "${name}" of container "${container}"`)
}

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { type VolumeFile, writeVolume } from '../pod/volume.ts'
import type { Volume } from './pod-types.ts'
import { isManaged, type Payload, type PayloadSources, volumePayload } from './volume-payload.ts'

/** The volumes of a Pod as folders of this machine. */
export interface PodVolumes {
  /** By the volume's name; of a hostPath that names a file: the file. */
  paths: ReadonlyMap<string, string>
  /** Volumes that may not be written to. */
  readOnly: ReadonlySet<string>
  /** Writes what has changed in the API since, volume by volume. A volume that cannot be written stays as it was, and its error is given. */
  refresh(): Promise<Error[]>
}

/**
 * Makes every volume of a Pod below `folder`; claims and folders of the node, which other Pods may see too, below `sharedFolder`.
 * @throws ContainerError FailedMount
 */
export async function makeVolumes(folder: string, sources: PayloadSources, sharedFolder: string): Promise<PodVolumes> {
  const volumes = sources.pod.spec.volumes ?? []
  const paths = new Map(volumes.map((volume) => [volume.name, pathOf(volume, folder, sharedFolder)]))
  const written = new Map<string, Payload>()
  const write = async (volume: Volume) => {
    const payload = await volumePayload(volume, sources)
    const before = written.get(volume.name)
    if (before !== undefined && isSame(before, payload)) return
    writeVolume(paths.get(volume.name)!, payload, new Date())
    written.set(volume.name, payload)
  }
  for (const volume of volumes) {
    makePath(paths.get(volume.name)!, volume)
    if (isManaged(volume)) await write(volume)
  }
  return {
    paths,
    readOnly: new Set(volumes.filter((volume) => isManaged(volume) || volume.persistentVolumeClaim?.readOnly).map(({ name }) => name)),
    async refresh() {
      const errors: Error[] = []
      for (const volume of volumes.filter(isManaged)) await write(volume).catch((error: Error) => errors.push(error))
      return errors
    },
  }
}

function pathOf({ name, persistentVolumeClaim, hostPath }: Volume, folder: string, sharedFolder: string): string {
  if (persistentVolumeClaim) return join(sharedFolder, 'claims', persistentVolumeClaim.claimName)
  return hostPath ? join(sharedFolder, 'node', normalize(join('/', hostPath.path))) : join(folder, name)
}

/** Empty folders that anybody may write to, as an emptyDir is; the API's own volumes are for us to write. */
function makePath(path: string, volume: Volume): void {
  const isFile = /^(File|FileOrCreate|Socket)$/.test(volume.hostPath?.type ?? '')
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  if (isFile) writeFileSync(path, '')
  else mkdirSync(path, { recursive: true })
  chmodSync(path, isManaged(volume) || volume.hostPath ? 0o755 : 0o777)
}

function isSame(a: Payload, b: Payload): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => b[name] !== undefined && isSameFile(a[name]!, b[name]))
}

function isSameFile(a: VolumeFile, b: VolumeFile): boolean {
  return a.mode === b.mode && Buffer.from(a.text).equals(Buffer.from(b.text))
}

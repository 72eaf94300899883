import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICE_ACCOUNT_FOLDER } from './service-account-volume.ts'
import { makeVolumeFolder, type VolumeFile, writeVolume } from './volume.ts'

/** A folder that stands in for a container's `/`. */
export interface PodRoot {
  path: string
  /** Folder of the service account's files. */
  serviceAccountFolder: string
  /** Replaces the service account's files, all in one step. */
  update(files: Record<string, VolumeFile>): void
  /** Removes the folder; may be called twice. */
  remove(): Promise<void>
}

/** Makes a private folder (0700) in the system's folder for temporary files, with the service account's volume, if any, at its place. */
export function createPodRoot(files: Record<string, VolumeFile> | undefined): PodRoot {
  const path = mkdtempSync(join(tmpdir(), 'inpod-'))
  const folder = join(path, SERVICE_ACCOUNT_FOLDER)
  if (files !== undefined) {
    makeVolumeFolder(folder)
    writeVolume(folder, files)
  }
  return {
    path,
    serviceAccountFolder: folder,
    update: (next) => writeVolume(folder, next),
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

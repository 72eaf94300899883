import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
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

/**
 * Makes a private folder (0700), with the service account's volume, if any, at its place.
 * @param given its path, where nothing is yet; default: a new one in the system's folder for temporary files
 */
export function createPodRoot(files: Record<string, VolumeFile> | undefined, given?: string): PodRoot {
  const path = given ?? mkdtempSync(join(tmpdir(), 'inpod-'))
  if (given !== undefined) mkdirSync(given, { mode: 0o700 })
  const folder = join(path, SERVICE_ACCOUNT_FOLDER)
  try {
    if (files !== undefined) {
      makeVolumeFolder(folder)
      writeVolume(folder, files)
    }
  } catch (error) {
    rmSync(path, { recursive: true, force: true })
    throw error
  }
  return {
    path,
    serviceAccountFolder: folder,
    update: (next) => writeVolume(folder, next),
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createMemoryStorage, type MemoryStorageOptions } from '../memory-storage.ts'
import type { Journal, KeptChange, Storage, StorageFailure } from '../storage.ts'
import { draftOf, emptyHeader, openObjectsFile, syncFolder } from './objects-file.ts'
import { readObjectsFile } from './read-file.ts'
import { encodeRecord } from './records.ts'

export interface DurableStorageOptions extends Pick<MemoryStorageOptions, 'watchWindow' | 'watchWindowBytes'> {
  /** The file of objects; it is made. Nobody else may use it meanwhile. */
  path: string
  /** Bytes of changes below which the file is not written anew; default 8 MiB. */
  rewriteAt?: number
  /** Told of each write that could not be kept. */
  onFailure?(failure: StorageFailure): void
  /** Told when the file could not be written anew: it goes on growing. */
  onGrowth?(error: Error): void
}

/** A storage whose state is that of the last write when it is opened again, however it ended. */
export interface DurableStorage {
  readonly storage: Storage
  /** Whether nothing was ever written to it. */
  readonly isNew: boolean
  /** Writes are kept from the first call on, and those before it all at once, or not at all. */
  settle(): void
  close(): Promise<void>
}

/** @throws EmulatorError ERR_DATA_DAMAGED, ERR_DATA_VERSION, and whatever the file system says */
export function openDurableStorage(given: DurableStorageOptions): DurableStorage {
  const { path, rewriteAt = 2 ** 23, onFailure = () => {}, onGrowth = () => {}, ...options } = given
  rmSync(draftOf(path), { force: true })
  if (!existsSync(path)) createFile(path)
  const kept = readObjectsFile(path)
  /** Before anybody can have seen anything. */
  let gathered: { changes: KeptChange[]; compacted: number } | undefined = { changes: [], compacted: 0 }
  const journal: Journal = {
    append(change) {
      if (gathered === undefined) file.append([change])
      else gathered.changes.push(change)
    },
    compact(revision) {
      if (gathered === undefined) file.appendCompaction(revision)
      else gathered.compacted = revision
    },
  }
  const storage = createMemoryStorage({ ...options, kept, journal })
  const { end, stateEnd } = kept
  const now = () => ({ revision: storage.revision, compacted: storage.compactedRevision, states: storage.states() })
  const file = openObjectsFile({ path, end, stateEnd, rewriteAt, now, onFailure, onGrowth })
  return {
    storage,
    isNew: end === stateEnd && kept.revision === emptyHeader.revision,
    settle() {
      if (gathered === undefined) return
      if (gathered.changes.length > 0) file.append(gathered.changes)
      if (gathered.compacted > 0) file.appendCompaction(gathered.compacted)
      gathered = undefined
    },
    close: () => file.close(),
  }
}

function createFile(path: string): void {
  const draft = draftOf(path)
  writeFileSync(draft, encodeRecord(emptyHeader), { mode: 0o600, flush: true })
  renameSync(draft, path)
  syncFolder(dirname(path))
}

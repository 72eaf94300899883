// The file of objects: a state, and after it each change, which is on the disk before anybody sees it. When the changes outgrow the state,
// the file is written anew beside and takes the place of the old one in one step.
import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type KeptChange, type KeptObject, StorageFailure } from '../storage.ts'
import { changeRecord, encodeRecord, type FileRecord, FORMAT_VERSION, stateRecord } from './records.ts'

export interface ObjectsFileOptions {
  path: string
  /** Where what is whole ends. */
  end: number
  /** Where the changes begin. */
  stateEnd: number
  /** The file is written anew when the changes have as many bytes as the state, but not below this. */
  rewriteAt: number
  /** What is in the storage now. */
  now(): { revision: number; compacted: number; states: KeptObject[] }
  onFailure(failure: StorageFailure): void
  /** Told when the file could not be written anew: it goes on growing. */
  onGrowth(error: Error): void
}

export interface ObjectsFile {
  /** @throws StorageFailure */
  append(changes: readonly KeptChange[]): void
  /** @throws StorageFailure */
  appendCompaction(revision: number): void
  /** Once nothing is being written any more. */
  close(): Promise<void>
}

export const emptyHeader = { inpod: 'objects', version: FORMAT_VERSION, revision: 1, compacted: 0, objects: 0 } as const
const CHUNK_BYTES = 2 ** 20

/** The name that the file has while it is written anew. */
export const draftOf = (path: string): string => `${path}.new`

export function openObjectsFile({ path, end, stateEnd, rewriteAt, now, onFailure, onGrowth }: ObjectsFileOptions): ObjectsFile {
  let file = openSync(path, 'r+')
  let size = end
  let dueAt = stateEnd + Math.max(rewriteAt, stateEnd)
  let broken: StorageFailure | undefined
  let rewriting: { tail: Buffer[]; done: Promise<void> } | undefined
  let closed = false
  ftruncateSync(file, size)

  const append = (record: FileRecord): void => {
    if (broken !== undefined) throw broken
    // Its number may be another file's by now.
    if (closed) throw new StorageFailure(new Error('the storage is closed'))
    const line = encodeRecord(record)
    try {
      writeAll(file, line, size)
      fdatasyncSync(file)
    } catch (error) {
      const failure = new StorageFailure(error)
      onFailure(failure)
      takeBack(failure)
      throw failure
    }
    size += line.length
    if (rewriting !== undefined) rewriting.tail.push(line)
    else if (size >= dueAt) rewriting = startRewriting(line)
  }

  /** What was not acknowledged must not come back. Where even that cannot be made sure of, nothing more is written. */
  const takeBack = (failure: StorageFailure) => {
    try {
      ftruncateSync(file, size)
      fdatasyncSync(file)
    } catch {
      broken = failure
    }
  }

  /** @param line of the change that is being made: the storage does not have it yet */
  const startRewriting = (line: Buffer) => {
    const tail = [line]
    const draft = draftOf(path)
    const done = rewrite(draft, tail)
      .catch((error) => {
        rmSync(draft, { force: true })
        // The file as it is will do; the next attempt is when it has doubled.
        dueAt = size * 2
        if (!closed) onGrowth(error)
      })
      .finally(() => {
        rewriting = undefined
      })
    return { tail, done }
  }

  const rewrite = async (draft: string, tail: readonly Buffer[]) => {
    const { states, ...versions } = now()
    const handle = await open(draft, 'w', 0o600)
    let written = 0
    try {
      for (const chunk of chunksOf({ ...emptyHeader, ...versions, objects: states.length }, states)) {
        await handle.appendFile(chunk)
        written += chunk.length
        if (closed) throw new Error('closed')
      }
      await handle.datasync()
    } finally {
      await handle.close()
    }
    // From here on nothing else happens meanwhile.
    if (closed) throw new Error('closed')
    replaceBy(draft, written, tail)
  }

  const replaceBy = (draft: string, written: number, tail: readonly Buffer[]) => {
    const next = openSync(draft, 'r+')
    const rest = Buffer.concat(tail)
    try {
      writeAll(next, rest, written)
      fdatasyncSync(next)
      renameSync(draft, path)
    } catch (error) {
      closeSync(next)
      throw error
    }
    closeSync(file)
    file = next
    size = written + rest.length
    dueAt = written + Math.max(rewriteAt, written)
    syncFolder(dirname(path))
  }

  return {
    append: (changes) => append(changeRecord(changes)),
    appendCompaction: (compacted) => append({ compacted }),
    async close() {
      closed = true
      await rewriting?.done
      closeSync(file)
    },
  }
}

function* chunksOf(header: FileRecord, states: readonly KeptObject[]): Generator<Buffer> {
  let lines = [encodeRecord(header)]
  let bytes = 0
  for (const state of states) {
    const line = encodeRecord(stateRecord(state))
    lines.push(line)
    bytes += line.length
    if (bytes < CHUNK_BYTES) continue
    yield Buffer.concat(lines)
    lines = []
    bytes = 0
  }
  yield Buffer.concat(lines)
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done)
}

/** Makes a file's new name last (fsync(2)). Windows cannot, and need not. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

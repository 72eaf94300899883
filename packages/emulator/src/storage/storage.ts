import type { KubeObject } from '../apimachinery/object.ts'
import { systemErrorOf } from '../system-error.ts'

/** One state of one key. Linked to the state before it for as long as the watch window reaches back. */
export interface Revision {
  /** Within its collection: `NAMESPACE/NAME`, or `NAME` at cluster scope. */
  readonly key: string
  /** The store-wide number of this change; the object's metadata.resourceVersion. */
  readonly revision: number
  /** Frozen. Of a deletion: the last state, with the deletion's own resourceVersion. */
  readonly object: KubeObject
  readonly deleted: boolean
  /** The state that this one replaced; absent for a creation, and once history is compacted. */
  previous: Revision | undefined
  /** Encoded forms, made on demand by whoever serves them, by the name of the form; let go when the state is replaced. */
  encoded: Encoded | undefined
}

export interface Encoded {
  readonly form: string
  readonly bytes: Uint8Array
  next: Encoded | undefined
}

/** Why the store refused a write. The registry words the answer. */
export class StorageConflict extends Error {
  readonly found: Revision | undefined

  constructor(found: Revision | undefined) {
    super(found === undefined ? 'the key does not exist' : `the key is at revision ${found.revision}`)
    this.found = found
  }
}

/** Why a write could not be kept; nothing has changed. */
export class StorageFailure extends Error {
  constructor(
    cause: unknown,
    message = `the write could not be stored: ${cause instanceof Error ? systemErrorOf(cause).message : String(cause)}`,
  ) {
    super(message, { cause })
    this.name = 'StorageFailure'
  }
}

/** Nobody answered in time. A write may have happened all the same. */
export class StorageTimeout extends StorageFailure {
  constructor(cause: unknown) {
    super(cause, `no answer from the storage: ${cause instanceof Error ? cause.message : String(cause)}`)
    this.name = 'StorageTimeout'
  }
}

/** Tries what conflicts with the writes of others again, with what they have written; `action` looks at it anew each time. */
export function retryOnConflict<T>(action: () => T): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof StorageConflict) || attempt === conflictAttempts) throw error
    }
  }
}

const conflictAttempts = 100

/** An object in its place. Its metadata.resourceVersion is the revision. */
export interface KeptObject {
  prefix: string
  key: string
  object: KubeObject
}

export interface KeptChange extends KeptObject {
  deleted: boolean
}

/** Keeps what is written, beyond the end of the process. */
export interface Journal {
  /** @throws StorageFailure */
  append(change: KeptChange): void
  /** History up to here is gone. */
  compact(revision: number): void
}

/** Decides on writes, where others write too. */
export interface Sequencer {
  /**
   * Gives the revision of a write that has been made. What others have written before has been followed by then.
   * @param unchangedSince with it, nothing else of the collection may have been written since
   * @throws StorageConflict if the key is not at `expected` (0: not there); StorageFailure
   */
  write(change: KeptChange, expected: number, unchangedSince?: number): number
  /** History up to here is gone. */
  compact(revision: number): void
}

/** A change that somebody else has made. */
export interface ForeignChange {
  prefix: string
  key: string
  revision: number
  /** Absent of a deletion. */
  object: KubeObject | undefined
}

/** What a journal has kept: a state, and what came then. */
export interface KeptState {
  /** Of the state. */
  revision: number
  /** History up to here is gone. */
  compacted: number
  states: Iterable<KeptObject>
  /** Oldest first, each with the revision after that of the one before. */
  changes: Iterable<KeptChange>
}

export interface WatchHandle {
  stop(): void
}

/**
 * The objects of one resource, in the order of their keys' bytes (as etcd has them). Writes own the object and freeze it. Where a part is
 * asked for, `within` is a namespace and its slash, or '' for everything.
 */
export interface Collection {
  get(key: string): Revision | undefined
  /** The state at a revision, of keys that start with `within`. Newest when `at` is absent. */
  list(within: string, at?: number): Revision[]
  /** The same from the key `start` on, one at a time; to be gone through before anything else is written. */
  walk(within: string, start: string, at?: number): Iterable<Revision>
  /** How many `walk` would come by. */
  count(within: string, start: string, at?: number): number
  /**
   * @param unchangedSince what `changedAt` was: nothing of the collection may have been written since
   * @throws StorageConflict if the key exists; this and the following, StorageFailure if the write could not be kept
   */
  create(key: string, object: KubeObject, unchangedSince?: number): Revision
  /** @throws StorageConflict if the key is not at `expected` */
  update(key: string, expected: number, object: KubeObject, unchangedSince?: number): Revision
  /** @throws StorageConflict if the key is not at `expected` */
  delete(key: string, expected: number): Revision
  /**
   * Changes after `from`, oldest first; to be gone through before anything else is written. Undefined if history no longer reaches back
   * to `from`.
   */
  changes(within: string, from: number): Iterable<Revision> | undefined
  /** Changes from now on, each while the write that makes it is under way. */
  watch(within: string, listener: (change: Revision) => void): WatchHandle
  /** Changes up to here are forgotten: the oldest revision that a watch may go on from. */
  readonly forgottenRevision: number
  /** Changes whenever anything in the collection does. */
  readonly changedAt: number
}

/** A state of everything, cheap to take and to go back to. */
export interface Snapshot {
  readonly revision: number
}

export interface Storage {
  /** The store-wide revision: of the last write. */
  readonly revision: number
  /** History up to here is gone. */
  readonly compactedRevision: number
  collection(prefix: string): Collection
  compact(revision: number): void
  /** All objects as they are now, in the order of their prefixes and keys. */
  states(): KeptObject[]
  /** Tells of every change in every collection, in order, after it is visible, and whether another server has made it. */
  onChange(listener: ChangeListener): void
  snapshot(): Snapshot
  /** Goes back to a snapshot. Revisions go on counting; open watches see what changed as events. */
  restore(snapshot: Snapshot): void
  /**
   * Of a storage that other servers write to: waits until all is known that they have written so far.
   * @throws StorageFailure
   */
  catchUp?: () => Promise<void>
}

export type ChangeListener = (prefix: string, change: Revision, byOthers: boolean) => void

import type { KubeObject } from '../../apimachinery/object.ts'
import { orderMetadata } from '../../apimachinery/order-metadata.ts'
import { createMemoryStorage, type MemoryStorageOptions } from '../memory-storage.ts'
import { type ForeignChange, type Storage, StorageConflict, StorageFailure, StorageTimeout } from '../storage.ts'
import type { FeedEvent } from './feed.ts'
import type { EtcdKeys } from './keys.ts'
import type { Link } from './link.ts'
import type { KeyValue } from './messages.ts'
import type { Answer, Failure } from './protocol.ts'

export interface EtcdStorageOptions extends Pick<MemoryStorageOptions, 'watchWindow' | 'watchWindowBytes'> {
  link: Link
  keys: EtcdKeys
  /** Told of keys of inpod's own; without a value they are gone. */
  onOwn?(name: string, value: string | undefined): void
  /** Told when changes are lost, before the state becomes another: whoever follows changes has to begin anew. */
  onLost?(): void
  /** Told after that, where etcd is not what it was: it has lost its data, or has older ones again. */
  onRewound?(): void
  /** Told of an object that is not JSON. */
  onUnreadable?(key: string): void
}

/** How long requests wait for etcd to come back. */
const patienceMs = 10_000
const pauseMs = 100

/** A mirror of an etcd, which decides on the writes. @param opened the answer to the link's question for the state */
export function createEtcdStorage(options: EtcdStorageOptions, opened: { revision: number; pairs: readonly KeyValue[] }): Storage {
  const { link, keys, onOwn = () => {}, onLost = () => {}, onRewound = () => {}, onUnreadable = () => {} } = options
  const decode = ({ key, revision, value }: FeedEvent): ForeignChange[] => {
    const place = keys.placeOf(key)
    if (place === undefined) return []
    if (value === undefined) return [{ ...place, revision, object: undefined }]
    const object = decodeObject(value, revision)
    if (object === undefined) onUnreadable(key)
    return object === undefined ? [] : [{ ...place, revision, object }]
  }
  const kept = opened.pairs.map(({ key, modRevision, value }) => ({ key, revision: modRevision, value }))
  const storage = createMemoryStorage({
    ...options,
    kept: {
      revision: opened.revision,
      compacted: opened.revision,
      states: kept.flatMap(decode).map(({ prefix, key, object }) => ({ prefix, key, object: object! })),
      changes: [],
    },
    sequencer: {
      write({ prefix, key, object, deleted }, expected, unchangedSince) {
        const value = deleted ? undefined : encodeObject(object)
        const unchanged = unchangedSince === undefined ? undefined : { prefix: keys.objectKey(prefix, ''), since: unchangedSince }
        const answer = link.demand({ do: 'write', key: keys.objectKey(prefix, key), value, expected, unchanged })
        if (answer === undefined) throw new StorageTimeout('it takes too long')
        if ('conflict' in answer) throw new StorageConflict(storage.collection(prefix).get(key))
        return revisionOf(answer)
      },
      compact: (revision) => void link.demand({ do: 'compact', revision }),
    },
  })
  const follow = (events: readonly FeedEvent[]) => {
    storage.follow(events.flatMap(decode))
    for (const { key, value } of events) {
      const name = keys.ownName(key)
      if (name !== undefined) onOwn(name, value)
    }
  }
  const isNews = ({ key, revision, value }: FeedEvent) => {
    const place = keys.placeOf(key)
    const known = place && storage.collection(place.prefix).get(place.key)
    return known?.revision !== revision || encodeObject(known.object) !== value
  }
  link.listen({
    events: follow,
    replaced({ revision, events, rewound }) {
      onLost()
      follow(events.filter(isNews))
      storage.forget(revision)
      if (rewound) onRewound()
    },
    settled: storage.tell,
  })
  return Object.assign(storage, { catchUp: oneAtATime(() => catchUp(link)) })
}

/** @throws StorageTimeout, once etcd has been away for too long */
async function catchUp(link: Link): Promise<void> {
  for (const deadline = performance.now() + patienceMs; ; ) {
    const answer = await link.ask({ do: 'catchUp' })
    if (!('failure' in answer)) return
    if (answer.failure.refused) throw failureOf(answer.failure)
    if (performance.now() > deadline) throw new StorageTimeout(answer.failure.text)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** Who comes while one is under way shares the next: what was written before they came is in there. */
function oneAtATime(action: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = () => {
    current = action().finally(() => {
      current = undefined
    })
    return current
  }
  return () => {
    if (current === undefined) return start()
    next ??= current
      .catch(() => {})
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }
}

function revisionOf(answer: Answer): number {
  if ('failure' in answer) throw failureOf(answer.failure)
  if ('revision' in answer) return answer.revision
  throw new StorageFailure('etcd gave no revision')
}

/** In etcd's own words, where it said something. */
export function failureOf({ text, refused }: Failure): StorageFailure {
  return refused ? new StorageFailure(new Error(text), text) : new StorageTimeout(new Error(text))
}

/** The version is etcd's to know; only its place among the fields is kept. */
function encodeObject(object: KubeObject): string {
  return JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: '0' } })
}

function decodeObject(value: string, revision: number): KubeObject | undefined {
  try {
    const object: KubeObject = JSON.parse(value)
    if (object.metadata.resourceVersion === undefined) object.metadata = orderMetadata({ ...object.metadata, resourceVersion: '0' }, false)
    object.metadata.resourceVersion = String(revision)
    return object
  } catch {
    return undefined
  }
}

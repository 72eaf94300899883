import { newResourceExpired, type StatusError } from '../../apimachinery/status-error.ts'
import type { Revision } from '../../storage/storage.ts'
import type { ResponseSink } from '../http.ts'
import { objectOf } from '../negotiation/encoding.ts'
import type { ListOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import type { ObjectSelector } from '../selectors.ts'
import { encodeErrorEvent, type WatchEncoder, watchEventOf } from './watch-events.ts'
import { type Change, fanOutOf } from './watch-fan-out.ts'

/** Between two bookmarks of a stream that wants them, in milliseconds. */
const bookmarkInterval = 60_000
/** Of the last bookmark before a stream's time is up, so that its client need not repeat much. */
const bookmarkLead = 2000
/** Without timeoutSeconds a watch ends by itself after this and up to twice this (seconds), so that clients spread over servers. */
const minTimeout = 30 * 60
/** Changes that a reader may miss while it takes nothing at all, and for how many milliseconds, before its stream is ended. */
const maxBehind = 100
const patience = 1000

export interface Watch {
  scope: RequestScope
  options: ListOptions
  selector: ObjectSelector
  encode: WatchEncoder
  /** The resourceVersion to go on from. */
  from: number
}

/**
 * Sends what exists, if that is wanted, then changes as they happen. A reader that falls behind costs no memory: it is sent nothing more
 * until its connection has taken what it was given, and then goes on from the history of the store. If that is forgotten, or if it takes
 * nothing while much changes, its stream ends without an error; its client watches again from where it was.
 */
export function openWatch(watch: Watch, sink: ResponseSink): void {
  const { scope, options, from } = watch
  const { collection } = scope.store
  const fanOut = fanOutOf(collection)
  const feed = createFeed(watch, sink)
  const releases: Array<() => void> = []
  const stop = () => {
    for (const release of releases.splice(0)) release()
  }
  const end = () => {
    fanOut.flush()
    stop()
    sink.end()
  }
  const fail = (error: StatusError) => {
    fanOut.flush()
    sink.write(encodeErrorEvent(error))
    end()
  }
  const bookmark = () => {
    fanOut.flush()
    feed.bookmark()
  }
  if (!feed.pump()) return void fail(newResourceExpired(`too old resource version: ${from} (${collection.forgottenRevision})`))
  sink.onDrain(() => {
    if (!sink.closed && !feed.resume()) end()
  })
  const leave = fanOut.add(withinOf(scope), (changes) => {
    if (!feed.take(changes)) end()
  })
  const stopTimers = startTimers(options, end, bookmark)
  const { openWatches } = scope.services
  const open = { info: scope.info, user: scope.user, end, fail }
  openWatches.add(open)
  releases.push(leave, stopTimers, () => openWatches.delete(open))
  sink.onClose(stop)
  if (sink.closed) stop()
}

const withinOf = ({ definition, info }: RequestScope) => (definition.namespaced && info.namespace !== '' ? `${info.namespace}/` : '')

interface Feed {
  /** Sends what there is until the connection is full. False if the changes to go on with are forgotten. */
  pump(): boolean
  /** Goes on when the connection has taken all. False as with `pump`. */
  resume(): boolean
  /** Changes as they happen. False if the reader has been left behind. */
  take(changes: readonly Change[]): boolean
  /** Says how far the reader has got, if that is further than where it began and the connection is not full. */
  bookmark(): void
}

function createFeed({ scope, options, selector, encode, from }: Watch, sink: ResponseSink): Feed {
  const { definition, registry, store } = scope
  const within = withinOf(scope)
  let state = options.sendInitialEvents === true ? store.collection.list(within).values() : undefined
  const start = state !== undefined || from === 0 ? registry.storage.revision : from
  let last = start
  let fullSince: number | undefined
  let behind = 0

  const write = (chunk: Uint8Array | string) => {
    if (sink.write(chunk)) return
    fullSince = performance.now()
    behind = 0
  }
  const deliver = (change: Revision, previous: Revision | undefined) => {
    last = change.revision
    const event = watchEventOf(definition, selector, change, previous)
    if (event !== undefined) write(encode.event(event.type, event.revision))
  }
  const sendState = () => {
    while (state !== undefined && fullSince === undefined) {
      const { value } = state.next()
      if (value !== undefined) {
        if (selector.empty || selector.matches(objectOf(definition, value))) write(encode.event('ADDED', value))
        continue
      }
      state = undefined
      if (options.allowWatchBookmarks) write(encode.bookmark(last, true))
    }
  }
  const sendChanges = () => {
    const changes = store.collection.changes(within, last)
    if (changes === undefined) return false
    for (const change of changes) {
      deliver(change, change.previous)
      if (fullSince !== undefined) break
    }
    return true
  }
  const pump = () => {
    let isKnown = true
    sink.together(() => {
      sendState()
      isKnown = fullSince !== undefined || sendChanges()
    })
    return isKnown
  }
  const sendNew = (changes: readonly Change[]) => {
    for (const { revision, previous } of changes) {
      if (fullSince !== undefined) behind++
      else if (revision.revision > last) deliver(revision, previous)
    }
  }

  return {
    pump,
    resume() {
      fullSince = undefined
      return pump()
    },
    take(changes) {
      if (changes.length === 1) sendNew(changes)
      else sink.together(() => sendNew(changes))
      return fullSince === undefined || behind <= maxBehind || performance.now() - fullSince <= patience
    },
    bookmark() {
      const { revision } = registry.storage
      if (revision > start && fullSince === undefined) write(encode.bookmark(revision))
    },
  }
}

/** Ends the stream when its time is up, and sends bookmarks to who wants them: now and then, and last just before the end. */
function startTimers({ timeoutSeconds, allowWatchBookmarks }: ListOptions, end: () => void, bookmark: () => void): () => void {
  // In whole seconds, so that many share one timer of the runtime.
  const seconds = timeoutSeconds || minTimeout + Math.floor(minTimeout * Math.random())
  // Node tells on standard error of times that its timers cannot take.
  const timeout = Math.max(1, Math.min(seconds * 1000, 2 ** 31 - 1))
  const timers = [setTimeout(end, timeout)]
  if (allowWatchBookmarks) {
    timers.push(setInterval(bookmark, bookmarkInterval))
    if (timeout > bookmarkLead) timers.push(setTimeout(bookmark, timeout - bookmarkLead))
  }
  return () => {
    for (const timer of timers) clearTimeout(timer)
  }
}

import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newNotAcceptable, newPlainError, newResourceExpired, type StatusError } from '../../apimachinery/status-error.ts'
import type { Revision, WatchHandle } from '../../storage/storage.ts'
import type { ApiResponse, ResponseSink } from '../http.ts'
import { encodeWatchEvent, objectOf } from '../negotiation/encoding.ts'
import { jsonType, type OutputFormat, protobufType } from '../negotiation/output.ts'
import { partialObject, tableOf } from '../negotiation/transform.ts'
import { type ListOptions, parseResourceVersion } from '../options.ts'
import { escapeHtml } from '../responses.ts'
import type { RequestScope } from '../scope.ts'
import type { ObjectSelector } from '../selectors.ts'

/** Between two bookmarks of a stream that wants them. */
const bookmarkInterval = 60_000
/** Without timeoutSeconds a watch ends by itself after this and up to twice this, so that clients spread over servers. */
const minTimeout = 30 * 60_000
/** Bytes that wait for a slow reader before its stream is ended. */
const maxBacklog = 16 * 1024 * 1024

const initialEventsEnd = { annotations: { 'k8s.io/initial-events-end': 'true' } }

/** Streams the changes of a collection, one JSON document a line. */
export function watchCollection(scope: RequestScope, options: ListOptions, selector: ObjectSelector, format: OutputFormat): ApiResponse {
  if (format.media === 'yaml') throw newNotAcceptable([`${jsonType};stream=watch`, `${protobufType};stream=watch`])
  const parsed = parseResourceVersion(options.resourceVersion)
  if ('error' in parsed) throw newPlainError(`${parsed.error.field}: ${parsed.error.message}`)
  return {
    status: 200,
    headers: { 'content-type': jsonType },
    stream: (sink) => openWatch({ scope, options, selector, encode: eventEncoder(scope, format), from: parsed.revision }, sink),
  }
}

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

interface EventEncoder {
  event(type: EventType, revision: Revision, object: KubeObject): Uint8Array | string
  bookmark(object: KubeObject): string
}

interface Watch {
  scope: RequestScope
  options: ListOptions
  selector: ObjectSelector
  encode: EventEncoder
  from: number
}

function openWatch({ scope, options, selector, encode, from }: Watch, sink: ResponseSink): void {
  const { definition, info, store, registry } = scope
  const within = definition.namespaced && info.namespace !== '' ? `${info.namespace}/` : ''
  const send = guardBacklog(sink)
  const initial = options.sendInitialEvents === true
  if (initial) {
    for (const revision of store.collection.list(within)) {
      const object = objectOf(definition, revision)
      if (selector.matches(object)) send(encode.event('ADDED', revision, object))
    }
  }
  let last = initial || from === 0 ? registry.storage.revision : from
  if (initial && options.allowWatchBookmarks) send(encode.bookmark(bookmarkObject(scope, registry.storage.revision, initialEventsEnd)))
  const handle = store.collection.watch(within, last, (revision) => {
    if (revision.revision <= last) return
    last = revision.revision
    const event = eventOf(scope, selector, revision)
    if (event !== undefined) send(encode.event(event.type, event.revision, event.object))
  })
  if (handle === undefined) {
    sink.write(errorEvent(newResourceExpired(`too old resource version: ${from} (${registry.storage.compactedRevision})`)))
    sink.end()
    return
  }
  endWatch(scope, options, handle, sink, () => {
    if (options.allowWatchBookmarks) send(encode.bookmark(bookmarkObject(scope, registry.storage.revision, {})))
  })
}

/** Ends the stream when its time is up or its reader is gone, whichever is first. */
function endWatch(
  scope: RequestScope,
  { timeoutSeconds }: ListOptions,
  handle: WatchHandle,
  sink: ResponseSink,
  bookmark: () => void,
): void {
  const timeout = timeoutSeconds ? timeoutSeconds * 1000 : minTimeout * (1 + Math.random())
  const timer = setTimeout(() => sink.end(), Math.min(timeout, 2 ** 31 - 1))
  const bookmarks = setInterval(bookmark, bookmarkInterval)
  const stop = () => {
    handle.stop()
    clearTimeout(timer)
    clearInterval(bookmarks)
    scope.services.openWatches.delete(end)
  }
  const end = () => sink.end()
  scope.services.openWatches.add(end)
  sink.onClose(stop)
  if (sink.closed) stop()
}

/** What a change is to a watcher: an object may also enter or leave its selector. */
function eventOf(scope: RequestScope, selector: ObjectSelector, revision: Revision) {
  const { definition } = scope
  const { previous } = revision
  const object = objectOf(definition, revision)
  const before = previous === undefined || previous.deleted ? undefined : previous
  if (selector.empty) {
    return { type: (revision.deleted ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED') as EventType, revision, object }
  }
  const matched = before !== undefined && selector.matches(objectOf(definition, before))
  const matches = !revision.deleted && selector.matches(object)
  if (matches) return { type: (matched ? 'MODIFIED' : 'ADDED') as EventType, revision, object }
  if (!matched) return undefined
  if (revision.deleted) return { type: 'DELETED' as EventType, revision, object }
  // It left the selector: the watcher is shown the content that it knew, with the version of the change.
  const last = departed(before, revision)
  return { type: 'DELETED' as EventType, revision: last, object: objectOf(definition, last) }
}

/** The state before a change as the last that a watcher sees; made once for all of them. */
function departed(before: Revision, change: Revision): Revision {
  const known = departures.get(change)
  if (known !== undefined) return known
  const object = { ...before.object, metadata: { ...before.object.metadata, resourceVersion: change.object.metadata.resourceVersion! } }
  const last: Revision = { ...change, object, deleted: true, encodings: new Map() }
  departures.set(change, last)
  return last
}

const departures = new WeakMap<Revision, Revision>()

function eventEncoder(scope: RequestScope, { as, version }: OutputFormat): EventEncoder {
  const { definition } = scope
  if (as === undefined) {
    return {
      event: (type, revision) => encodeWatchEvent(definition, type, revision),
      bookmark: (object) => line('BOOKMARK', object),
    }
  }
  let first = true
  const form = (object: KubeObject) => {
    if (as !== 'Table') return partialObject(object, version!)
    const table = tableOf(scope, [object], { resourceVersion: object.metadata.resourceVersion ?? '' }, version!) as Record<string, unknown>
    // Only the first table of a stream says what its columns are.
    if (!first) table['columnDefinitions'] = null
    first = false
    return table
  }
  return { event: (type, _revision, object) => line(type, form(object)), bookmark: (object) => line('BOOKMARK', form(object)) }
}

const line = (type: string, object: unknown) => escapeHtml(`{"type":"${type}","object":${JSON.stringify(object)}}\n`)

const errorEvent = ({ status }: StatusError) => line('ERROR', status)

function bookmarkObject({ definition }: RequestScope, revision: number, metadata: KubeObject['metadata']): KubeObject {
  return definition.codec.normalize({
    kind: definition.kind,
    apiVersion: formatGroupVersion(definition),
    metadata: { ...metadata, resourceVersion: String(revision) },
  })
}

/** Writes to a sink until its reader is too far behind; then the stream ends, and the client will list again. */
function guardBacklog(sink: ResponseSink): (chunk: Uint8Array | string) => void {
  let backlog = 0
  sink.onDrain(() => {
    backlog = 0
  })
  return (chunk) => {
    if (sink.closed) return
    if (sink.write(chunk)) backlog = 0
    else {
      backlog += chunk.length
      if (backlog > maxBacklog) sink.end()
    }
  }
}

import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { StatusError } from '../../apimachinery/status-error.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { Revision } from '../../storage/storage.ts'
import { objectOf, type WatchEventType, watchEventEncoder } from '../negotiation/encoding.ts'
import type { OutputFormat } from '../negotiation/output.ts'
import { partialObject, tableOf } from '../negotiation/transform.ts'
import { escapeHtml } from '../responses.ts'
import type { RequestScope } from '../scope.ts'
import type { ObjectSelector } from '../selectors.ts'

export interface WatchEvent {
  type: WatchEventType
  revision: Revision
}

/** What a change is to a watcher: an object may also enter or leave its selector. Undefined if it is nothing to this one. */
export function watchEventOf(
  definition: ResourceDefinition,
  selector: ObjectSelector,
  revision: Revision,
  previous: Revision | undefined,
): WatchEvent | undefined {
  const before = previous === undefined || previous.deleted ? undefined : previous
  if (selector.empty) return { type: revision.deleted ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED', revision }
  const matched = before !== undefined && selector.matches(objectOf(definition, before))
  const matches = !revision.deleted && selector.matches(objectOf(definition, revision))
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', revision }
  if (!matched) return undefined
  // Of what left the selector, the watcher is shown the content that it knew, with the version of the change.
  return { type: 'DELETED', revision: revision.deleted ? revision : departed(before, revision) }
}

/** The state before a change as the last that a watcher sees; made once for all of them. */
function departed(before: Revision, change: Revision): Revision {
  const known = departures.get(change)
  if (known !== undefined) return known
  const object = { ...before.object, metadata: { ...before.object.metadata, resourceVersion: change.object.metadata.resourceVersion! } }
  const last: Revision = { ...change, object, deleted: true, encoded: undefined }
  departures.set(change, last)
  return last
}

const departures = new WeakMap<Revision, Revision>()

export interface WatchEncoder {
  event(type: WatchEventType, revision: Revision): Uint8Array | string
  /** @param initialEventsEnd whether it says that all that existed has been sent */
  bookmark(revision: number, initialEventsEnd?: boolean): string
}

/** Encodes the events of one stream. Whole objects are encoded without the request, so that a long stream does not keep it. */
export function watchEncoder(scope: RequestScope, format: OutputFormat): WatchEncoder {
  return format.as === undefined ? objectEncoder(scope.definition) : transformedEncoder(scope, format)
}

const objectEncoder = (definition: ResourceDefinition): WatchEncoder => ({
  event: watchEventEncoder(definition),
  bookmark: (revision, initialEventsEnd) => line('BOOKMARK', bookmarkOf(definition, revision, initialEventsEnd)),
})

function transformedEncoder(scope: RequestScope, { as, version }: OutputFormat): WatchEncoder {
  const { definition } = scope
  let first = true
  const form = (object: KubeObject) => {
    if (as !== 'Table') return partialObject(definition, object, version!)
    const table = tableOf(scope, [object], { resourceVersion: object.metadata.resourceVersion ?? '' }, version!) as Record<string, unknown>
    // Only the first table of a stream says what its columns are.
    if (!first) table['columnDefinitions'] = null
    first = false
    return table
  }
  return {
    event: (type, revision) => line(type, form(objectOf(definition, revision))),
    bookmark: (revision, initialEventsEnd) => line('BOOKMARK', form(bookmarkOf(definition, revision, initialEventsEnd))),
  }
}

/** The event that ends a stream which cannot go on. */
export const encodeErrorEvent = ({ status }: StatusError): string => line('ERROR', status)

const line = (type: string, object: unknown) => escapeHtml(`{"type":"${type}","object":${JSON.stringify(object)}}\n`)

function bookmarkOf(definition: ResourceDefinition, revision: number, initialEventsEnd = false): KubeObject {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  return definition.codec.normalize({
    kind: definition.kind,
    apiVersion: formatGroupVersion(definition),
    metadata: { ...annotations, resourceVersion: String(revision) },
  })
}

import { newNotAcceptable, newPlainError } from '../../apimachinery/status-error.ts'
import type { ApiResponse, ResponseSink } from '../http.ts'
import { jsonType, type OutputFormat, protobufType } from '../negotiation/output.ts'
import { type ListOptions, parseResourceVersion } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import type { ObjectSelector } from '../selectors.ts'
import { type WatchEncoder, watchEncoder } from './watch-events.ts'
import { openWatch } from './watch-stream.ts'

/** Streams the changes of a collection, one JSON document a line. */
export function watchCollection(scope: RequestScope, options: ListOptions, selector: ObjectSelector, format: OutputFormat): ApiResponse {
  const parsed = parseResourceVersion(options.resourceVersion)
  if ('error' in parsed) throw newPlainError(`${parsed.error.field}: ${parsed.error.message}`)
  if (format.media === 'yaml') throw newNotAcceptable([`${jsonType};stream=watch`, `${protobufType};stream=watch`])
  return {
    status: 200,
    headers: { 'content-type': jsonType },
    stream(sink) {
      const encode = format.as === 'PartialObjectMetadataList' ? listsOnly(sink) : watchEncoder(scope, format)
      openWatch({ scope, options, selector, encode, from: parsed.revision }, sink)
    },
  }
}

/** An event's object is no list: the stream ends where there would be one. */
function listsOnly(sink: ResponseSink): WatchEncoder {
  const end = () => {
    sink.end()
    return ''
  }
  return { event: end, bookmark: end }
}

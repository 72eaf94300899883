import type { Revision } from '../../storage/storage.ts'
import type { ApiResponse } from '../http.ts'
import { encodeObjectLine, objectOf } from '../negotiation/encoding.ts'
import { jsonType, type OutputFormat } from '../negotiation/output.ts'
import { transformObject } from '../negotiation/transform.ts'
import { respond } from '../responses.ts'
import type { RequestScope } from '../scope.ts'

/** Answers with one object, in the form that was negotiated. */
export function respondObject(scope: RequestScope, status: number, revision: Revision, format: OutputFormat): ApiResponse {
  if (format.as !== undefined) return respond(status, transformObject(scope, revision, format), format)
  if (format.media === 'json' && !format.pretty) {
    return { status, headers: { 'content-type': jsonType }, body: encodeObjectLine(scope.definition, revision, scope.info.verb === 'get') }
  }
  return respond(status, objectOf(scope.definition, revision), format)
}

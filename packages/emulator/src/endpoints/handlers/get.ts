import { newBadRequest, newPlainError } from '../../apimachinery/status-error.ts'
import type { Revision } from '../../storage/storage.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseResourceVersion } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { hasWatchCache, tooLargeResourceVersion } from './resource-version.ts'
import { respondObject } from './result.ts'

export function getObject(scope: RequestScope): ApiResponse {
  const format = negotiateOutput(scope.request, { transforms: true })
  return respondObject(scope, 200, readStored(scope), format)
}

/**
 * The object that the path names.
 * @throws StatusError for a bad version, 504 for one in the future, 404
 */
export function readStored(scope: RequestScope): Revision {
  const version = parseResourceVersion(scope.query.get('resourceVersion') ?? '')
  if ('error' in version) throw badVersion(scope, `${version.error.field}: ${version.error.message}`)
  const current = scope.registry.storage.revision
  if (version.revision > current) throw tooLargeResourceVersion(version.revision, current, hasWatchCache(scope.definition))
  return scope.store.get(scope.info.namespace, scope.info.name)
}

/** Without a watch cache it is the storage that reads the version. */
const badVersion = ({ definition }: RequestScope, message: string) =>
  hasWatchCache(definition) ? newPlainError(message) : newBadRequest(`invalid resource version: ${message}`)

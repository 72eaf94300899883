import { newBadRequest, newMethodNotSupported, newResourceExpired, type StatusError } from '../../apimachinery/status-error.ts'
import type { Revision } from '../../storage/storage.ts'
import type { ApiResponse } from '../http.ts'
import { type ListMeta, listEncoder } from '../negotiation/encoding.ts'
import { jsonType, negotiateOutput, type OutputFormat } from '../negotiation/output.ts'
import { transformList } from '../negotiation/transform.ts'
import { type ListOptions, parseListOptions, parseResourceVersion } from '../options.ts'
import { respond } from '../responses.ts'
import type { RequestScope } from '../scope.ts'
import { compileSelector, everything, nameSelector, type ObjectSelector } from '../selectors.ts'
import { type ContinueToken, decodeContinue, encodeContinue } from './continue-token.ts'
import { type ListPage, listPage, withinOf } from './list-page.ts'
import { hasWatchCache, tooLargeResourceVersion } from './resource-version.ts'
import { watchCollection } from './watch.ts'

/** A GET of a collection: a list, or the watch that its options ask for. */
export function listOrWatch(scope: RequestScope, { forceWatch = false } = {}): ApiResponse {
  const format = negotiateOutput(scope.request, { transforms: true })
  const options = parseListOptions(scope.query, { forceWatch })
  const selector = selectorOf(scope, options)
  if (options.watch) {
    if (!scope.definition.verbs.has('watch')) throw newMethodNotSupported(scope.definition, 'watch')
    return watchCollection(scope, options, selector, format)
  }
  const { page, metadata } = listObjects(scope, options, selector)
  return respondList(scope, page, metadata, format)
}

/** The options' selectors; a watch on `/watch/…/NAME` is of that name alone. */
function selectorOf({ definition, info }: RequestScope, { labelSelector, fieldSelector }: ListOptions): ObjectSelector {
  if (info.legacyVerb === 'watch' && info.name !== '') {
    if (fieldSelector === '') return nameSelector(info.name)
    const given = compileSelector(definition, labelSelector, fieldSelector)
    if (given.name !== info.name) throw newBadRequest(`fieldSelector metadata.name doesn't match requested name`)
    return given
  }
  return labelSelector === '' && fieldSelector === '' ? everything : compileSelector(definition, labelSelector, fieldSelector)
}

function respondList(
  scope: RequestScope,
  page: Pick<ListPage, 'revisions' | 'encode'>,
  metadata: ListMeta,
  format: OutputFormat,
): ApiResponse {
  if (format.as !== undefined) return respond(200, transformList(scope, page.revisions, metadata, format), format)
  const body = page.encode(metadata)
  if (format.media === 'json' && !format.pretty) return { status: 200, headers: { 'content-type': jsonType }, body }
  return respond(200, JSON.parse(Buffer.from(body).toString()), format)
}

/** A list of just these. */
export const respondRevisions = (
  scope: RequestScope,
  revisions: readonly Revision[],
  metadata: ListMeta,
  format: OutputFormat,
): ApiResponse => respondList(scope, { revisions, encode: listEncoder(scope.definition, revisions) }, metadata, format)

export interface ListResult {
  page: ListPage
  metadata: ListMeta
}

/**
 * The objects that a list is for, a page of them if a limit was given.
 * @throws StatusError 400 for a bad continue token or version, 410 for one that is too old, 504 for one in the future
 */
export function listObjects(scope: RequestScope, options: ListOptions, selector: ObjectSelector): ListResult {
  const { storage } = scope.registry
  const token = options.continue === '' ? undefined : decodeContinue(options.continue)
  if (token !== undefined && options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw newBadRequest('specifying resource version is not allowed when using continue')
  }
  const { revision: current } = storage
  const refuse = (asked: number) => tooLargeResourceVersion(asked, current, isCached(scope, options, selector))
  const at = token === undefined ? revisionOf(options, current, refuse) : revisionOfToken(token, current, refuse)
  if (at !== undefined && at < storage.compactedRevision) throw expired(token)
  const revision = at ?? storage.revision
  // Version "0" may be answered from a cache, which knows no pages.
  const limit = options.resourceVersion === '0' && token === undefined ? 0 : options.limit
  const selectorText = `${options.labelSelector} ${options.fieldSelector}`
  const within = withinOf(scope)
  const start = token === undefined ? undefined : within + token.start
  const page = listPage(scope, { within, selectorText, selector, limit, at, start })
  const metadata: ListMeta = { resourceVersion: String(revision) }
  if (page.remaining > 0) {
    metadata.continue = encodeContinue({ revision, start: `${page.revisions.at(-1)!.key.slice(within.length)}\0` })
    if (selector.empty) metadata.remainingItemCount = page.remaining
  } else if (scope.definition.custom) metadata.continue = ''
  return { page, metadata }
}

type Refuse = (asked: number) => StatusError

/** A list of one name at an exact version goes past the API server's watch cache (apiserver, cacher.GetList). */
function isCached(
  { definition, info }: RequestScope,
  { resourceVersionMatch: match, limit }: ListOptions,
  { name }: ObjectSelector,
): boolean {
  if (!hasWatchCache(definition)) return false
  const ofOne = name !== undefined && (!definition.namespaced || info.namespace !== '')
  return !(ofOne && (match === 'Exact' || (match === '' && limit > 0)))
}

/** The revision that a list is to show; undefined for the newest. */
function revisionOf(
  { resourceVersion, resourceVersionMatch: match, limit }: ListOptions,
  current: number,
  refuse: Refuse,
): number | undefined {
  const parsed = parseResourceVersion(resourceVersion)
  if ('error' in parsed) throw newBadRequest(`invalid resource version: ${parsed.error.field}: ${parsed.error.message}`)
  if (parsed.revision > current) throw refuse(parsed.revision)
  if (parsed.revision === 0) return undefined
  return match === 'Exact' || (match === '' && limit > 0) ? parsed.revision : undefined
}

function revisionOfToken({ revision }: ContinueToken, current: number, refuse: Refuse): number | undefined {
  if (revision > current) throw refuse(revision)
  return revision < 0 ? undefined : revision
}

/** With a token that goes on at the newest revision, for clients that rather have an inconsistent list than none. */
function expired(token: ContinueToken | undefined): StatusError {
  if (token === undefined) return newResourceExpired('The resourceVersion for the provided list is too old.')
  const error = newResourceExpired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  error.status.metadata = { continue: encodeContinue({ revision: -1, start: token.start }) }
  return error
}

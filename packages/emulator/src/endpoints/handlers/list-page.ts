import type { Collection, Revision } from '../../storage/storage.ts'
import { type ListMeta, listEncoder, objectOf } from '../negotiation/encoding.ts'
import type { RequestScope } from '../scope.ts'
import type { ObjectSelector } from '../selectors.ts'
import { findByValue } from './value-index.ts'

/** What a list shows of a collection. */
export interface ListPage {
  readonly revisions: readonly Revision[]
  /** How many follow, whether or not the selector matches them. */
  readonly remaining: number
  /** As JSON, made when it is first wanted. */
  encode(metadata: ListMeta): Uint8Array
}

export interface PageRequest {
  /** What the keys begin with. */
  within: string
  /** What selects the same objects has the same text. */
  selectorText: string
  selector: ObjectSelector
  /** 0 for everything. */
  limit: number
  /** The revision to show; the newest if absent. */
  at?: number | undefined
  /** The first key; the very first if absent. */
  start?: string | undefined
}

/** Pages of a collection as it is, for as long as nothing in it changes. */
interface Pages {
  changedAt: number
  byRequest: Map<string, ListPage>
}

const maxPages = 16
const pagesOf = new WeakMap<Collection, Pages>()

/** What the keys of a request's collection begin with. */
export const withinOf = ({ definition, info }: RequestScope): string =>
  definition.namespaced && info.namespace !== '' ? `${info.namespace}/` : ''

/** A page of a collection. What is asked for again and again is put together once. */
export function listPage(scope: RequestScope, request: PageRequest): ListPage {
  const { definition, store } = scope
  if (request.at !== undefined || request.start !== undefined) return makePage(scope, request)
  const pages = currentPages(store.collection)
  const id = `${definition.group}/${definition.version} ${request.within} ${request.limit} ${request.selectorText}`
  const known = pages.get(id)
  if (known !== undefined) return known
  const page = makePage(scope, request)
  if (pages.size >= maxPages) pages.clear()
  pages.set(id, page)
  return page
}

function currentPages(collection: Collection): Map<string, ListPage> {
  const { changedAt } = collection
  let pages = pagesOf.get(collection)
  if (pages === undefined || pages.changedAt !== changedAt) {
    pages = { changedAt, byRequest: new Map() }
    pagesOf.set(collection, pages)
  }
  return pages.byRequest
}

function makePage({ definition, store }: RequestScope, request: PageRequest): ListPage {
  const { within, selector, limit, at, start = within } = request
  const { collection } = store
  const matches = (each: Revision) => selector.matches(objectOf(definition, each))
  const isPart = limit > 0 || request.start !== undefined
  const revisions = isPart
    ? firstMatches(collection.walk(within, start, at), limit || Number.POSITIVE_INFINITY, matches)
    : candidatesOf(collection, request).filter(matches)
  const isFull = limit > 0 && revisions.length === limit
  return {
    revisions,
    remaining: isFull && selector.name === undefined ? collection.count(within, `${revisions.at(-1)!.key}\0`, at) : 0,
    encode: listEncoder(definition, revisions),
  }
}

function candidatesOf(collection: Collection, { within, selector, at }: PageRequest): Revision[] {
  return at === undefined && selector.equalities.length > 0
    ? findByValue(collection, within, selector.equalities)
    : collection.list(within, at)
}

function firstMatches(candidates: Iterable<Revision>, limit: number, matches: (revision: Revision) => boolean): Revision[] {
  const found: Revision[] = []
  for (const each of candidates) {
    if (!matches(each)) continue
    found.push(each)
    if (found.length === limit) break
  }
  return found
}

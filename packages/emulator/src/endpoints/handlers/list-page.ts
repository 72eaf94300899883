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
  const { selector, limit } = request
  const candidates = candidatesOf(store.collection, request)
  const { revisions, seen } = selectUpTo(limit > 0 ? limit : Number.POSITIVE_INFINITY, candidates, (each) =>
    selector.matches(objectOf(definition, each)),
  )
  return {
    revisions,
    remaining: selector.name === undefined ? candidates.length - seen : 0,
    encode: listEncoder(definition, revisions),
  }
}

function candidatesOf(collection: Collection, { within, selector, limit, at, start }: PageRequest): Revision[] {
  const isWhole = limit === 0 && at === undefined && start === undefined
  if (isWhole && selector.equalities.length > 0) return findByValue(collection, within, selector.equalities)
  const listed = collection.list(within, at)
  return start === undefined ? listed : listed.filter(({ key }) => key >= start)
}

/** The first matches, and how many it took to find them. */
function selectUpTo(limit: number, candidates: readonly Revision[], matches: (revision: Revision) => boolean) {
  const revisions: Revision[] = []
  let seen = 0
  while (seen < candidates.length && revisions.length < limit) {
    const each = candidates[seen++]!
    if (matches(each)) revisions.push(each)
  }
  return { revisions, seen }
}

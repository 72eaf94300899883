import type { Collection, Revision } from '../../storage/storage.ts'
import { encodeItems, objectOf } from '../negotiation/encoding.ts'
import type { RequestScope } from '../scope.ts'
import type { ObjectSelector } from '../selectors.ts'

/** What a list shows of a collection. */
export interface ListPage {
  readonly revisions: readonly Revision[]
  /** How many follow that the selector matches too. */
  readonly remaining: number
  /** The JSON of the items, made when it is first wanted. */
  items(): Uint8Array
}

export interface PageRequest {
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

/** A page of a collection. What is asked for again and again is put together once. */
export function listPage(scope: RequestScope, request: PageRequest): ListPage {
  const { definition, info, store } = scope
  const within = definition.namespaced && info.namespace !== '' ? `${info.namespace}/` : ''
  if (request.at !== undefined || request.start !== undefined) return makePage(scope, within, request)
  const pages = currentPages(store.collection)
  const id = `${definition.group}/${definition.version} ${within} ${request.limit} ${request.selectorText}`
  const known = pages.get(id)
  if (known !== undefined) return known
  const page = makePage(scope, within, request)
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

function makePage({ definition, store }: RequestScope, within: string, { selector, limit, at, start }: PageRequest): ListPage {
  let found = store.collection.list(within, at)
  if (start !== undefined) found = found.filter(({ key }) => key >= start)
  if (!selector.empty) found = found.filter((each) => selector.matches(objectOf(definition, each)))
  const revisions = limit > 0 && found.length > limit ? found.slice(0, limit) : found
  let items: Uint8Array | undefined
  return {
    revisions,
    remaining: found.length - revisions.length,
    items() {
      items ??= encodeItems(definition, revisions)
      return items
    },
  }
}

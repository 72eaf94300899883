import type { Clock } from '../apimachinery/clock.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { Authorizer } from '../authorization/attributes.ts'
import type { Registry } from '../registry/registry.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { ResourceStore } from '../registry/store.ts'
import type { ApiRequest } from './http.ts'
import type { RequestInfo } from './request-info.ts'
import type { ApiServices } from './services.ts'

/** All that a handler of a resource request works with. */
export interface RequestScope {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly query: URLSearchParams
  readonly definition: ResourceDefinition
  readonly store: ResourceStore
  readonly registry: Registry
  readonly services: ApiServices
  readonly user: UserInfo
  readonly authorizer: Authorizer
  readonly clock: Clock
  /** Texts of Warning headers, in order, without repeats. */
  readonly warnings: Warnings
  /** Told of what the body holds, for those who watch. */
  readonly observed: { sent: SentObject | undefined }
}

/** Of the object that a request's body holds, what an audit event tells. */
export interface SentObject {
  readonly name: string | undefined
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
}

export interface Warnings {
  add(text: string): void
  readonly texts: ReadonlySet<string>
}

export function collectWarnings(): Warnings {
  const texts = new Set<string>()
  return { texts, add: (text) => void texts.add(text) }
}

/** Runes of all warnings together, and of each once that is too much: as the server's recorder cuts them. */
const mostRunes = 4096
const mostRunesOfOne = 256

/** The values of an answer's Warning headers. */
export function formatWarnings(warnings: ReadonlySet<string>): string[] {
  const texts = [...warnings]
  if (texts.reduce((sum, text) => sum + text.length, 0) <= mostRunes) return texts.map(formatWarning)
  // No more than these can be told.
  const runes = texts.slice(0, mostRunes).map((text) => [...text])
  if (runes.reduce((sum, each) => sum + each.length, 0) <= mostRunes) return texts.map(formatWarning)
  const kept: string[] = []
  let written = 0
  for (const text of runes) {
    if (written >= mostRunes) break
    const cut = text.slice(0, mostRunesOfOne)
    written += cut.length
    kept.push(formatWarning(cut.join('')))
  }
  return kept
}

/**
 * As a header's value: code 299, no agent, the text quoted (RFC 7234, section 5.5). Node writes a header's characters as bytes, so they
 * are the bytes of UTF-8.
 */
function formatWarning(text: string): string {
  const quoted = text.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f]+/g, ' ')
  return `299 - "${Buffer.from(quoted).toString('latin1')}"`
}

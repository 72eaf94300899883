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
  readonly texts: readonly string[]
}

export function collectWarnings(): Warnings {
  const texts: string[] = []
  return { texts, add: (text) => void (texts.includes(text) || texts.push(text)) }
}

/** As a header's value: code 299, no agent, the text quoted (RFC 7234, section 5.5). */
export const formatWarning = (text: string) =>
  `299 - "${text
    .replace(/[\\"]/g, '\\$&')
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .slice(0, 2000)}"`

import type { Clock } from '../../apimachinery/clock.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { RulesAuthorizer } from '../rbac/authorizer.ts'

/** A review that a client posted. */
export interface ReviewRequest {
  /** As the client sent it, with the namespace of the request, and with managedFields where the server keeps them. */
  object: KubeObject
  /** Who asks, after impersonation. */
  user: UserInfo
  /** Of the request; '' at cluster scope. */
  namespace: string
  authorizer: RulesAuthorizer
  clock: Clock
}

/**
 * Answers a review: the object with its status.
 * @throws StatusError 422 for a review that makes no sense, 400 where a namespace is missing
 */
export type Review = (request: ReviewRequest) => KubeObject

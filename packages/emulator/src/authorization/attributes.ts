import type { UserInfo } from '../authentication/user-info.ts'

/** One requirement of a selector, as authorizers and reviews see it (authorization.k8s.io/v1, KEP-4601). */
export interface SelectorRequirement {
  key: string
  operator: string
  values?: string[]
}

/** What an authorizer decides about: who does what to which resource or path. */
export interface Attributes {
  user: UserInfo
  verb: string
  resourceRequest: boolean
  group: string
  version: string
  resource: string
  subresource: string
  /** '' for cluster-scoped requests. */
  namespace: string
  name: string
  /** Of requests that are not for resources, such as `/healthz`. */
  path: string
  fieldSelector?: readonly SelectorRequirement[]
  labelSelector?: readonly SelectorRequirement[]
}

/** 'deny' ends the matter; 'noOpinion' also denies if no other authorizer allows. */
export type Verdict = 'allow' | 'deny' | 'noOpinion'

export interface Decision {
  verdict: Verdict
  /** As reviews show it, such as `RBAC: allowed by RoleBinding "x/y" of Role "y" to User "z"`. */
  reason: string
  /** What went wrong on the way, such as a missing role; never stops a decision. */
  evaluationError?: string
}

export interface Authorizer {
  authorize(attributes: Attributes): Decision
}

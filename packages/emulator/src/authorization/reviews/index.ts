import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from './access-review.ts'
import type { Review } from './review.ts'
import { selfSubjectReview, selfSubjectRulesReview } from './self-review.ts'

export type { Review } from './review.ts'

/** The resources that are answered by the authorizer rather than stored, by `group/resource`. */
export const reviews: Readonly<Record<string, Review>> = {
  'authorization.k8s.io/selfsubjectaccessreviews': selfSubjectAccessReview,
  'authorization.k8s.io/subjectaccessreviews': subjectAccessReview,
  'authorization.k8s.io/localsubjectaccessreviews': localSubjectAccessReview,
  'authorization.k8s.io/selfsubjectrulesreviews': selfSubjectRulesReview,
  'authentication.k8s.io/selfsubjectreviews': selfSubjectReview,
}

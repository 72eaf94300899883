import { formatTime } from '../../apimachinery/clock.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import type { Review } from './review.ts'

/** What may the one who asks do in this namespace? The question itself is not repeated. */
export const selfSubjectRulesReview: Review = ({ object, user, authorizer }) => {
  const namespace = object.spec?.namespace ?? ''
  if (namespace === '') throw newBadRequest('no namespace on request')
  const { resourceRules, nonResourceRules, incomplete, evaluationError } = authorizer.rulesFor(user, namespace)
  const status = { resourceRules, nonResourceRules, incomplete, ...(evaluationError === undefined ? {} : { evaluationError }) }
  return { apiVersion: object.apiVersion, kind: object.kind, metadata: {}, spec: {}, status }
}

/** Who is the one who asks? */
export const selfSubjectReview: Review = ({ object, user: { name, uid, groups, extra }, clock }) => {
  const userInfo = {
    ...(name === '' ? {} : { username: name }),
    ...(uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(Object.keys(extra).length === 0 ? {} : { extra: { ...extra } }),
  }
  const metadata = { creationTimestamp: formatTime(clock.now()) }
  return { apiVersion: object.apiVersion, kind: object.kind, metadata, status: { userInfo } }
}

import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import { authenticated } from '../../authentication/authenticator.ts'
import { anonymousUser } from '../../authentication/user-info.ts'
import type { RequestScope } from '../scope.ts'

/** Whose token it is, and for which audiences (authentication.k8s.io/v1 TokenReview). */
export async function tokenReview(scope: RequestScope, object: KubeObject): Promise<KubeObject> {
  const { token: text = '', audiences = [] } = (object['spec'] ?? {}) as { token?: string; audiences?: string[] }
  if (text === '') throw newBadRequest('token is required for TokenReview in authentication')
  const { validator, staticTokens, apiAudiences } = scope.services.tokens
  const asked = audiences.length > 0 ? audiences : apiAudiences
  // As it would be read in a header, where two spaces leave no token.
  const token = `Bearer ${text}`.trim().split(' ')[1] ?? ''
  if (token === '') return { ...object, status: statusOf(anonymousUser, asked) }
  const known = staticTokens.get(token)
  if (known !== undefined) {
    const common = apiAudiences.filter((audience) => asked.includes(audience))
    if (common.length > 0) return { ...object, status: statusOf(known, common) }
  }
  const valid = await validator.validate(token, asked)
  if (valid === undefined) return { ...object, status: { authenticated: false, user: {}, error: 'invalid bearer token' } }
  if ('error' in valid) {
    return { ...object, status: { authenticated: false, user: {}, error: `[invalid bearer token, ${valid.error}]` } }
  }
  return { ...object, status: statusOf(authenticated(valid.user), valid.audiences) }
}

function statusOf(
  { name, uid, groups, extra }: { name: string; uid: string; groups: readonly string[]; extra: object },
  audiences: readonly string[],
) {
  return { authenticated: true, user: { username: name, uid, groups, extra }, audiences }
}

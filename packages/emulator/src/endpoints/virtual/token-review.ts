import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import { authenticated } from '../../authentication/authenticator.ts'
import type { RequestScope } from '../scope.ts'

/** Whose token it is, and for which audiences (authentication.k8s.io/v1 TokenReview). */
export async function tokenReview(scope: RequestScope, object: KubeObject): Promise<KubeObject> {
  const { token = '', audiences = [] } = (object['spec'] ?? {}) as { token?: string; audiences?: string[] }
  if (token === '') throw newBadRequest('token is required for TokenReview in authentication')
  const { validator, staticTokens, apiAudiences } = scope.services.tokens
  const asked = audiences.length > 0 ? audiences : apiAudiences
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
  audiences: string[],
) {
  return { authenticated: true, user: { username: name, uid, groups, extra }, audiences }
}

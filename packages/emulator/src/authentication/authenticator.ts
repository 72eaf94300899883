import type { ApiRequest, ClientCertificate } from '../endpoints/http.ts'
import type { TokenValidator, TokenVerdict } from '../service-account/validator.ts'
import { anonymousUser, type UserInfo } from './user-info.ts'
import { protocolToken } from './web-socket-protocol.ts'

/** Tokens that are known by themselves, such as the administrator's. */
export type StaticTokens = ReadonlyMap<string, UserInfo>

export interface Authenticated {
  user: UserInfo
  /** A text for a Warning header. */
  warning?: string
}

/** Finds out who makes a request; undefined if credentials were given and are wrong. */
export type Authenticator = (request: ApiRequest) => Promise<Authenticated | undefined> | Authenticated | undefined

const extraSpace = 'the provided Authorization header contains extra space before the bearer token, and is ignored'

/** Client certificates first, then bearer tokens; without either, the anonymous user. A certificate without a name is as good as none. */
export function createAuthenticator(staticTokens: StaticTokens, validator: TokenValidator): Authenticator {
  return (request) => {
    const { clientCertificate } = request
    const isNobody = clientCertificate === 'untrusted' ? undefined : anonymous
    if (typeof clientCertificate === 'object' && clientCertificate.commonName !== '') return byCertificate(clientCertificate)
    const { authorization } = request.headers
    let token = authorization === undefined || authorization === '' ? undefined : bearerToken(authorization)
    if (token === '') return isNobody && { ...isNobody, warning: extraSpace }
    token ??= protocolToken(request.headers)
    if (token === undefined) return isNobody
    const known = staticTokens.get(token)
    if (known !== undefined) return { user: known }
    return byToken(validator, token)
  }
}

const anonymous: Authenticated = { user: anonymousUser }

const byCertificate = ({ commonName, organizations, sha256 }: ClientCertificate): Authenticated => ({
  user: authenticated({
    name: commonName,
    uid: '',
    groups: organizations,
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${sha256}`] },
  }),
})

function byToken(validator: TokenValidator, token: string): Authenticated | undefined | Promise<Authenticated | undefined> {
  const verdict = validator.validate(token, [])
  return verdict instanceof Promise ? verdict.then(asAuthenticated) : asAuthenticated(verdict)
}

const asAuthenticated = (verdict: TokenVerdict): Authenticated | undefined =>
  verdict === undefined || 'error' in verdict ? undefined : { user: authenticated(verdict.user) }

/** Everybody who is known is also in this group. */
export function authenticated(user: UserInfo): UserInfo {
  return user.groups.includes('system:authenticated') ? user : { ...user, groups: [...user.groups, 'system:authenticated'] }
}

/** The token of a Bearer header, whose scheme may be in any case; '' if spaces stand before it; undefined for other schemes. */
function bearerToken(header: string): string | undefined {
  const [scheme = '', token, ...rest] = header.trim().split(' ')
  if (scheme.toLowerCase() !== 'bearer' || token === undefined) return undefined
  if (token === '') return rest.some((part) => part !== '') ? '' : undefined
  return token
}

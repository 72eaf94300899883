import { type KeyObject, randomUUID, sign as signBytes } from 'node:crypto'
import type { Clock } from '../apimachinery/clock.ts'
import { serviceAccountUserName } from '../authentication/user-info.ts'
import type { KubernetesClaims } from './claims.ts'
import type { KeyRing } from './key-ring.ts'

/** Makes signed tokens for service accounts. */
export interface TokenIssuer {
  readonly issuer: string
  issue(request: TokenSpec): Promise<IssuedToken>
  /** The token of a `kubernetes.io/service-account-token` Secret: it never expires. */
  issueLegacy(account: { namespace: string; name: string; uid: string }, secretName: string): Promise<string>
}

export interface TokenSpec {
  account: { namespace: string; name: string; uid: string }
  audiences: string[]
  expirationSeconds: number
  /** The object with whose end the token ends. */
  bound?: Pick<KubernetesClaims, 'pod' | 'secret' | 'node'>
  /** Seconds after which using the token is worth a warning; of tokens whose life was extended. */
  warnAfterSeconds?: number
}

export interface IssuedToken {
  token: string
  /** Milliseconds since the epoch. */
  expires: number
}

export function createTokenIssuer(ring: KeyRing, clock: Clock, issuer: string): TokenIssuer {
  const sign = async (claims: Record<string, unknown>): Promise<string> => {
    const key = await ring.current()
    const content = `${encode({ alg: 'RS256', kid: key.id })}.${encode(claims)}`
    return `${content}.${(await rs256(content, key.privateKey)).toString('base64url')}`
  }
  return {
    issuer,
    async issue({ account, audiences, expirationSeconds, bound = {}, warnAfterSeconds }) {
      const now = Math.floor(clock.now() / 1000)
      const { namespace, name, uid } = account
      const token = await sign({
        aud: audiences,
        exp: now + expirationSeconds,
        iat: now,
        iss: issuer,
        jti: randomUUID(),
        'kubernetes.io': {
          namespace,
          ...(bound.node === undefined ? {} : { node: bound.node }),
          ...(bound.pod === undefined ? {} : { pod: bound.pod }),
          ...(bound.secret === undefined ? {} : { secret: bound.secret }),
          serviceaccount: { name, uid },
          ...(warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds }),
        },
        nbf: now,
        sub: serviceAccountUserName(namespace, name),
      })
      return { token, expires: (now + expirationSeconds) * 1000 }
    },
    issueLegacy: ({ namespace, name, uid }, secretName) =>
      sign({
        iss: 'kubernetes/serviceaccount',
        'kubernetes.io/serviceaccount/namespace': namespace,
        'kubernetes.io/serviceaccount/secret.name': secretName,
        'kubernetes.io/serviceaccount/service-account.name': name,
        'kubernetes.io/serviceaccount/service-account.uid': uid,
        sub: serviceAccountUserName(namespace, name),
      }),
  }
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** By Node's own signature (RFC 7518 section 3.3), on another thread: a JOSE library takes longer to load than the rest of a first token. */
function rs256(content: string, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    signBytes('RSA-SHA256', Buffer.from(content), key, (error, signature) => (error === null ? resolve(signature) : reject(error)))
  })
}

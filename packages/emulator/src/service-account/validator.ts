import type { Clock } from '../apimachinery/clock.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { serviceAccountGroups, serviceAccountUserName, type UserInfo } from '../authentication/user-info.ts'
import type { KubernetesClaims, TokenClaims } from './claims.ts'
import type { KeyRing } from './key-ring.ts'

/** What a valid token says. */
export interface ValidToken {
  user: UserInfo
  /** The audiences that it is for, of those that were asked about. */
  audiences: string[]
}

export type TokenVerdict = ValidToken | { error: string } | undefined

export interface TokenValidator {
  /**
   * @param audiences what the token must be for, one of them at least; the server's own if empty
   * @returns why the token is not valid, in the server's words; undefined if it is no token of this issuer at all
   */
  validate(token: string, audiences: readonly string[]): TokenVerdict | Promise<TokenVerdict>
}

type Lookup = (resource: { group: string; resource: string }, namespace: string, name: string) => KubeObject | undefined

export interface TokenValidatorOptions {
  ring: KeyRing
  clock: Clock
  issuer: string
  /** The audiences of the API server itself. */
  apiAudiences: readonly string[]
  lookup: Lookup
}

const maxRemembered = 4096
/** For clocks that differ. */
const leewaySeconds = 60

/** A token whose signature was found good. */
interface Verified {
  keyId: string
  claims: Record<string, unknown>
  /** Of a bound token: whose it is. */
  user: UserInfo | undefined
}

/** Verifies signatures once and remembers what they covered; all else is looked at on each use, since objects come and go. */
export function createTokenValidator({ ring, clock, issuer, apiAudiences, lookup }: TokenValidatorOptions): TokenValidator {
  const remembered = new Map<string, Verified>()

  const verify = async (token: string): Promise<Verified | undefined> => {
    const found = await verifySignature(ring, token)
    if (found === undefined) return undefined
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(token, found)
    return found
  }

  const check = (token: string, { claims, user }: Verified, audiences: readonly string[]) => {
    const wanted = audiences.length === 0 ? apiAudiences : audiences
    if (claims['iss'] === legacyIssuer) return validateLegacy(claims, token, wanted, apiAudiences, lookup)
    return validateBound(claims as unknown as TokenClaims, user, wanted, clock, lookup)
  }

  return {
    validate(token, audiences) {
      const known = remembered.get(token)
      if (known !== undefined && ring.find(known.keyId) !== undefined) return check(token, known, audiences)
      const claimed = claimsOf(token)?.['iss']
      if (claimed !== legacyIssuer && claimed !== issuer) return undefined
      return verify(token).then((verified) => (verified === undefined ? { error: 'invalid signature' } : check(token, verified, audiences)))
    },
  }
}

const legacyIssuer = 'kubernetes/serviceaccount'

async function verifySignature(ring: KeyRing, token: string): Promise<Verified | undefined> {
  try {
    // Loaded for the first token that comes.
    const { compactVerify, decodeProtectedHeader } = await import('jose')
    await ring.all()
    const { kid = '', alg } = decodeProtectedHeader(token)
    const key = ring.find(kid)
    if (key === undefined || alg !== 'RS256') return undefined
    const { payload } = await compactVerify(token, key.publicKey, { algorithms: ['RS256'] })
    const claims = JSON.parse(Buffer.from(payload).toString())
    const about: KubernetesClaims | undefined = claims['kubernetes.io']
    return { keyId: kid, claims, user: about?.serviceaccount === undefined ? undefined : userOf(about, claims.jti) }
  } catch {
    return undefined
  }
}

/** The claims of a compact JWS, not verified; undefined for anything else. */
function claimsOf(token: string): Record<string, unknown> | undefined {
  const parts = token.split('.')
  if (parts.length !== 3 || token.length > 16_384 || !parts.every((part) => /^[\w-]*$/.test(part))) return undefined
  try {
    JSON.parse(Buffer.from(parts[0]!, 'base64url').toString())
    const claims: unknown = JSON.parse(Buffer.from(parts[1]!, 'base64url').toString())
    return claims !== null && typeof claims === 'object' ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function validateBound(
  claims: TokenClaims,
  user: UserInfo | undefined,
  audiences: readonly string[],
  clock: Clock,
  lookup: Lookup,
): ValidToken | { error: string } {
  const now = clock.now() / 1000
  const given = [claims.aud ?? []].flat()
  const matching = audiences.filter((audience) => given.includes(audience))
  if (matching.length === 0)
    return { error: `token audiences ${goStrings(given)} is invalid for the target audiences ${goStrings(audiences)}` }
  if (now > claims.exp + leewaySeconds) return { error: 'service account token has expired' }
  if (now < claims.nbf - leewaySeconds) return { error: 'service account token is not valid yet' }
  const about = claims['kubernetes.io']
  if (about === undefined || user === undefined) return { error: 'service account token claims are missing' }
  const gone = missingObject(about, clock, lookup)
  if (gone !== undefined) return { error: gone }
  return { user, audiences: matching }
}

const goStrings = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`

const invalidated = 'service account token has been invalidated'

/** Why one of the objects that a token is bound to does not hold it any more, if so. */
function missingObject(
  { namespace, serviceaccount, pod, secret, node }: KubernetesClaims,
  clock: Clock,
  lookup: Lookup,
): string | undefined {
  const account = lookup({ group: '', resource: 'serviceaccounts' }, namespace, serviceaccount.name)
  if (account === undefined) return `serviceaccounts "${serviceaccount.name}" not found`
  if (account.metadata.uid !== serviceaccount.uid) {
    return `service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`
  }
  if (isGoing(account, clock)) return `service account ${namespace}/${serviceaccount.name} has been deleted`
  const bound = [
    { resource: 'secrets', of: namespace, reference: secret, what: 'secret' },
    { resource: 'pods', of: namespace, reference: pod, what: 'pod' },
    { resource: 'nodes', of: '', reference: pod === undefined ? node : undefined, what: 'node' },
  ]
  for (const { resource, of, reference, what } of bound) {
    if (reference === undefined) continue
    const object = lookup({ group: '', resource }, of, reference.name)
    if (object === undefined) return invalidated
    if (object.metadata.uid !== reference.uid) {
      return `${what} UID (${object.metadata.uid}) does not match service account ${what} ref claim (${reference.uid})`
    }
    if (isGoing(object, clock)) return invalidated
  }
  return undefined
}

/** Objects that are being deleted count as gone a minute later. */
const isGoing = ({ metadata }: KubeObject, clock: Clock) =>
  metadata.deletionTimestamp !== undefined && Date.parse(metadata.deletionTimestamp) < clock.now() - leewaySeconds * 1000

function userOf({ namespace, serviceaccount, pod, node }: KubernetesClaims, tokenId: string | undefined): UserInfo {
  const extra: Record<string, string[]> = {}
  if (tokenId) extra['authentication.kubernetes.io/credential-id'] = [`JTI=${tokenId}`]
  if (node !== undefined) {
    extra['authentication.kubernetes.io/node-name'] = [node.name]
    if (node.uid) extra['authentication.kubernetes.io/node-uid'] = [node.uid]
  }
  if (pod !== undefined) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name]
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid]
  }
  return {
    name: serviceAccountUserName(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
    extra,
  }
}

/** Tokens that live in Secrets are as good as their Secret and account. */
function validateLegacy(
  claims: Record<string, unknown>,
  token: string,
  audiences: readonly string[],
  apiAudiences: readonly string[],
  lookup: Lookup,
): ValidToken | { error: string } {
  const claim = (name: string) => String(claims[`kubernetes.io/serviceaccount/${name}`] ?? '')
  const [namespace, secretName, name, uid] = [
    claim('namespace'),
    claim('secret.name'),
    claim('service-account.name'),
    claim('service-account.uid'),
  ]
  const matching = apiAudiences.filter((audience) => audiences.includes(audience))
  if (matching.length === 0) {
    return { error: `token audiences ${goStrings(apiAudiences)} is invalid for the target audiences ${goStrings(audiences)}` }
  }
  const secret = lookup({ group: '', resource: 'secrets' }, namespace, secretName)
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return { error: 'Token has been invalidated' }
  if (secret['data']?.token !== Buffer.from(token).toString('base64')) return { error: "Token does not match server's copy" }
  const account = lookup({ group: '', resource: 'serviceaccounts' }, namespace, name)
  if (account === undefined) return { error: `serviceaccounts "${name}" not found` }
  if (account.metadata.deletionTimestamp !== undefined) return { error: `ServiceAccount ${namespace}/${name} has been deleted` }
  if (account.metadata.uid !== uid) return { error: `ServiceAccount UID (${account.metadata.uid}) does not match claim (${uid})` }
  const user = {
    name: serviceAccountUserName(namespace, name),
    uid,
    groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
    extra: {},
  }
  return { user, audiences: matching }
}

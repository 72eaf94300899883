import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'

/** A JSON Web Key of RSA (RFC 7517), as the server publishes it. */
export interface PublicKey {
  kid: string
  n: string
  e: string
}

/** What an attacker knows: a token of their own, and the keys that the server publishes. */
export interface Known {
  token: string
  /** JSON Web Keys. */
  keys: readonly PublicKey[]
}

const encode = (part: string | Uint8Array) => Buffer.from(part).toString('base64url')

/** JSON as it is written, so that names may come twice. */
type Members = readonly (readonly [name: string, value: unknown])[]
const write = (members: Members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`

/** Tokens that nobody of the server's has signed. */
export function forgeries({ token, keys }: Known): fc.Arbitrary<string> {
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const claims = Object.entries(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object)
  const original = Object.entries(JSON.parse(Buffer.from(header, 'base64url').toString()) as object)
  const signers = createSigners(keys)
  const head = fc
    .tuple(fc.subarray(original), fc.array(headerMember(keys), { maxLength: 4 }))
    .map(([some, more]) => write([...some, ...more]))
  const body = fc.oneof(
    { weight: 6, arbitrary: fc.array(claim, { maxLength: 4 }).map((more) => write([...claims, ...more])) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.subarray(claims), fc.array(claim, { maxLength: 3 })).map(([some, more]) => write([...more, ...some])),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        'null',
        '[]',
        '0',
        '"x"',
        '{',
        '{"iss":',
        '{}}',
        '\ufeff{}',
        '['.repeat(5000),
        `{"a":"${'x'.repeat(5000)}"}`,
      ),
    },
  )
  const made = fc
    .tuple(head, body, fc.constantFrom(...signers))
    .map(([first, second, signer]) => `${encode(first)}.${encode(second)}.${signer(`${encode(first)}.${encode(second)}`)}`)
  const changed = fc
    .tuple(fc.nat(), fc.constantFrom(...'Aa0_-.= +/~\xff'), fc.boolean())
    .map(
      ([at, character, insert]) => `${token.slice(0, at % token.length)}${character}${token.slice((at % token.length) + (insert ? 0 : 1))}`,
    )
  const recombined = fc.constantFrom(
    `${encode('{"alg":"none"}')}.${payload}.`,
    `${encode('{"alg":"none"}')}.${payload}.${signature}`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `.${payload}.${signature}`,
    `${header}..${signature}`,
    `${header}.${payload}.${signature}.${signature}.${signature}`,
    `${header}.${payload}.${signature}`.toUpperCase(),
    `..`,
    '.',
    'x'.repeat(100_000),
    `${header}.${'A'.repeat(60_000)}.${signature}`,
    `${header}.${payload}.${'A'.repeat(60_000)}`,
    '__proto__',
    'constructor',
  )
  return fc
    .oneof({ weight: 6, arbitrary: made }, { weight: 3, arbitrary: changed }, { weight: 1, arbitrary: recombined })
    .filter((forged) => !isSame(forged, token))
}

/** Base64 has several spellings of the same bytes. */
function isSame(one: string, other: string): boolean {
  const bytes = (token: string) =>
    token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('hex'))
      .join('.')
  return bytes(one) === bytes(other)
}

const ownKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ownCurve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function headerMember(keys: Known['keys']): fc.Arbitrary<readonly [string, unknown]> {
  const own = ownKey.publicKey.export({ format: 'jwk' })
  return fc.oneof(
    fc.tuple(
      fc.constant('alg'),
      fc.constantFrom(
        'none',
        'None',
        'NONE',
        'HS256',
        'HS512',
        'RS256',
        'rs256',
        'RS512',
        'PS256',
        'ES256',
        'EdDSA',
        '',
        null,
        1,
        ['RS256'],
        'dir',
        'RSA1_5',
      ),
    ),
    fc.tuple(
      fc.constant('kid'),
      fc.constantFrom(
        ...keys.map(({ kid }) => kid),
        '',
        '..',
        '../../../dev/null',
        '__proto__',
        'constructor',
        'toString',
        null,
        0,
        [],
        {},
        'x'.repeat(5000),
        "' OR 1=1",
        '\0',
      ),
    ),
    fc.tuple(fc.constantFrom('jwk', 'epk'), fc.constantFrom<unknown>(own, keys[0], {}, null, 'x')),
    fc.tuple(fc.constantFrom('jku', 'x5u', 'iss'), fc.constantFrom('https://127.0.0.1:1/keys', 'file:///etc/passwd', 'data:,{}', '')),
    fc.tuple(fc.constantFrom('x5c', 'x5t', 'x5t#S256'), fc.constantFrom<unknown>(['AAAA'], 'x', [], [null])),
    fc.tuple(fc.constant('crit'), fc.constantFrom<unknown>(['b64'], ['exp'], [], 'x', [null], ['alg'])),
    fc.tuple(
      fc.constantFrom('b64', 'zip', 'enc', 'typ', 'cty', '__proto__'),
      fc.constantFrom<unknown>(false, true, 'DEF', 'A256GCM', 'JWT', 'at+jwt', { alg: 'none' }, null),
    ),
  )
}

const somebody = {
  namespace: 'kube-system',
  serviceaccount: { name: 'default', uid: '00000000-0000-0000-0000-000000000000' },
}
const claim: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  fc.tuple(
    fc.constant('sub'),
    fc.constantFrom<unknown>('system:admin', 'system:serviceaccount:kube-system:default', 'system:masters', '', null, []),
  ),
  fc.tuple(
    fc.constant('aud'),
    fc.constantFrom<unknown>('x', [], '', null, ['https://kubernetes.default.svc'], {}, 'https://kubernetes.default.svc.cluster.local'),
  ),
  fc.tuple(
    fc.constant('iss'),
    fc.constantFrom<unknown>(
      'x',
      '',
      null,
      'kubernetes/serviceaccount',
      ['https://kubernetes.default.svc.cluster.local'],
      'https://kubernetes.default.svc.cluster.local',
    ),
  ),
  fc.tuple(fc.constantFrom('exp', 'nbf', 'iat'), fc.constantFrom<unknown>(0, -1, 1e308, 4e9, '4000000000', null, [], 1.5)),
  fc.tuple(
    fc.constant('kubernetes.io'),
    fc.constantFrom<unknown>(
      somebody,
      {},
      null,
      [],
      'x',
      { namespace: '__proto__', serviceaccount: { name: 'constructor', uid: 'x' } },
      { ...somebody, pod: null },
    ),
  ),
  fc.tuple(
    fc.constantFrom(
      'kubernetes.io/serviceaccount/namespace',
      'kubernetes.io/serviceaccount/secret.name',
      'kubernetes.io/serviceaccount/service-account.name',
    ),
    fc.constantFrom<unknown>('kube-system', 'default', '../x', {}, null),
  ),
  fc.tuple(
    fc.constantFrom('groups', '__proto__', 'jti', 'roles'),
    fc.constantFrom<unknown>(['system:masters'], { groups: ['system:masters'] }, 'system:masters', null),
  ),
)

type Signer = (text: string) => string

/** With keys that are the attacker's own, or with what is public used as if it were a secret. */
function createSigners(keys: Known['keys']): Signer[] {
  const hmac = (secret: string | Buffer) => (text: string) => createHmac('sha256', secret).update(text).digest('base64url')
  const byKey = (hash: string | null, key: KeyObject) => (text: string) => encode(sign(hash, Buffer.from(text), key))
  const secrets = keys.flatMap((jwk) => {
    const key = createPublicKey({ key: jwk as never, format: 'jwk' })
    return [
      key.export({ type: 'spki', format: 'pem' }) as string,
      key.export({ type: 'spki', format: 'der' }),
      JSON.stringify(jwk),
      jwk.n,
      jwk.kid,
    ]
  })
  return [
    () => '',
    () => encode(Buffer.alloc(256)),
    () => encode(Buffer.alloc(256, 0xff)),
    () => encode(Buffer.alloc(1)),
    () => '=',
    hmac(''),
    ...secrets.map(hmac),
    byKey('sha256', ownKey.privateKey),
    byKey('sha256', ownCurve.privateKey),
  ]
}

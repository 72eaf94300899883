import type { SigningKey } from './signing-key.ts'

/** The keys of one issuer: the newest signs, all of them verify. */
export interface KeyRing {
  /** The key that signs. */
  current(): Promise<SigningKey>
  find(id: string): SigningKey | undefined
  all(): Promise<readonly SigningKey[]>
  /** From now on `key` signs; older keys go on verifying until they are retired. */
  rotate(key: SigningKey): Promise<void>
  /** Tokens of this key are no longer valid. The key that signs stays. */
  retire(id: string): void
}

/** @param first made or read when a key is first needed */
export function createKeyRing(first: () => Promise<SigningKey>): KeyRing {
  let keys: SigningKey[] | undefined
  let pending: Promise<SigningKey[]> | undefined
  const load = () => {
    pending ??= first().then((key) => {
      keys = [key]
      return keys
    })
    return pending
  }
  return {
    current: async () => (keys ?? (await load()))[0]!,
    find: (id) => keys?.find((key) => key.id === id),
    all: async () => keys ?? (await load()),
    async rotate(key) {
      keys = [key, ...(keys ?? (await load()))]
    },
    retire(id) {
      if (keys === undefined || keys[0]!.id === id) return
      keys = keys.filter((key) => key.id !== id)
    },
  }
}

/** A public key as a JSON Web Key (RFC 7517). */
interface JsonWebKey {
  use: 'sig'
  kty: 'RSA'
  kid: string
  alg: 'RS256'
  n: string
  e: string
}

/** The public keys as a JSON Web Key Set has them (RFC 7517), in the API server's order of fields. */
export async function jsonWebKeySet(ring: KeyRing): Promise<{ keys: JsonWebKey[] }> {
  const keys = await ring.all()
  return {
    keys: keys.map(({ id, publicKey }) => {
      const { n, e } = publicKey.export({ format: 'jwk' }) as { n: string; e: string }
      return { use: 'sig', kty: 'RSA', kid: id, alg: 'RS256', n, e }
    }),
  }
}

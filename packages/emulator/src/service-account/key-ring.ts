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

export interface KeySource {
  /** Called when a key is first needed; the first one signs. */
  load(): Promise<readonly SigningKey[]>
  /** Told when there are others. */
  keep?(keys: readonly SigningKey[]): void
  /** Tells of keys that others have brought. */
  follow?(listener: (keys: readonly SigningKey[]) => void): void
}

export function createKeyRing({ load: loadFrom, keep = () => {}, follow }: KeySource): KeyRing {
  let keys: readonly SigningKey[] | undefined
  let pending: Promise<readonly SigningKey[]> | undefined
  const load = () => {
    pending ??= loadFrom().then((loaded) => {
      keys = loaded
      return loaded
    })
    return pending
  }
  follow?.((others) => {
    keys = others
  })
  return {
    current: async () => (keys ?? (await load()))[0]!,
    find: (id) => keys?.find((key) => key.id === id),
    all: async () => keys ?? (await load()),
    async rotate(key) {
      const all = [key, ...(keys ?? (await load()))]
      keep(all)
      keys = all
    },
    retire(id) {
      if (keys === undefined || keys[0]!.id === id) return
      const left = keys.filter((key) => key.id !== id)
      keep(left)
      keys = left
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

// What makes a server the same to its clients when it is started again, or elsewhere.
import { createHash, randomBytes } from 'node:crypto'
import type { KubeObject } from './apimachinery/object.ts'
import { EmulatorError } from './errors.ts'
import type { KeptCertificates } from './pki/authority.ts'
import type { ClientAuthorityMaterial } from './pki/client-signer.ts'
import type { ServingMaterial } from './pki/serving.ts'
import type { Refounder } from './refounding.ts'
import type { KeySource } from './service-account/key-ring.ts'
import { formatSigningKey, generateSigningKey, readSigningKey, type SigningKey } from './service-account/signing-key.ts'
import type { Storage } from './storage/storage.ts'

/** A cluster that outlives the process. */
export interface KeptCluster {
  readonly storage: Storage
  readonly certificates: KeptCertificates
  readonly keySource: KeySource
  readonly adminToken: string
  /** Where other servers are of the same cluster. */
  readonly peers?: Peers
  /** Whether an earlier run applied this very manifest; notes it. */
  isApplied(path: string, manifest: KubeObject): boolean
  /** From now on each write is kept before it is answered. */
  settle(): void | Promise<void>
  close(): Promise<void>
}

/** Other servers of the same cluster. */
export interface Peers {
  /** Whether there are any. */
  readonly present: boolean
  /** Tells that changes have been lost: whoever follows them has to begin anew. */
  onLost(listener: () => void): void
  /** Who makes again what is missing once the storage has lost what it had. */
  onRewound(refounder: Refounder): void
  /** Tells that a server has gone, perhaps in the middle of its work. */
  onGone(listener: () => void): void
}

const KEYS_VERSION = 1

/** The secrets of a cluster. */
export interface Keys {
  version: number
  adminToken: string
  /** The newest first; PKCS #8. */
  signingKeys: { id: string; key: string }[]
  serving?: ServingMaterial
  clientAuthority?: ClientAuthorityMaterial
}

// Hexadecimal: base64url may begin with a dash, and `--token -x` is refused by option parsers.
export const newKeys = (): Keys => ({ version: KEYS_VERSION, adminToken: randomBytes(24).toString('hex'), signingKeys: [] })

/**
 * Reads what `JSON.stringify` made of keys; undefined if it is something else.
 * @param where to name in the error
 * @throws EmulatorError ERR_DATA_VERSION
 */
export function parseKeys(text: string, where: string): Keys | undefined {
  const found = parseObject(text) as Partial<Keys> | undefined
  if (found?.version !== undefined && found.version !== KEYS_VERSION) {
    const hint = 'A newer inpod has written it: use that one, or another folder or prefix.'
    throw new EmulatorError('ERR_DATA_VERSION', `${where} is of version ${found.version}; this inpod knows version ${KEYS_VERSION}`, {
      hint,
    })
  }
  return typeof found?.adminToken === 'string' && Array.isArray(found.signingKeys) ? (found as Keys) : undefined
}

export interface KeptKeys extends Pick<KeptCluster, 'adminToken' | 'certificates' | 'keySource'> {
  /** Has them kept again. */
  putBack(): void
  /** Others have changed them. */
  follow(keys: Keys): void
}

/** @param keep stores a change, and gives what there is then */
export function keptKeys(found: Keys, keep: (part: Partial<Keys>, before: Keys) => Keys): KeptKeys {
  let keys = found
  const change = (part: Partial<Keys>) => {
    keys = keep(part, keys)
  }
  const keepSigning = (all: readonly SigningKey[]) =>
    change({ signingKeys: all.map((key) => ({ id: key.id, key: formatSigningKey(key) })) })
  const read = () => keys.signingKeys.map(({ id, key }) => readSigningKey(id, key))
  let loaded: Promise<readonly SigningKey[]> | undefined
  let listener: ((all: readonly SigningKey[]) => void) | undefined
  const load = async () => {
    if (keys.signingKeys.length > 0) return read()
    const made = [await generateSigningKey()]
    keepSigning(made)
    return made
  }
  return {
    adminToken: keys.adminToken,
    certificates: {
      get serving() {
        return keys.serving
      },
      get clientAuthority() {
        return keys.clientAuthority
      },
      keep: change,
    },
    keySource: {
      load() {
        loaded ??= load()
        return loaded
      },
      keep: keepSigning,
      follow(given) {
        listener = given
      },
    },
    putBack: () => change({}),
    follow(next) {
      const same = JSON.stringify(next.signingKeys) === JSON.stringify(keys.signingKeys)
      keys = next
      if (!same) listener?.(read())
    },
  }
}

/** Which manifests have been applied: their hashes, by the path of their object. Without these, they are applied once more. */
export function appliedManifests(text: string | undefined) {
  const known = (text === undefined ? undefined : (parseObject(text) as Record<string, string> | undefined)) ?? {}
  const now = { ...known }
  return {
    isApplied(object: string, manifest: KubeObject): boolean {
      now[object] = createHash('sha256').update(JSON.stringify(manifest)).digest('base64url')
      return known[object] === now[object]
    },
    /** To be kept; undefined if nothing is new. */
    changed: () => (Object.entries(now).some(([object, hash]) => known[object] !== hash) ? JSON.stringify(now) : undefined),
  }
}

function parseObject(text: string): object | undefined {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}

import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { defaultCacheFolder, readPrivateFile, writePrivateFile } from '../pki/private-files.ts'

/** A key that signs service account tokens: RSA, as kubeadm makes it. */
export interface SigningKey {
  /** The JWKS key id, derived from the public key as the API server derives it. */
  readonly id: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const MODULUS_BITS = 2048
const FILE = 'token-signing-v1.json'

/** Takes tens of milliseconds, on another thread. */
export async function generateSigningKey(): Promise<SigningKey> {
  const privateKey = await new Promise<KeyObject>((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: MODULUS_BITS }, (error, _publicKey, made) => (error === null ? resolve(made) : reject(error)))
  })
  return signingKeyOf(privateKey)
}

/** @param pem PKCS #8 */
export function readSigningKey(id: string, pem: string): SigningKey {
  const privateKey = createPrivateKey(pem)
  return { id, privateKey, publicKey: createPublicKey(privateKey) }
}

export const formatSigningKey = ({ privateKey }: SigningKey): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** The key that an earlier run kept in `folder`, or a new one, which is kept for the next. */
export async function keptSigningKey(folder: string): Promise<SigningKey> {
  const file = join(folder, FILE)
  const kept = readKept(file)
  if (kept !== undefined) return kept
  const made = await generateSigningKey()
  writePrivateFile(file, JSON.stringify({ id: made.id, key: formatSigningKey(made) }))
  return made
}

let shared: Promise<SigningKey> | undefined

/** Of emulators that keep no keys of their own. */
export const sharedKeySource = { load: async () => [await sharedSigningKey()] }

/**
 * One key for all emulators of a process, kept in the user's cache folder since making it takes as long as the rest of a start. A token
 * of one emulator is nothing to another: the accounts' uids differ.
 */
export function sharedSigningKey(): Promise<SigningKey> {
  shared ??= keptSigningKey(defaultCacheFolder())
  return shared
}

function readKept(file: string): SigningKey | undefined {
  const text = readPrivateFile(file)
  if (text === undefined) return undefined
  try {
    const { id, key } = JSON.parse(text)
    const privateKey = createPrivateKey(key)
    const isUsable = privateKey.asymmetricKeyType === 'rsa' && privateKey.asymmetricKeyDetails?.modulusLength === MODULUS_BITS
    return isUsable && typeof id === 'string' && id !== '' ? { id, privateKey, publicKey: createPublicKey(privateKey) } : undefined
  } catch {
    return undefined
  }
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey)
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  return { id, privateKey, publicKey }
}

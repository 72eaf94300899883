import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** A key that signs service account tokens: RSA, as kubeadm makes it. */
export interface SigningKey {
  /** The JWKS key id, derived from the public key as the API server derives it. */
  readonly id: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const generate = promisify(generateKeyPair)

/** Takes tens of milliseconds, on another thread. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return signingKeyOf(privateKey)
}

let shared: Promise<SigningKey> | undefined

/**
 * One key for all emulators of a process, made when the first needs it. A token of one is nothing to another: the accounts' uids differ.
 */
export function sharedSigningKey(): Promise<SigningKey> {
  shared ??= generateSigningKey()
  return shared
}

/** @param pem PKCS#8 */
export const importSigningKey = (pem: string): SigningKey => signingKeyOf(createPrivateKey(pem))

export const exportSigningKey = ({ privateKey }: SigningKey): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey)
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  return { id, privateKey, publicKey }
}

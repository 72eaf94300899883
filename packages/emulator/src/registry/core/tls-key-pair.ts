/** What is wrong with a certificate and its key, in the words of Go's crypto/tls (X509KeyPair). */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'

const blockPattern = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n[A-Za-z0-9+/=\s:,-]*?-----END \1-----/g

const blocksOf = (pem: string) => [...pem.matchAll(blockPattern)].map(([text, type]) => ({ text, type: type as string }))
const isKeyType = (type: string) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')
const list = (types: readonly string[]) => `[${types.join(' ')}]`

/** One text at most: the first thing that keeps the two from being used. */
export function keyPairWarnings(certificate: string, key: string): string[] {
  const failure = certificateFailure(certificate) ?? keyFailure(key) ?? mismatch(certificate, key)
  return failure === undefined ? [] : [`tls: ${failure}`]
}

function certificateFailure(pem: string): string | undefined {
  const blocks = blocksOf(pem)
  const skipped = blocks.map(({ type }) => type).filter((type) => type !== 'CERTIFICATE')
  if (blocks.length > skipped.length) return undefined
  if (skipped.length === 0) return 'failed to find any PEM data in certificate input'
  if (skipped.length === 1 && skipped[0]!.endsWith('PRIVATE KEY')) {
    const hint = 'but did find a private key; PEM inputs may have been switched'
    return `failed to find certificate PEM data in certificate input, ${hint}`
  }
  return `failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${list(skipped)}`
}

function keyFailure(pem: string): string | undefined {
  const types = blocksOf(pem).map(({ type }) => type)
  if (types.some(isKeyType)) return undefined
  if (types.length === 0) return 'failed to find any PEM data in key input'
  if (types.length === 1 && types[0] === 'CERTIFICATE') return 'found a certificate rather than a key in the PEM for the private key'
  return `failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${list(types)}`
}

function mismatch(certificate: string, key: string): string | undefined {
  const first = blocksOf(certificate).find(({ type }) => type === 'CERTIFICATE')!.text
  const ofKey = read(() => createPublicKey(createPrivateKey(blocksOf(key).find(({ type }) => isKeyType(type))!.text)))
  const ofCertificate = read(() => new X509Certificate(first).publicKey)
  if (ofKey === undefined || ofCertificate === undefined) return ofCertificate === undefined ? undefined : 'failed to parse private key'
  if (ofKey.asymmetricKeyType !== ofCertificate.asymmetricKeyType) return 'private key type does not match public key type'
  return ofKey.equals(ofCertificate) ? undefined : 'private key does not match public key'
}

function read(make: () => KeyObject): KeyObject | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

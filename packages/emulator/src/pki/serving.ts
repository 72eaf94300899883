import { createHash, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { generate } from 'selfsigned'

/** PEM texts: the CA's certificate, the leaf and the leaf's PKCS #8 key. */
export interface ServingMaterial {
  ca: string
  cert: string
  key: string
}

export interface ServingRequest {
  names: string[]
  addresses: string[]
  now: Date
}

const DAY_MS = 86_400_000
const LIFETIME_MS = 365 * DAY_MS
/** Certificates begin in the past, for clients whose clock is behind, and for a clock that is put back. */
const BACKDATE_MS = 2 * DAY_MS

const KEYS = { algorithm: 'sha256', keyType: 'ec', curve: 'P-256' } as const
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' }

/** Makes a CA and a leaf signed by it, valid for a year. The CA's key is dropped. */
export async function createServingMaterial({ names, addresses, now }: ServingRequest): Promise<ServingMaterial> {
  const dates = { notBeforeDate: new Date(now.getTime() - BACKDATE_MS), notAfterDate: new Date(now.getTime() + LIFETIME_MS) }
  const ca = await generate([{ name: 'commonName', value: `inpod-ca@${Math.floor(now.getTime() / 1000)}` }], {
    ...KEYS,
    ...dates,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  })
  const caKey = await importKey(ca.private)
  const issuer = await reissue(ca.cert, caKey)
  const leaf = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...KEYS,
    ...dates,
    ca: { key: ca.private, cert: issuer.toString('pem') },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2 as const, value })), ...addresses.map((ip) => ({ type: 7 as const, ip }))],
      },
    ],
  })
  const serving = await reissue(leaf.cert, caKey, issuer)
  return { ca: pem(issuer), cert: pem(serving), key: withNewline(leaf.private) }
}

/** The same certificate once more, with the key identifiers that selfsigned has no way to add. */
async function reissue(text: string, signingKey: CryptoKey, issuer?: x509.X509Certificate): Promise<x509.X509Certificate> {
  const certificate = new x509.X509Certificate(text)
  const subjectKey = keyIdentifier(certificate.publicKey)
  const authorityKey = issuer ? keyIdentifier(issuer.publicKey) : subjectKey
  return x509.X509CertificateGenerator.create({
    serialNumber: certificate.serialNumber,
    subject: certificate.subjectName,
    issuer: (issuer ?? certificate).subjectName,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    publicKey: certificate.publicKey,
    signingAlgorithm: SIGNING,
    signingKey,
    extensions: [
      ...certificate.extensions,
      new x509.SubjectKeyIdentifierExtension(subjectKey),
      new x509.AuthorityKeyIdentifierExtension(authorityKey),
    ],
  })
}

/** RFC 5280 section 4.2.1.2, method 1: SHA-1 of the public key's bits, which for P-256 are the last 65 bytes of the SPKI. */
function keyIdentifier(key: x509.PublicKey): string {
  const point = Buffer.from(key.rawData).subarray(-65)
  return createHash('sha1').update(point).digest('hex')
}

function importKey(text: string): Promise<CryptoKey> {
  const der = x509.PemConverter.decodeFirst(text)
  return webcrypto.subtle.importKey('pkcs8', der, EC, false, ['sign'])
}

function pem(certificate: x509.X509Certificate): string {
  return withNewline(certificate.toString('pem'))
}

function withNewline(text: string): string {
  return `${text.replaceAll('\r\n', '\n').trimEnd()}\n`
}

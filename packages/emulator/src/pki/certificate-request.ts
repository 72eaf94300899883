import { webcrypto } from 'node:crypto'
import { cryptoProvider, Name, PemConverter, Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from '@peculiar/x509'

/** The organizations that a PKCS #10 request names in its subject; none where it cannot be read. */
export function organizationsOf(pem: string): string[] {
  try {
    return new Pkcs10CertificateRequest(pem).subjectName.getField('O')
  } catch {
    return []
  }
}

/** A new key (PKCS #8), and a PKCS #10 request for a certificate of it that names a user and the user's groups; PEM. */
export async function createCertificateRequest({
  user,
  groups,
}: {
  user: string
  groups: string[]
}): Promise<{ csr: string; key: string }> {
  cryptoProvider.set(webcrypto as Crypto)
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const typed = (utf8String: string) => [{ utf8String }]
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: new Name([...groups.map((group) => ({ O: typed(group) })), { CN: typed(user) }]),
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { csr: `${request.toString('pem')}\n`, key: `${key}\n` }
}

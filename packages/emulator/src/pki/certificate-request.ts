import { Pkcs10CertificateRequest } from '@peculiar/x509'

/** The organizations that a PKCS #10 request names in its subject; none where it cannot be read. */
export function organizationsOf(pem: string): string[] {
  try {
    return new Pkcs10CertificateRequest(pem).subjectName.getField('O')
  } catch {
    return []
  }
}

import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { EmulatorError } from '../errors.ts'

/** Key usages by the names that CertificateSigningRequests use (certificates.k8s.io/v1, KeyUsage). */
const KEY_USAGES: Record<string, number> = {
  'digital signature': x509.KeyUsageFlags.digitalSignature,
  signing: x509.KeyUsageFlags.digitalSignature,
  'content commitment': x509.KeyUsageFlags.nonRepudiation,
  'key encipherment': x509.KeyUsageFlags.keyEncipherment,
  'data encipherment': x509.KeyUsageFlags.dataEncipherment,
  'key agreement': x509.KeyUsageFlags.keyAgreement,
  'cert sign': x509.KeyUsageFlags.keyCertSign,
  'crl sign': x509.KeyUsageFlags.cRLSign,
  'encipher only': x509.KeyUsageFlags.encipherOnly,
  'decipher only': x509.KeyUsageFlags.decipherOnly,
}

const EXTENDED_KEY_USAGES: Record<string, string> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
}

const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' }
const YEAR_MS = 365 * 86_400_000
/** As kube-controller-manager's signer: certificates begin five minutes in the past. */
const BACKDATE_MS = 300_000
/** For a clock that is put back. */
const CA_BACKDATE_MS = 2 * 86_400_000

export interface ClientCertificateRequest {
  /** The user's name: commonName. */
  user: string
  /** The user's groups: one organization each. */
  groups?: string[]
  notAfter?: Date
}

export interface SigningOptions {
  /** As in a CertificateSigningRequest's `spec.usages`. */
  usages: string[]
  notAfter: Date
}

export interface ClientSigner {
  /** PEM, to verify client certificates with. */
  caCertificate: string
  /** A certificate and its PKCS #8 key, PEM, for authentication as a user. */
  issueClientCertificate(request: ClientCertificateRequest): Promise<{ cert: string; key: string }>
  /**
   * Signs a PKCS #10 request: subject, key and alternative names are the request's, everything else is not. PEM.
   * @throws EmulatorError ERR_CERTIFICATE_REQUEST when it cannot be read or its signature is wrong
   */
  signCertificateRequest(csr: string, options: SigningOptions): Promise<string>
}

/** An authority's certificate and its key (PKCS #8), PEM. */
export interface ClientAuthorityMaterial {
  cert: string
  key: string
}

export interface ClientSignerOptions {
  now?: () => Date
  /** What {@link keep} was given in an earlier run. */
  kept?: ClientAuthorityMaterial | undefined
  /** Told of a new authority. Without it, the key never leaves memory. */
  keep?: ((made: ClientAuthorityMaterial) => void) | undefined
}

/** An authority for client certificates. */
export async function createClientSigner({ now = () => new Date(), kept, keep }: ClientSignerOptions = {}): Promise<ClientSigner> {
  x509.cryptoProvider.set(webcrypto as Crypto)
  const { ca, keys } = kept === undefined ? await makeAuthority(now().getTime()) : await readAuthority(kept)
  if (kept === undefined && keep !== undefined) keep({ cert: pem(ca.toString('pem')), key: await exportKey(keys.privateKey) })

  const sign = async (subject: x509.Name, publicKey: x509.PublicKeyType, options: SigningOptions, names?: x509.Extension) => {
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: ca.subjectName,
      notBefore: new Date(now().getTime() - BACKDATE_MS),
      notAfter: new Date(Math.min(options.notAfter.getTime(), ca.notAfter.getTime())),
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: SIGNING,
      extensions: [
        ...usageExtensions(options.usages),
        new x509.BasicConstraintsExtension(false, undefined, true),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...(names ? [names] : []),
      ],
    })
    return pem(certificate.toString('pem'))
  }

  return {
    caCertificate: pem(ca.toString('pem')),
    async issueClientCertificate({ user, groups = [], notAfter }) {
      const own = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])
      // Typed values: plain strings would be read as RFC 4514 text, with quotes and escapes.
      const typed = (utf8String: string) => [{ utf8String }]
      const subject = new x509.Name([...groups.map((group) => ({ O: typed(group) })), { CN: typed(user) }])
      const usages = ['digital signature', 'client auth']
      const cert = await sign(subject, own.publicKey, { usages, notAfter: notAfter ?? new Date(now().getTime() + YEAR_MS) })
      return { cert, key: await exportKey(own.privateKey) }
    },
    async signCertificateRequest(csr, options) {
      const request = await readRequest(csr)
      const names = request.getExtension('2.5.29.17') ?? undefined
      return sign(request.subjectName, request.publicKey, options, names)
    },
  }
}

async function makeAuthority(started: number) {
  const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=inpod-client-ca@${Math.floor(started / 1000)}`,
    notBefore: new Date(started - CA_BACKDATE_MS),
    notAfter: new Date(started + 10 * YEAR_MS),
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { ca, keys }
}

async function readAuthority({ cert, key }: ClientAuthorityMaterial) {
  const ca = new x509.X509Certificate(cert)
  const privateKey = await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), EC, false, ['sign'])
  return { ca, keys: { privateKey, publicKey: await ca.publicKey.export(EC, ['verify']) } }
}

async function exportKey(key: CryptoKey): Promise<string> {
  return pem(x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY'))
}

async function readRequest(csr: string): Promise<x509.Pkcs10CertificateRequest> {
  let request: x509.Pkcs10CertificateRequest
  try {
    request = new x509.Pkcs10CertificateRequest(csr)
  } catch (cause) {
    throw new EmulatorError('ERR_CERTIFICATE_REQUEST', 'the certificate request cannot be read', { cause })
  }
  if (!(await request.verify().catch(() => false))) {
    throw new EmulatorError('ERR_CERTIFICATE_REQUEST', "the certificate request is not signed by its own key's owner")
  }
  return request
}

function usageExtensions(usages: string[]): x509.Extension[] {
  const flags = usages.reduce((sum, usage) => sum | (KEY_USAGES[usage] ?? 0), 0)
  const extended = usages.flatMap((usage) => EXTENDED_KEY_USAGES[usage] ?? [])
  return [
    ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
    ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
  ]
}

function pem(text: string): string {
  return `${text.replaceAll('\r\n', '\n').trimEnd()}\n`
}

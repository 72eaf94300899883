import { isSound, readCache, writeCache } from './cache.ts'
import type { ClientAuthorityMaterial, ClientSigner } from './client-signer.ts'
import { defaultCacheFolder } from './private-files.ts'
import type { ServingMaterial } from './serving.ts'

export interface CertificateAuthorityOptions {
  /** DNS names to serve besides {@link SERVING_NAMES}. */
  names?: string[]
  /** IP addresses to serve besides {@link SERVING_ADDRESSES}. */
  addresses?: string[]
  /**
   * Folder that keeps certificates between runs, `false` for none; `inpod/pki` in the user's cache folder when undefined. Only the
   * usual names are kept there: with other `names` or `addresses` everything is made afresh.
   */
  cacheFolder?: string | false
  /** Instead: what an earlier run of this very server kept, and where to keep what is new. */
  kept?: KeptCertificates | undefined
  now?: () => Date
}

/** Certificates and keys that outlive the process. */
export interface KeptCertificates {
  readonly serving?: ServingMaterial | undefined
  readonly clientAuthority?: ClientAuthorityMaterial | undefined
  keep(made: { serving: ServingMaterial } | { clientAuthority: ClientAuthorityMaterial }): void
}

export interface CertificateAuthority {
  /** PEM, what belongs into `ca.crt`. Signs nothing but the serving certificate: its key is gone once that is made. */
  caCertificate: string
  /** PEM. The chain holds the leaf alone. */
  serving: { cert: string; key: string }
  /** A certificate of the same names that another CA has signed, whom nobody trusts. */
  strangerServing(): Promise<{ cert: string; key: string }>
  /** The authority for client certificates: its own key, made on first use and kept in memory only. */
  clientSigner(): Promise<ClientSigner>
}

const SERVING_NAMES = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
const SERVING_ADDRESSES = ['127.0.0.1', '::1', '10.96.0.1']

/**
 * A CA and the certificate that the API server shows: P-256, with everything that strict clients ask for (SubjectKeyIdentifier,
 * AuthorityKeyIdentifier, critical basicConstraints and keyUsage; RFC 5280 section 4.2.1).
 */
export async function createCertificateAuthority(options: CertificateAuthorityOptions = {}): Promise<CertificateAuthority> {
  const now = options.now ?? (() => new Date())
  const material = await servingMaterial(options, now())
  let signer: Promise<ClientSigner> | undefined
  const clientSigner = () => {
    signer ??= import('./client-signer.ts').then(({ createClientSigner }) =>
      createClientSigner({
        now,
        kept: options.kept?.clientAuthority,
        keep: options.kept && ((clientAuthority) => options.kept!.keep({ clientAuthority })),
      }),
    )
    return signer
  }
  const strangerServing = async () => (await import('./serving.ts')).createServingMaterial({ ...servedNames(options), now: now() })
  return { caCertificate: material.ca, serving: { cert: material.cert, key: material.key }, strangerServing, clientSigner }
}

async function servingMaterial(options: CertificateAuthorityOptions, now: Date): Promise<ServingMaterial> {
  const { names, addresses } = servedNames(options)
  const wanted = { names, addresses, now }
  if (options.kept?.serving && isSound(options.kept.serving, wanted)) return options.kept.serving
  const usual = !options.kept && names.length === SERVING_NAMES.length && addresses.length === SERVING_ADDRESSES.length
  const cache = usual ? (options.cacheFolder ?? defaultCacheFolder()) : false
  const kept = cache && readCache(cache, wanted)
  if (kept) return kept
  const { createServingMaterial } = await import('./serving.ts')
  const fresh = await createServingMaterial(wanted)
  if (cache) writeCache(cache, fresh)
  options.kept?.keep({ serving: fresh })
  return fresh
}

function servedNames({ names = [], addresses = [] }: CertificateAuthorityOptions): { names: string[]; addresses: string[] } {
  return { names: [...new Set([...SERVING_NAMES, ...names])], addresses: [...new Set([...SERVING_ADDRESSES, ...addresses])] }
}

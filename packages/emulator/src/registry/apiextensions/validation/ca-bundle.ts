import { X509Certificate } from 'node:crypto'
import type { CustomResourceDefinition } from '../../custom/definition-object.ts'

/** Why a PEM bundle cannot be used to check a webhook's certificate; undefined if it can. */
export function caBundleProblem(base64: string): string | undefined {
  const blocks = Buffer.from(base64, 'base64')
    .toString()
    .match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)
  if (blocks === null) return 'unable to load root certificates: unable to parse bytes as PEM block'
  for (const block of blocks) {
    try {
      new X509Certificate(block)
    } catch {
      return 'unable to load root certificates: x509: malformed certificate'
    }
  }
  return undefined
}

/** A definition converts by a webhook whose certificate can never be checked. */
export function hasInvalidCaBundle({ spec }: CustomResourceDefinition): boolean {
  const caBundle = spec.conversion?.webhook?.clientConfig?.caBundle ?? ''
  return caBundle !== '' && caBundleProblem(caBundle) !== undefined
}

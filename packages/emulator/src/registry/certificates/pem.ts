/** PEM, as far as fields of the API hold it: blocks are found and named, certificates parsed (certificates/validation). */
import { X509Certificate } from 'node:crypto'
import { quote } from '../../apimachinery/quote.ts'

interface PemBlock {
  type: string
  hasHeaders: boolean
  text: string
}

const blockPattern = /-----BEGIN ([^\n-]*)-----\r?\n([\s\S]*?)\r?\n?-----END \1-----/g

function pemBlocks(base64: string): PemBlock[] {
  const text = Buffer.from(base64, 'base64').toString('latin1')
  return [...text.matchAll(blockPattern)].map(([block, type, body]) => ({ type: type!, hasHeaders: body!.includes(':'), text: block }))
}

/** What is wrong with a signing request's PEM; what it asks for is the signer's business. */
export const requestError = (base64: string): string | undefined =>
  pemBlocks(base64)[0]?.type === 'CERTIFICATE REQUEST' ? undefined : 'PEM block type must be CERTIFICATE REQUEST'

/** What is wrong with a chain of certificates. */
export function certificateError(base64: string): string | undefined {
  if (base64 === '') return undefined
  const blocks = pemBlocks(base64)
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block'
  for (const { type, hasHeaders, text } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(type)}`
    if (hasHeaders) return 'no PEM block headers are permitted'
    try {
      new X509Certificate(text)
    } catch {
      return 'x509: malformed certificate'
    }
  }
  return undefined
}

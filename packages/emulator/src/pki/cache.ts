// Certificates kept between runs: making them costs more than the rest of a start. What is kept can do no harm outside a run: the CA's
// key is not among it, and nobody but the programs that inpod starts is told to trust the CA.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { readPrivateFile, writePrivateFile } from './private-files.ts'
import type { ServingMaterial, ServingRequest } from './serving.ts'

const FILE = 'serving-v1.json'
/** Certificates with less time left than this are made anew: a run may be long. */
const REMAINING_MS = 30 * 86_400_000

/** What an earlier run kept in `folder`; undefined unless it is sound, still valid for a month and readable by its owner alone. */
export function readCache(folder: string, wanted: ServingRequest): ServingMaterial | undefined {
  const text = readPrivateFile(join(folder, FILE))
  if (text === undefined) return undefined
  try {
    const material: unknown = JSON.parse(text)
    return isMaterial(material) && isSound(material, wanted) ? material : undefined
  } catch {
    return undefined
  }
}

/** Whether it is valid for a month to come, and for just these names. */
export function isSound(material: ServingMaterial, { names, addresses, now }: ServingRequest): boolean {
  return isUsable(material, now) && servesExactly(material.cert, [...names, ...addresses])
}

export function writeCache(folder: string, material: ServingMaterial): void {
  writePrivateFile(join(folder, FILE), JSON.stringify(material))
}

function isMaterial(value: unknown): value is ServingMaterial {
  const { ca, cert, key } = (value ?? {}) as Record<string, unknown>
  return typeof ca === 'string' && typeof cert === 'string' && typeof key === 'string'
}

function isUsable({ ca, cert, key }: ServingMaterial, now: Date): boolean {
  const issuer = new X509Certificate(ca)
  const leaf = new X509Certificate(cert)
  const isCurrent = ({ validFromDate, validToDate }: X509Certificate) =>
    validFromDate.getTime() <= now.getTime() && validToDate.getTime() > now.getTime() + REMAINING_MS
  return issuer.ca && isCurrent(issuer) && isCurrent(leaf) && leaf.verify(issuer.publicKey) && leaf.checkPrivateKey(createPrivateKey(key))
}

function servesExactly(cert: string, expected: string[]): boolean {
  const served = (new X509Certificate(cert).subjectAltName ?? '').split(', ').map((entry) => entry.replace(/^(DNS|IP Address):/, ''))
  // Node writes out all groups of an IPv6 address.
  const wanted = new Set(expected.map((name) => (name === '::1' ? '0:0:0:0:0:0:0:1' : name)))
  return served.length === wanted.size && served.every((name) => wanted.has(name))
}

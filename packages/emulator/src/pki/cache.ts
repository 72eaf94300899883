// Certificates kept between runs: making them costs more than the rest of a start. What is kept can do no harm outside a run: the CA's
// key is not among it, and nobody but the programs that inpod starts is told to trust the CA.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ServingMaterial, ServingRequest } from './serving.ts'

const FILE = 'serving-v1.json'
const LARGEST_FILE = 65_536
/** Certificates with less time left than this are made anew: a run may be long. */
const REMAINING_MS = 30 * 86_400_000

/** `inpod/pki` in the user's cache folder (XDG Base Directory Specification). */
export function defaultCacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'inpod', 'pki')
}

/** What an earlier run kept; undefined unless it is sound, still valid for a month and readable by its owner alone. */
export function readCache(folder: string, { names, addresses, now }: ServingRequest): ServingMaterial | undefined {
  try {
    if (!isPrivate(lstatSync(folder))) return undefined
    const material: unknown = JSON.parse(readPrivateFile(join(folder, FILE)))
    return isMaterial(material) && isUsable(material, now) && servesExactly(material.cert, [...names, ...addresses]) ? material : undefined
  } catch {
    return undefined
  }
}

/** Keeps `material` for later runs; no more than a convenience, so failure is silent. Readers see the old file or the new one, whole. */
export function writeCache(folder: string, material: ServingMaterial): void {
  const draft = join(folder, `.${FILE}.${process.pid}.${randomBytes(6).toString('hex')}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isPrivate(lstatSync(folder))) return
    writeFileSync(draft, JSON.stringify(material), { mode: 0o600, flag: 'wx' })
    renameSync(draft, join(folder, FILE))
  } catch {
    rmSync(draft, { force: true })
  }
}

function readPrivateFile(path: string): string {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || !isPrivate(stats) || stats.size > LARGEST_FILE) throw new Error(`${path} is not a private file`)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function isPrivate(stats: Stats): boolean {
  if (stats.isSymbolicLink()) return false
  return process.geteuid === undefined || (stats.uid === process.geteuid() && (stats.mode & 0o077) === 0)
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

import { quote } from '../../quote.ts'
import { CelError } from '../issues.ts'

/** A version (semver.org 2.0.0). */
export interface Semver {
  major: bigint
  minor: bigint
  patch: bigint
  prerelease: readonly string[]
}

/** `normalize`: a leading v, leading zeros and missing parts are forgiven. @throws CelError */
export function parseSemver(given: string, normalize: boolean): Semver {
  const text = normalize ? normalized(given) : given
  if (text === '') throw new CelError('Version string empty')
  const parts = splitInto(text, 3)
  if (parts.length !== 3) throw new CelError('No Major.Minor.Patch elements found')
  const [majorText, minorText, rest] = parts as [string, string, string]
  const [major, minor] = [number('major', majorText), number('minor', minorText)]
  const [beforeBuild = '', build] = rest.split(/\+(.*)/s)
  const [patchText = '', prereleaseText] = beforeBuild.split(/-(.*)/s)
  const patch = number('patch', patchText)
  const prerelease = prereleaseText?.split('.') ?? []
  for (const part of prerelease) {
    if (part === '') throw new CelError('Prerelease is empty')
    if (/^0\d+$/.test(part)) throw new CelError(`Numeric PreRelease version must not contain leading zeroes ${quote(part)}`)
    if (!identifier.test(part)) throw new CelError(`Invalid character(s) found in prerelease ${quote(part)}`)
  }
  for (const part of build?.split('.') ?? []) {
    if (part === '') throw new CelError('Build meta data is empty')
    if (!identifier.test(part)) throw new CelError(`Invalid character(s) found in build meta data ${quote(part)}`)
  }
  return { major, minor, patch, prerelease }
}

const identifier = /^[0-9A-Za-z-]+$/
const maxUint64 = 2n ** 64n - 1n

function number(part: 'major' | 'minor' | 'patch', text: string): bigint {
  if (!/^\d*$/.test(text)) throw new CelError(`Invalid character(s) found in ${part} number ${quote(text)}`)
  const name = part.charAt(0).toUpperCase() + part.slice(1)
  if (text.length > 1 && text.startsWith('0')) throw new CelError(`${name} number must not contain leading zeroes ${quote(text)}`)
  if (text === '') throw new CelError('strconv.ParseUint: parsing "": invalid syntax')
  const value = BigInt(text)
  if (value > maxUint64) throw new CelError(`strconv.ParseUint: parsing ${quote(text)}: value out of range`)
  return value
}

function normalized(text: string): string {
  const parts = splitInto(text.replace(/^v/, ''), 3).map((part) => {
    if (part.length <= 1) return part
    const trimmed = part.replace(/^0+/, '')
    return /^\d/.test(trimmed) ? trimmed : `0${trimmed}`
  })
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) throw new CelError('short version cannot contain PreRelease/Build meta data')
  while (parts.length < 3) parts.push('0')
  return parts.join('.')
}

function splitInto(text: string, count: number): string[] {
  const parts = text.split('.')
  return parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join('.')]
}

/** -1, 0 or 1. */
export function compareSemver(a: Semver, b: Semver): number {
  for (const part of ['major', 'minor', 'patch'] as const) if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return Math.sign(b.prerelease.length - a.prerelease.length)
  for (let i = 0; i < Math.min(a.prerelease.length, b.prerelease.length); i++) {
    const order = compareIdentifiers(a.prerelease[i]!, b.prerelease[i]!)
    if (order !== 0) return order
  }
  return Math.sign(a.prerelease.length - b.prerelease.length)
}

function compareIdentifiers(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => /^\d+$/.test(text)) as [boolean, boolean]
  if (x && y) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0
  if (x !== y) return x ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

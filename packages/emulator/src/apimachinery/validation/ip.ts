/**
 * IP addresses and CIDR blocks as API fields hold them (apimachinery, util/validation/ip.go): fields that predate strict checks read an
 * address sloppily, refuse what is ambiguous, and warn of forms that are not canonical.
 */
import { type FieldError, type FieldPath, invalid } from '../field-error.ts'
import { quote } from '../quote.ts'

export interface IPAddress {
  family: 4 | 6
  /** Four bytes, or sixteen. An IPv4 address inside IPv6 notation has family 4. */
  bytes: readonly number[]
  /** It was written as IPv6 with an IPv4 address inside (`::ffff:1.2.3.4`). */
  mapped: boolean
  /** An octet was written with leading zeros, which some software reads as octal. */
  leadingZeros: boolean
}

export interface CIDR {
  address: IPAddress
  prefixLength: number
  leadingZeros: boolean
}

/** Reads an address as the API server does; undefined if it is none. */
export function parseIP(text: string): IPAddress | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text)
}

function parseIPv4(text: string): IPAddress | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return undefined
  return { family: 4, bytes: parts.map(Number), mapped: false, leadingZeros: parts.some((part) => part.length > 1 && part.startsWith('0')) }
}

function parseIPv6(text: string): IPAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const read = halves.map((half, i) => parseGroups(half, i === halves.length - 1))
  if (read.some((half) => half === undefined)) return undefined
  const [head, tail] = read as { bytes: number[]; leadingZeros: boolean }[]
  const missing = 16 - head!.bytes.length - (tail?.bytes.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  const bytes = [...head!.bytes, ...new Array<number>(missing).fill(0), ...(tail?.bytes ?? [])]
  const leadingZeros = head!.leadingZeros || tail?.leadingZeros === true
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  return mapped ? { family: 4, bytes: bytes.slice(12), mapped, leadingZeros } : { family: 6, bytes, mapped, leadingZeros }
}

function parseGroups(text: string, last: boolean): { bytes: number[]; leadingZeros: boolean } | undefined {
  if (text === '') return { bytes: [], leadingZeros: false }
  const groups = text.split(':')
  const bytes: number[] = []
  let leadingZeros = false
  for (const [i, group] of groups.entries()) {
    if (group.includes('.')) {
      const embedded = last && i === groups.length - 1 ? parseIPv4(group) : undefined
      if (embedded === undefined) return undefined
      bytes.push(...embedded.bytes)
      leadingZeros = embedded.leadingZeros
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 255)
    }
  }
  return { bytes, leadingZeros }
}

/** The canonical spelling (RFC 5952 for IPv6). */
export function formatIP({ family, bytes }: Pick<IPAddress, 'family' | 'bytes'>): string {
  if (family === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!)
  const { start, length } = longestZeros(groups)
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

function longestZeros(groups: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

export function parseCIDR(text: string): CIDR | undefined {
  const [host, length = '', ...rest] = text.split('/')
  const address = parseIP(host as string)
  if (address === undefined || rest.length > 0 || !/^\d+$/.test(length)) return undefined
  const written = Number(length)
  const offset = address.mapped ? 96 : 0
  if (written > (text.includes(':') ? 128 : 32) || written < offset) return undefined
  return { address, prefixLength: written - offset, leadingZeros: address.leadingZeros || (length.length > 1 && length.startsWith('0')) }
}

/** The block's first address: all bits after the prefix cleared. */
export function maskIP({ address, prefixLength }: CIDR): IPAddress {
  const bytes = address.bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefixLength - 8 * i))) & 0xff)
  return { ...address, bytes }
}

const formatCIDR = (cidr: CIDR) => `${formatIP(maskIP(cidr))}/${cidr.prefixLength}`

/** An address in a field that older servers read sloppily. `validOld`: values that the stored object has, accepted as they are. */
export function validateLegacyIP(value: string, path: FieldPath, validOld: readonly string[] = []): FieldError[] {
  if (validOld.includes(value)) return []
  const address = parseIP(value)
  if (address === undefined) return [invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  if (address.leadingZeros) return [invalid(path, value, 'must not have leading 0s')]
  return address.mapped ? [invalid(path, value, 'must not be an IPv4-mapped IPv6 address')] : []
}

/** An address in a newer field: canonical, or refused. */
export function validateIP(value: string, path: FieldPath): FieldError[] {
  const errors = validateLegacyIP(value, path)
  if (errors.length > 0) return errors
  const canonical = formatIP(parseIP(value)!)
  return value === canonical ? [] : [invalid(path, value, `must be in canonical form (${quote(canonical)})`)]
}

export function validateLegacyCIDR(value: string, path: FieldPath, validOld: readonly string[] = []): FieldError[] {
  if (validOld.includes(value)) return []
  const cidr = parseCIDR(value)
  if (cidr === undefined) return [invalid(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  if (cidr.leadingZeros) return [invalid(path, value, 'must not have leading 0s in IP or prefix length')]
  if (cidr.address.mapped) return [invalid(path, value, 'must not have an IPv4-mapped IPv6 address')]
  if (formatIP(maskIP(cidr)) !== formatIP(cidr.address)) return [invalid(path, value, 'must not have bits set beyond the prefix length')]
  return []
}

export function validateCIDR(value: string, path: FieldPath): FieldError[] {
  const errors = validateLegacyCIDR(value, path)
  if (errors.length > 0) return errors
  const canonical = formatCIDR(parseCIDR(value)!)
  return value === canonical ? [] : [invalid(path, value, `must be in canonical form (${quote(canonical)})`)]
}

/** Warnings of an address that is valid in a legacy field, yet not canonical. */
export function ipWarnings(value: string, path: FieldPath): string[] {
  const address = parseIP(value)
  if (address === undefined) return []
  const canonical = formatIP(address)
  if (address.leadingZeros || address.mapped)
    return [`${path}: non-standard IP address ${quote(value)} is invalid: use ${quote(canonical)}`]
  if (address.family === 4 || canonical === value) return []
  return [`${path}: IPv6 address ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`]
}

export function cidrWarnings(value: string, path: FieldPath): string[] {
  const cidr = parseCIDR(value)
  if (cidr === undefined) return []
  const canonical = formatCIDR(cidr)
  const warnings: string[] = []
  if (formatIP(maskIP(cidr)) !== formatIP(cidr.address)) {
    const single = `${formatIP(cidr.address)}/${cidr.address.family === 4 ? 32 : 128}`
    warnings.push(`${path}: CIDR value ${quote(value)} is ambiguous in this context (should be ${quote(canonical)} or ${quote(single)}?)`)
  }
  if (cidr.leadingZeros || cidr.address.mapped) {
    warnings.push(`${path}: non-standard CIDR value ${quote(value)} is invalid: use ${quote(canonical)}`)
  }
  if (warnings.length === 0 && cidr.address.family === 6 && canonical !== value) {
    warnings.push(`${path}: IPv6 CIDR value ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`)
  }
  return warnings
}

/** The address of a backend: not unspecified, loopback or link-local. */
export function validateEndpointIP(value: string, path: FieldPath): FieldError[] {
  const address = parseIP(value)
  if (address === undefined) return [invalid(path, value, 'must be a valid IP address')]
  const { family, bytes } = address
  const [first, second, third] = bytes as [number, number, number]
  const v4 = family === 4
  const errors: FieldError[] = []
  if (bytes.every((byte) => byte === 0)) errors.push(invalid(path, value, `may not be unspecified (${value})`))
  if (v4 ? first === 127 : formatIP(address) === '::1') {
    errors.push(invalid(path, value, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'))
  }
  if (v4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80) {
    errors.push(invalid(path, value, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'))
  }
  if (v4 ? first === 224 && second === 0 && third === 0 : first === 0xff && (second & 0x0f) === 0x02) {
    errors.push(invalid(path, value, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'))
  }
  return errors
}

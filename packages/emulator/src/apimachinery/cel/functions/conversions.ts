/** Conversions between types, and parts of times (cel-go common/types). */
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import { type CelTime, type CelUint, type CelValue, checkInt, typeName, uintValue } from '../values.ts'
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from './times.ts'

const fail = (from: string, to: string) => new CelError(`type conversion error from '${from}' to '${to}'`)

function parseInteger(text: string, to: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw fail('string', to)
  return BigInt(text.replace('+', ''))
}

function intOfString(text: string): bigint {
  const value = parseInteger(text, 'int')
  if (value !== BigInt.asIntN(64, value)) throw fail('string', 'int')
  return value
}

function uintOfString(text: string): CelUint {
  if (!/^\d+$/.test(text) || BigInt(text) >= 2n ** 64n) throw fail('string', 'uint')
  return uintValue(BigInt(text))
}

function doubleOfString(text: string): number {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw fail('string', 'double')
  return Number(text)
}

function boolOfString(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  throw fail('string', 'bool')
}

function integerOfDouble(value: number): bigint {
  if (!Number.isFinite(value) || value >= 2 ** 63 || value <= -(2 ** 63)) throw new CelError('integer overflow')
  return BigInt(Math.trunc(value))
}

/** A double as text: with an exponent where Go's shortest form has one. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
  if (exponent >= -4 && exponent < 21) return String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function stringOfBytes(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

const same = (value: CelValue) => value

export const conversions: OverloadRow[] = [
  ['to_dyn', 'dyn(A): dyn', same],
  ['type', 'type(A): type(A)', (value: CelValue) => ({ tag: 'type', name: typeName(value) })],
  ['bool_to_bool', 'bool(bool): bool', same],
  ['string_to_bool', 'bool(string): bool', boolOfString],
  ['bytes_to_bytes', 'bytes(bytes): bytes', same],
  ['string_to_bytes', 'bytes(string): bytes', (text: string) => Buffer.from(text)],
  ['double_to_double', 'double(double): double', same],
  ['int64_to_double', 'double(int): double', Number],
  ['string_to_double', 'double(string): double', doubleOfString],
  ['uint64_to_double', 'double(uint): double', ({ value }: CelUint) => Number(value)],
  ['duration_to_duration', 'duration(duration): duration', same],
  ['string_to_duration', 'duration(string): duration', (text: string) => parseDuration(text)],
  ['int64_to_int64', 'int(int): int', same],
  ['double_to_int64', 'int(double): int', integerOfDouble],
  ['duration_to_int64', 'int(duration): int', ({ nanos }: CelTime) => nanos],
  ['string_to_int64', 'int(string): int', intOfString],
  ['timestamp_to_int64', 'int(timestamp): int', ({ nanos }: CelTime) => floorDivide(nanos, 1_000_000_000n)],
  ['uint64_to_int64', 'int(uint): int', ({ value }: CelUint) => checkInt(value)],
  ['string_to_string', 'string(string): string', same],
  ['bool_to_string', 'string(bool): string', String],
  ['bytes_to_string', 'string(bytes): string', stringOfBytes],
  ['double_to_string', 'string(double): string', formatDouble],
  ['duration_to_string', 'string(duration): string', ({ nanos }: CelTime) => formatDuration(nanos)],
  ['int64_to_string', 'string(int): string', String],
  ['timestamp_to_string', 'string(timestamp): string', ({ nanos }: CelTime) => formatTimestamp(nanos)],
  ['uint64_to_string', 'string(uint): string', ({ value }: CelUint) => String(value)],
  ['timestamp_to_timestamp', 'timestamp(timestamp): timestamp', same],
  ['int64_to_timestamp', 'timestamp(int): timestamp', (seconds: bigint) => ({ tag: 'timestamp', nanos: seconds * 1_000_000_000n })],
  ['string_to_timestamp', 'timestamp(string): timestamp', (text: string) => parseTimestamp(text)],
  ['uint64_to_uint64', 'uint(uint): uint', same],
  ['double_to_uint64', 'uint(double): uint', (value: number) => uintValue(integerOfDouble(value))],
  ['int64_to_uint64', 'uint(int): uint', (value: bigint) => uintValue(value)],
  ['string_to_uint64', 'uint(string): uint', uintOfString],
]

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

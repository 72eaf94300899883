import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import type { CelTime } from '../values.ts'

const second = 1_000_000_000n
const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
}

/** Such as `1h30m` (Go: time.ParseDuration). @throws CelError */
export function parseDuration(text: string): CelTime {
  const nanos = durationNanos(text)
  if (nanos === undefined) throw new CelError("type conversion error from 'string' to 'google.protobuf.Duration'")
  return { tag: 'duration', nanos }
}

export function durationNanos(text: string): bigint | undefined {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text)
  if (match === null) return undefined
  let nanos = 0n
  for (const [, whole = '', fraction = '', unit = ''] of match[2]!.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = unitNanos[unit]!
    nanos += BigInt(whole || '0') * scale
    if (fraction !== '') nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length)
  }
  return match[1] === '-' ? -nanos : nanos
}

/** As conversions to string write durations: in seconds. */
export function formatDuration(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : ''
  const positive = nanos < 0n ? -nanos : nanos
  const fraction = String(positive % second)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${sign}${positive / second}${fraction === '' ? '' : `.${fraction}`}s`
}

/** RFC 3339. @throws CelError */
export function parseTimestamp(text: string): CelTime {
  const nanos = timestampNanos(text)
  if (nanos === undefined) throw new CelError("type conversion error from 'string' to 'google.protobuf.Timestamp'")
  return { tag: 'timestamp', nanos }
}

export function timestampNanos(text: string): bigint | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, secondOf] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || secondOf > 59) return undefined
  const zone = match[8]!
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)))
  const seconds = date.getTime() / 1000 + (hour * 60 + minute - offset) * 60 + secondOf
  return BigInt(seconds) * second + BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'))
}

export function formatTimestamp(nanos: bigint): string {
  const fraction = ((nanos % second) + second) % second
  const seconds = (nanos - fraction) / second
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  const digits = String(fraction).padStart(9, '0').replace(/0+$/, '')
  return `${date}${digits === '' ? '' : `.${digits}`}Z`
}

type Part = (date: Date, nanos: bigint) => number

const startOfYear = (date: Date) => Date.UTC(date.getUTCFullYear(), 0, 1)

const parts: Readonly<Record<string, Part>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => Math.floor((date.getTime() - startOfYear(date)) / 86_400_000),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (_, nanos) => Number((((nanos % second) + second) % second) / 1_000_000n),
}

const durationParts: Readonly<Record<string, bigint>> = {
  getHours: 3600n * second,
  getMinutes: 60n * second,
  getSeconds: second,
  getMilliseconds: 1_000_000n,
}

/** The time of day and date that clocks in a zone show, as if it were UTC. @throws CelError */
function localDate(nanos: bigint, zone: string): Date {
  const utc = Number(nanos / 1_000_000n)
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (fixed !== null) return new Date(utc + (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000)
  if (zone === 'UTC' || zone === '') return new Date(utc)
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    const name = format.formatToParts(new Date(utc)).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    const offset = /GMT([+-])(\d\d):(\d\d)/.exec(name)
    return offset === null ? new Date(utc) : localDate(nanos, `${offset[1]}${offset[2]}:${offset[3]}`)
  } catch {
    throw new CelError(`unknown time zone ${zone}`)
  }
}

const rowsOf = ([name, part]: [string, Part]): OverloadRow[] => [
  [`timestamp_to_${name}`, `timestamp::${name}(): int`, ({ nanos }: CelTime) => BigInt(part(localDate(nanos, 'UTC'), nanos))],
  [
    `timestamp_to_${name}_with_tz`,
    `timestamp::${name}(string): int`,
    ({ nanos }: CelTime, zone: string) => BigInt(part(localDate(nanos, zone), nanos)),
  ],
]

export const times: OverloadRow[] = [
  ...Object.entries(parts).flatMap(rowsOf),
  ...Object.entries(durationParts).map(
    ([name, unit]): OverloadRow => [`duration_to_${name}`, `duration::${name}(): int`, ({ nanos }: CelTime) => nanos / unit],
  ),
]

/** Go's layouts of the times in API objects: meta/v1 Time (whole seconds) and MicroTime. */
const layouts = { time: '2006-01-02T15:04:05Z07:00', microtime: '2006-01-02T15:04:05.000000Z07:00' } as const
export type TimeKind = keyof typeof layouts

const plain = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/

/** An instant: milliseconds since 1970, and the microseconds within that millisecond. */
interface Instant {
  milliseconds: number
  microseconds: number
}

/** The zero value of Go's time.Time, which JSON shows as null. */
const zeroTime = Date.UTC(2001, 0, 1) - 63_113_904_000_000

/** `2026-01-02T03:04:05Z` of milliseconds since 1970: how the API writes a Time. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}

/** `2026-01-02T03:04:05.678000Z`: how the API writes a MicroTime. */
export function formatMicroTime(milliseconds: number, microseconds = 0): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(microseconds).padStart(3, '0')}Z`
}

/** Milliseconds since 1970 of an API time. Throws an Error with Go's text for anything that is not RFC 3339. */
export function parseTime(text: string, kind: TimeKind = 'time'): number {
  return parseInstant(text, kind).milliseconds
}

/** The last text that was found to be canonical: new objects hold it several times, and so do those that come after them. */
let lastCanonical = ''

/** A time as the API would write it back: in UTC, cut to seconds or microseconds; null for the zero time. Throws as `parseTime` does. */
export function canonicalTime(text: string, kind: TimeKind = 'time'): string | null {
  if (kind === 'time' && text === lastCanonical) return text
  if (kind === 'time' && plain.test(text) && text[0] !== '0') {
    const date = Date.parse(text)
    if (!Number.isNaN(date) && formatTime(date) === text) {
      lastCanonical = text
      return text
    }
  }
  const { milliseconds, microseconds } = parseInstant(text, kind)
  if (milliseconds === zeroTime && microseconds === 0) return null
  return kind === 'time' ? formatTime(Math.floor(milliseconds / 1000) * 1000) : formatMicroTime(milliseconds, microseconds)
}

/** Quotes as Go's time package does: bytes beyond ASCII and controls in hexadecimal. */
function quote(text: string): string {
  const escaped = text.replace(/[^ -~]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  )
  return `"${escaped.replaceAll(/"|\\(?!x[0-9a-f]{2})/g, '\\$&')}"`
}

class Mismatch extends Error {}

interface Cursor {
  rest: string
}

const isDigit = (text: string, at: number) => text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57

/** Takes a two-digit number; `fixed` refuses one digit. */
function takeNumber(cursor: Cursor, fixed: boolean): number {
  const { rest } = cursor
  if (!isDigit(rest, 0) || (!isDigit(rest, 1) && fixed)) throw new Mismatch()
  const length = isDigit(rest, 1) ? 2 : 1
  cursor.rest = rest.slice(length)
  return Number(rest.slice(0, length))
}

interface Fields {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  /** Nanoseconds. */
  fraction: number
  /** Minutes east of UTC. */
  offset: number
}

/** Reads one element into the fields; returns what was out of range, if anything. */
type Element = (cursor: Cursor, fields: Fields, micro: boolean) => string | undefined

function takeFraction(cursor: Cursor, length: number): number {
  const digits = cursor.rest.slice(1, length)
  if (!/^[.,]/.test(cursor.rest) || !/^\d+$/.test(digits)) throw new Mismatch()
  cursor.rest = cursor.rest.slice(length)
  return Number(digits.slice(0, 9).padEnd(9, '0'))
}

const elements: Readonly<Record<string, Element>> = {
  '2006': (cursor, fields) => {
    if (!/^\d{4}/.test(cursor.rest)) throw new Mismatch()
    fields.year = Number(cursor.rest.slice(0, 4))
    cursor.rest = cursor.rest.slice(4)
    return undefined
  },
  '01': (cursor, fields) => {
    fields.month = takeNumber(cursor, true)
    return fields.month < 1 || fields.month > 12 ? 'month' : undefined
  },
  '02': (cursor, fields) => {
    fields.day = takeNumber(cursor, true)
    return undefined
  },
  '15': (cursor, fields) => {
    fields.hour = takeNumber(cursor, false)
    return fields.hour > 23 ? 'hour' : undefined
  },
  '04': (cursor, fields) => {
    fields.minute = takeNumber(cursor, true)
    return fields.minute > 59 ? 'minute' : undefined
  },
  '05': (cursor, fields, micro) => {
    fields.second = takeNumber(cursor, true)
    if (fields.second > 59) return 'second'
    const fraction = micro ? undefined : /^[.,]\d+/.exec(cursor.rest)?.[0]
    if (fraction !== undefined) fields.fraction = takeFraction(cursor, fraction.length)
    return undefined
  },
  '.000000': (cursor, fields) => {
    if (cursor.rest.length < 7) throw new Mismatch()
    fields.fraction = takeFraction(cursor, 7)
    return undefined
  },
  'Z07:00': (cursor, fields) => {
    const { rest } = cursor
    if (rest.startsWith('Z')) {
      cursor.rest = rest.slice(1)
      return undefined
    }
    const zone = /^([+-])(\d\d):(\d\d)/.exec(rest)
    if (zone === null) throw new Mismatch()
    const [text, sign, hours, minutes] = zone as unknown as [string, string, string, string]
    fields.offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
    cursor.rest = rest.slice(text.length)
    if (Number(minutes) > 60) return 'time zone offset minute'
    return Number(hours) > 24 ? 'time zone offset hour' : undefined
  },
}

const layoutParts = /2006|01|02|15|04|\.000000|05|Z07:00|[-:T]/g

function parseInstant(text: string, kind: TimeKind): Instant {
  const layout = layouts[kind]
  const cursor: Cursor = { rest: text }
  const fields: Fields = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: 0, offset: 0 }
  const mismatch = (rest: string, part: string) =>
    new Error(`parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(part)}`)
  for (const part of layout.match(layoutParts) ?? []) {
    const before = cursor.rest
    try {
      const outOfRange = take(part, cursor, fields, kind === 'microtime')
      if (outOfRange !== undefined) throw new Error(`parsing time ${quote(text)}: ${outOfRange} out of range`)
    } catch (error) {
      throw error instanceof Mismatch ? mismatch(before, part) : error
    }
  }
  if (cursor.rest !== '') throw new Error(`parsing time ${quote(text)}: extra text: ${quote(cursor.rest)}`)
  return instantOf(text, fields)
}

function take(part: string, cursor: Cursor, fields: Fields, micro: boolean): string | undefined {
  const element = elements[part]
  if (element !== undefined) return element(cursor, fields, micro)
  if (!cursor.rest.startsWith(part)) throw new Mismatch()
  cursor.rest = cursor.rest.slice(part.length)
  return undefined
}

function instantOf(text: string, { year, month, day, hour, minute, second, fraction, offset }: Fields): Instant {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (day < 1 || date.getUTCDate() !== day) throw new Error(`parsing time ${quote(text)}: day out of range`)
  const milliseconds = date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + Math.floor(fraction / 1e6)
  return { milliseconds, microseconds: Math.floor((fraction % 1e6) / 1000) }
}

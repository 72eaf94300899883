/** Schedules and time zones of CronJobs: five fields, or a descriptor such as `@daily`, as robfig/cron reads them. */
import { durationError } from '../../apimachinery/go-duration.ts'
import { quote } from '../../apimachinery/quote.ts'

interface Bounds {
  min: number
  max: number
  names?: Record<string, number>
}

const named = (names: string, from: number) => Object.fromEntries(names.split(' ').map((name, i) => [name, i + from]))
const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: named('jan feb mar apr may jun jul aug sep oct nov dec', 1) },
  { min: 0, max: 6, names: named('sun mon tue wed thu fri sat', 0) },
]
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

/** What is wrong with a schedule; undefined if nothing is. */
export function scheduleError(schedule: string): string | undefined {
  if (schedule === '') return 'empty spec string'
  let rest = schedule
  if (schedule.startsWith('TZ=') || schedule.startsWith('CRON_TZ=')) {
    const space = schedule.indexOf(' ')
    const start = schedule.indexOf('=') + 1
    if (space < 0) return `invalid schedule format: runtime error: slice bounds out of range [:-1]`
    const zone = schedule.slice(start, space)
    const error = locationError(zone)
    if (error !== undefined) return `provided bad location ${zone}: ${error}`
    rest = schedule.slice(space).trim()
  }
  return rest.startsWith('@') ? descriptorError(rest) : fieldsError(rest)
}

function descriptorError(text: string): string | undefined {
  if (descriptors.includes(text)) return undefined
  const every = '@every '
  if (!text.startsWith(every)) return `unrecognized descriptor: ${text}`
  const error = durationError(text.slice(every.length))
  return error === undefined ? undefined : `failed to parse duration ${text}: ${error}`
}

function fieldsError(text: string): string | undefined {
  const parts = text.split(/\s+/).filter((part) => part !== '')
  if (parts.length !== 5) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`
  for (const [i, part] of parts.entries()) {
    for (const range of part.split(',')) {
      const error = range === '' ? undefined : rangeError(range, fields[i]!)
      if (error !== undefined) return error
    }
  }
  return undefined
}

function rangeError(text: string, { min, max, names }: Bounds): string | undefined {
  const [range = '', step, ...moreSteps] = text.split('/')
  const [low = '', high, ...moreLimits] = range.split('-')
  const wild = low === '*' || low === '?'
  const start = wild ? min : parseNumber(low, names)
  if (typeof start === 'string') return start
  if (!wild && moreLimits.length > 0) return `too many hyphens: ${text}`
  let end = wild ? max : high === undefined ? start : parseNumber(high, names)
  if (typeof end === 'string') return end
  if (moreSteps.length > 0) return `too many slashes: ${text}`
  const every = step === undefined ? 1 : parseNumber(step)
  if (typeof every === 'string') return every
  if (step !== undefined && high === undefined) end = max
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${text}`
  if (end > max) return `end of range (${end}) above maximum (${max}): ${text}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`
  return every === 0 ? `step of range should be a positive number: ${text}` : undefined
}

/** The number, or what is wrong with it. */
function parseNumber(text: string, names: Record<string, number> = {}): number | string {
  const byName = names[text.toLowerCase()]
  if (byName !== undefined) return byName
  const failed = (why: string) => `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: ${why}`
  if (!/^[+-]?\d+$/.test(text)) return failed('invalid syntax')
  const value = Number(text)
  if (BigInt(text.replace(/^\+/, '')) >= 2n ** 63n) return failed('value out of range')
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value
}

/** What is wrong with a time zone's name; undefined if it names one. */
export function locationError(zone: string): string | undefined {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return undefined
  if (zone.includes('..') || zone.startsWith('/') || zone.includes('\\')) return 'time: invalid location name'
  return isTimeZone(zone) ? undefined : `unknown time zone ${zone}`
}

/** Zone files are named exactly: Intl would take any spelling of upper and lower case, so the name must be that of a known zone or link. */
function isTimeZone(zone: string): boolean {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
    return known.toLowerCase() !== zone.toLowerCase() ? isWellSpelled(zone) : known === zone || oldNames.test(zone)
  } catch {
    return false
  }
}

/** Links to a zone come back under another name, so that their own spelling can only be judged by its form. */
const isWellSpelled = (zone: string) => oldNames.test(zone) || /^[A-Z][a-z]+(_[A-Za-z]+|-[A-Za-z]+)*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(zone)
const oldNames = /^(GMT[+-]?0?|Etc\/[A-Z][A-Za-z0-9+-]*|[A-Z]{3}|[A-Z]{3}\d[A-Z]{3}|GB|GB-Eire|NZ|NZ-CHAT|PRC|ROC|ROK|W-SU|UCT|Zulu)$/

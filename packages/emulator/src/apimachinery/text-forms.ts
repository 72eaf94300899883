/** The formats of strings that schemas and CEL know (kube-openapi, strfmt). */
import { parseCIDR, parseIP } from './validation/index.ts'

type FormatCheck = (text: string) => boolean

const whole =
  (pattern: RegExp): FormatCheck =>
  (text) =>
    pattern.test(text)

const uuid = (version: string, variant: string) =>
  whole(new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i'))

const shortName = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const isShortName = whole(new RegExp(`^${shortName}$`))
const isLongName = whole(new RegExp(`^${shortName}(\\.${shortName})*$`))

const checks: Readonly<Record<string, FormatCheck>> = {
  bsonobjectid: whole(/^[0-9a-f]{24}$/i),
  uri: isRequestUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: (text) => parseIP(text) !== undefined && text.includes('.'),
  ipv6: (text) => parseIP(text)?.leadingZeros === false && text.includes(':'),
  cidr: (text) => parseCIDR(text) !== undefined,
  mac: isMac,
  uuid: uuid('[0-9a-f]', '[0-9a-f]'),
  uuid3: uuid('3', '[0-9a-f]'),
  uuid4: uuid('4', '[89ab]'),
  uuid5: uuid('5', '[89ab]'),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  hexcolor: whole(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: isRgbColor,
  byte: whole(/^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=|[A-Za-z0-9+\\/]{4})$/),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: (text) => text.length <= 63 && isShortName(text),
  k8slongname: (text) => text.length <= 253 && isLongName(text),
}

/** Whether there is such a format; dashes in its name do not count. */
export const isTextForm = (format: string): boolean => Object.hasOwn(checks, format.replaceAll('-', ''))

/** Whether a text has a format; any text has an unknown one. */
export const hasTextForm = (text: string, format: string): boolean => checks[format.replaceAll('-', '')]?.(text) ?? true

function isRequestUri(text: string): boolean {
  if (text === '' || /[\x00-\x1f\x7f]/.test(text) || /%(?![0-9a-f]{2})/i.test(text.split('?')[0]!)) return false
  if (text.startsWith('/')) return true
  const match = /^[a-z][a-z0-9+.-]*:(.*)$/is.exec(text)
  if (match === null) return false
  const rest = match[1]!
  if (!rest.startsWith('//')) return rest.startsWith('/') || !rest.startsWith('?')
  const authority = rest.slice(2).split(/[/?]/)[0]!
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return !/[ "<>\\^`{|}]/.test(host) && /^(\[[^\]]*\]|[^:[\]]*)(:\d*)?$/.test(host)
}

/** An address as a mail header may have it (RFC 5322): `Name <local@domain>`, or the address alone. */
function isEmail(text: string): boolean {
  const atom = '[^\\x00-\\x20()<>\\[\\]:;@\\\\,."]+'
  const local = `(?:${atom}(?:\\.${atom})*|"(?:[^"\\\\]|\\\\.)*")`
  const address = `${local}@(?:${atom}(?:\\.${atom})*|\\[[^\\[\\]]*\\])`
  const phrase = `(?:(?:${atom}|"(?:[^"\\\\]|\\\\.)*"|\\.)[ \\t]*)*`
  return new RegExp(`^\\s*(?:${address}|${phrase}<${address}>)\\s*(?:\\([^()]*\\))?\\s*$`, 'u').test(text)
}

const hostnamePattern =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u

function isHostname(text: string): boolean {
  return text.length <= 255 && text.split('.').every((part) => part.length <= 63) && hostnamePattern.test(text)
}

function isMac(text: string): boolean {
  const group = (size: number, separator: string, counts: readonly number[]) => {
    const parts = text.split(separator)
    return counts.includes(parts.length) && parts.every((part) => part.length === size && /^[0-9a-f]+$/i.test(part))
  }
  return group(2, ':', [6, 8, 20]) || group(2, '-', [6, 8, 20]) || group(4, '.', [3, 4, 10])
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '')
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(digits)) return false
  const sum = [...digits].reduce((total, digit, i) => total + (i + 1) * (digit === 'X' ? 10 : Number(digit)), 0)
  return sum % 11 === 0
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '')
  if (!/^[0-9]{13}$/.test(digits)) return false
  const sum = [...digits.slice(0, 12)].reduce((total, digit, i) => total + (i % 2 === 0 ? 1 : 3) * Number(digit), 0)
  return (10 - (sum % 10)) % 10 === Number(digits[12])
}

const cardPattern =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14})$/

function isCreditCard(text: string): boolean {
  const digits = text.replace(/[^0-9]+/g, '')
  if (!cardPattern.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

function isRgbColor(text: string): boolean {
  const part = '\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*'
  return new RegExp(`^rgb\\(${part},${part},${part}\\)$`).test(text)
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (match === null) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t')
  if (time === undefined || !isDate(date)) return false
  const match = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/.exec(time)
  return match !== null && match[1]! <= '23' && match[2]! <= '59' && match[3]! <= '59'
}

const goDuration = /^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/
/** The last form of each unit may be followed by more letters. */
const units = [
  ['ns', 'nano'],
  ['us', 'µs', 'micro'],
  ['ms', 'milli'],
  ['s', 'sec'],
  ['m', 'min'],
  ['h', 'hr', 'hour'],
  ['d', 'day'],
  ['w', 'wk', 'week'],
]

/** As Go writes durations, or as `2 days`. */
function isDuration(text: string): boolean {
  if (goDuration.test(text)) return true
  for (const match of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    const unit = match[2]!.toLowerCase()
    if (units.some((forms) => forms.includes(unit) || unit.startsWith(forms.at(-1)!))) return true
  }
  return false
}

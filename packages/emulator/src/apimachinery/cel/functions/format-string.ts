import { CelError } from '../issues.ts'
import { type CelList, type CelValue, isTagged, typeName } from '../values.ts'
import { formatDouble } from './conversions.ts'
import { formatFixed, formatScientific } from './format-real.ts'
import { formatDuration, formatTimestamp } from './times.ts'

/** `'%d of %s'.format([1, 'x'])` (cel-go ext/formatting.go). @throws CelError */
export function formatString(template: string, { items }: CelList): string {
  let next = 0
  return template.replace(/%(?:%|(?:\.(\d+))?(.?))/gsu, (clause, precision: string | undefined, verb: string | undefined) => {
    if (clause === '%%') return '%'
    if (!verb) throw new CelError('unexpected end of string')
    if (next >= items.length) throw new CelError(`index ${next} out of range`)
    return formatOne(verb, precision === undefined ? 6 : Number(precision), items[next++]!)
  })
}

function formatOne(verb: string, precision: number, value: CelValue): string {
  switch (verb) {
    case 's':
      return showValue(value)
    case 'd':
      return decimal(value)
    case 'f':
      return real(value, 'fixed-point', (number) => formatFixed(number, precision))
    case 'e':
      return real(value, 'scientific', (number) => formatScientific(number, precision))
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : integer(value, 2, 'binary')
    case 'o':
      return integer(value, 8, 'octal')
    case 'x':
    case 'X': {
      const text = hexadecimal(value)
      return verb === 'X' ? text.toUpperCase() : text
    }
    default:
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`)
  }
}

const wrong = (what: string, value: CelValue) => new CelError(`error during formatting: ${what}, was given ${typeName(value)}`)

function integer(value: CelValue, base: number, name: string): string {
  if (typeof value === 'bigint') return value.toString(base)
  if (isTagged(value, 'uint')) return value.value.toString(base)
  throw wrong(`only integers can be formatted as ${name}`, value)
}

function hexadecimal(value: CelValue): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex')
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return integer(value, 16, 'hex')
}

function decimal(value: CelValue): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return showValue(value)
  return integer(value, 10, 'decimal')
}

function real(value: CelValue, clause: string, format: (number: number) => string): string {
  if (typeof value !== 'number') throw wrong(`${clause} clause can only be used on doubles`, value)
  return Number.isFinite(value) ? format(value) : showValue(value)
}

function showValue(value: CelValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return value
  if (typeof value === 'number')
    return Number.isFinite(value) ? formatDouble(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  if (typeof value !== 'object') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  switch (value.tag) {
    case 'uint':
      return String(value.value)
    case 'list':
      return `[${value.items.map(showValue).join(', ')}]`
    case 'map':
      return `{${[...value.entries.values()]
        .map(({ key, value: member }) => `${showValue(key)}: ${showValue(member)}`)
        .sort()
        .join(', ')}}`
    case 'duration':
      return formatDuration(value.nanos)
    case 'timestamp':
      return formatTimestamp(value.nanos)
    case 'type':
      return value.name
    default:
      throw wrong(
        'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
        value,
      )
  }
}

import { resolveScalar } from './resolve.ts'

/** YAML as the API server writes it (Go's yaml.v2 from JSON): sorted keys, two spaces, lists not indented. Ends with a line end. */
export function formatYaml(value: unknown): string {
  const text = isCollection(value) ? formatBlock(value, 0, false) : formatScalar(value, 0, 0)
  return text.endsWith('\n') ? text : `${text}\n`
}

/** YAML as Go's yaml.v3 writes it from its own nodes: keys in their order, four spaces, lists indented, no line is broken. */
export function formatYamlNode(value: unknown): string {
  const text = isCollection(value) ? formatNodeBlock(value, 0) : formatNodeScalar(value, 2)
  return text.endsWith('\n') ? text : `${text}\n`
}

/** Lines of a map or list, of which the first is not indented. */
function formatNodeBlock(value: object, indent: number): string {
  const items = Array.isArray(value)
    ? value.map((item) => `- ${formatNodeItem(item, indent, indent + 2, '')}`)
    : Object.entries(value).map(([key, member]) => {
        const name = formatNodeScalar(key, indent)
        const inner = indent + 4 - (indent % 4)
        return `${name}:${isCollection(member) ? '' : ' '}${formatNodeItem(member, indent, inner, `\n${spaces(inner)}`)}`
      })
  return items.join(spaces(indent))
}

function formatNodeItem(value: unknown, indent: number, inner: number, lead: string): string {
  if (isCollection(value)) return lead + formatNodeBlock(value, inner)
  const scalar = formatNodeScalar(value, Math.max(inner - 2, indent))
  return scalar.endsWith('\n') ? scalar : `${scalar}\n`
}

/** Booleans of YAML 1.1, and its numbers to the base of 60, are strings to yaml.v3. */
const onlyInVersion11 = /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)$/

function formatNodeScalar(value: unknown, indent: number): string {
  if (typeof value === 'string' && onlyInVersion11.test(value)) return value
  if (typeof value === 'number') return JSON.stringify(value)
  return formatScalar(value, indent, Number.NEGATIVE_INFINITY)
}

function isCollection(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.length > 0 : definedKeys(value).length > 0
}

const definedKeys = (value: object) => Object.keys(value).filter((key) => (value as Record<string, unknown>)[key] !== undefined)
const spaces = (count: number) => ' '.repeat(count)

/** Lines of a map or list. The first line is not indented where it follows a `- `. */
function formatBlock(value: object, indent: number, inline: boolean): string {
  const items = Array.isArray(value)
    ? value.map((item) => `-${formatNode(item, indent, indent + 2)}`)
    : definedKeys(value)
        .sort(compareKeys)
        .map((key) => formatMember(key, (value as Record<string, unknown>)[key], indent))
  // Put together without a copy, which deep objects would have made at each of their levels.
  let text = ''
  for (const [i, item] of items.entries()) text += (inline && i === 0 ? '' : spaces(indent)) + item
  return text
}

function formatMember(key: string, value: unknown, indent: number): string {
  // Keys that libyaml does not find simple.
  if (key.includes('\n') || Buffer.byteLength(key) > 128) {
    return `?${formatNode(key, indent, indent + 2)}${spaces(indent)}:${formatNode(value, indent, indent + 2)}`
  }
  const name = formatString(key, indent, Number.NEGATIVE_INFINITY)
  return `${name}:${isCollection(value) ? `\n${formatBlock(value, Array.isArray(value) ? indent : indent + 2, false)}` : formatNode(value, indent, indent + lengthOf(name) + 2)}`
}

const lengthOf = (text: string) => [...text].length

/** What follows an indicator, with the line end. `column` is where it begins. */
function formatNode(value: unknown, indent: number, column: number): string {
  if (isCollection(value)) return ` ${formatBlock(value, indent + 2, true)}`
  const scalar = formatScalar(value, indent, column)
  return ` ${scalar}${scalar.endsWith('\n') ? '' : '\n'}`
}

function formatScalar(value: unknown, indent: number, column: number): string {
  if (typeof value === 'string') return formatString(value, indent, column)
  if (typeof value === 'number') return formatNumber(value)
  if (Array.isArray(value)) return '[]'
  return typeof value === 'object' && value !== null ? '{}' : String(value ?? 'null')
}

/** As Go writes numbers: integers plain while 64 bits hold them, the rest with an exponent outside of 1e-4 … 1e6. */
function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 64) return BigInt(value).toString()
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
// Everything that libyaml would escape: controls (tab included), NEL, surrogates, U+FEFF, and all beyond the basic plane.
const unprintable = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u
const indicator = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?: |\n|$)|---|\.\.\.)|: |:$|:\n|[ \n]#/

/** A column of minus infinity keeps the text on one line. */
function formatString(text: string, indent: number, column: number): string {
  const special = unprintable.test(text) || / \n/.test(text)
  const fold = (content: string, start: number, style: FoldStyle) => foldLines(content, indent + 2, start, style)
  if (text.includes('\n')) return special || text.endsWith(' ') ? quoteDouble(text) : formatLiteral(text, indent)
  if (resolveScalar(text).tag !== 'str' || base60.test(text) || special) return fold(quoteDouble(text), column, 'double')
  if (/^ | $/.test(text) || indicator.test(text)) return fold(`'${text.replaceAll("'", "''")}'`, column, 'single')
  return fold(text, column, 'plain')
}

const lineWidth = 80
type FoldStyle = 'plain' | 'single' | 'double'

/** Breaks a scalar at the first space after the line's width, as often as need be. */
function foldLines(text: string, indent: number, column: number, style: FoldStyle): string {
  if (column + text.length <= lineWidth || !text.includes(' ')) return text
  const chars = [...text]
  // The space after an opening quote and the one before the closing quote stay.
  const [first, last] = style === 'plain' ? [0, chars.length - 1] : [2, chars.length - 3]
  let at = column
  let folded = ''
  let afterSpace = false
  chars.forEach((char, i) => {
    const nextIsSpace = chars[i + 1] === ' '
    const breaks = char === ' ' && !afterSpace && at > lineWidth && i >= first && i <= last && (style === 'double' || !nextIsSpace)
    if (breaks) {
      folded += `\n${spaces(indent)}${style === 'double' && nextIsSpace ? '\\' : ''}`
      at = indent + (style === 'double' && nextIsSpace ? 1 : 0)
    } else {
      folded += char
      at++
    }
    afterSpace = char === ' '
  })
  return folded
}

function formatLiteral(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const lines = text.split('\n').map((line) => (line === '' ? '' : spaces(indent + 2) + line))
  return `|${hint}${chomp}\n${lines.join('\n')}`
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
}

function quoteDouble(text: string): string {
  // libyaml looks for a byte order mark at the start, whichever character it is at.
  const escapeAll = text.startsWith('\ufeff')
  let quoted = ''
  for (const char of text) {
    const short = escapes[char]
    if (short !== undefined) quoted += `\\${short}`
    else quoted += escapeAll || unprintable.test(char) ? escapeCode(char.codePointAt(0) as number) : char
  }
  return `"${quoted}"`
}

function escapeCode(code: number): string {
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

const isLetter = (char: string) => /\p{L}/u.test(char)
const isDigit = (char: string | undefined) => char !== undefined && /\p{Nd}/u.test(char)

/** Keys in natural order: numbers within them count by value, and letters come after the rest. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string]
    if (x === y) continue
    const letters = Number(isLetter(x)) + Number(isLetter(y))
    if (letters === 2) return x < y ? -1 : 1
    if (letters === 1) return isLetter(y) ? -1 : 1
    return compareDigits(left, right, i) || (x < y ? -1 : 1)
  }
  return left.length - right.length
}

function compareDigits(left: readonly string[], right: readonly string[], at: number): number {
  let prefix = ''
  if (left[at] === '0' || right[at] === '0') {
    for (let j = at - 1; j >= 0 && isDigit(left[j]); j--) if (left[j] !== '0') prefix = '1'
  }
  const numberAt = (chars: readonly string[]) => {
    let end = at
    while (isDigit(chars[end])) end++
    return { value: BigInt(`${prefix || '0'}${chars.slice(at, end).join('')}`), end }
  }
  const [x, y] = [numberAt(left), numberAt(right)]
  if (x.value !== y.value) return x.value < y.value ? -1 : 1
  return x.end - y.end
}

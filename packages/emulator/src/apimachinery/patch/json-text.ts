/** A syntax error, in the words of Go's encoding/json. */
export class JsonSyntaxError extends Error {}

export interface ParsedJson {
  value: unknown
  /** Paths of members that an object holds twice, such as `data.a` or `[0].op`, in the order of the text. */
  duplicates: string[]
}

/** What a Go error calls a JSON value. */
export function jsonTypeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

/** Parses JSON, reporting what Go's decoder would: the same syntax errors, and duplicate members.
 * @throws JsonSyntaxError
 */
export function parseJson(text: string): ParsedJson {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    scan(text)
    throw error
  }
  return { value, duplicates: scan(text) }
}

interface Cursor {
  text: string
  at: number
  duplicates: string[]
}

function scan(text: string): string[] {
  const cursor: Cursor = { text, at: 0, duplicates: [] }
  skipSpace(cursor)
  scanValue(cursor, '')
  skipSpace(cursor)
  if (cursor.at < text.length) fail(cursor, 'after top-level value')
  return cursor.duplicates
}

function fail(cursor: Cursor, context: string): never {
  if (cursor.at >= cursor.text.length) throw new JsonSyntaxError('unexpected end of JSON input')
  throw new JsonSyntaxError(`invalid character ${quoteByte(cursor)} ${context}`)
}

/** Go reads bytes: of a character beyond ASCII, it shows the first byte as if that were one. */
function quoteByte({ text, at }: Cursor): string {
  const [byte = 0] = Buffer.from(String.fromCodePoint(text.codePointAt(at) ?? 0))
  if (byte === 0x27) return `'\\''`
  const char = String.fromCharCode(byte)
  if (char === '"') return `'"'`
  if (byte < 0x20 && !'\n\r\t\b\f\v\x07'.includes(char)) return `'\\x${byte.toString(16).padStart(2, '0')}'`
  if (char === '\v') return `'\\v'`
  if (char === '\x07') return `'\\a'`
  return `'${JSON.stringify(char).slice(1, -1)}'`
}

function skipSpace(cursor: Cursor): void {
  while (' \t\r\n'.includes(cursor.text.charAt(cursor.at)) && cursor.at < cursor.text.length) cursor.at++
}

function scanValue(cursor: Cursor, path: string): void {
  const char = cursor.text.charAt(cursor.at)
  if (char === '{') scanObject(cursor, path)
  else if (char === '[') scanArray(cursor, path)
  else if (char === '"') scanString(cursor)
  else if (char === '-' || isDigit(char)) scanNumber(cursor)
  else scanLiteral(cursor, char)
}

function scanLiteral(cursor: Cursor, char: string): void {
  const literal = { t: 'true', f: 'false', n: 'null' }[char]
  if (literal === undefined) fail(cursor, 'looking for beginning of value')
  for (const [index, expected] of [...literal].entries()) {
    if (cursor.text.charAt(cursor.at) !== expected) fail(cursor, `in literal ${literal} (expecting '${literal[index]}')`)
    cursor.at++
  }
}

function scanObject(cursor: Cursor, path: string): void {
  const seen = new Set<string>()
  cursor.at++
  skipSpace(cursor)
  if (cursor.text.charAt(cursor.at) === '}') {
    cursor.at++
    return
  }
  for (;;) {
    if (cursor.text.charAt(cursor.at) !== '"') fail(cursor, 'looking for beginning of object key string')
    const key = JSON.parse(scanString(cursor)) as string
    const member = path === '' ? key : `${path}.${key}`
    if (seen.has(key) && !cursor.duplicates.includes(member)) cursor.duplicates.push(member)
    seen.add(key)
    skipSpace(cursor)
    if (cursor.text.charAt(cursor.at) !== ':') fail(cursor, 'after object key')
    cursor.at++
    skipSpace(cursor)
    scanValue(cursor, member)
    if (!scanComma(cursor, '}', 'after object key:value pair')) return
  }
}

function scanArray(cursor: Cursor, path: string): void {
  cursor.at++
  skipSpace(cursor)
  if (cursor.text.charAt(cursor.at) === ']') {
    cursor.at++
    return
  }
  for (let index = 0; ; index++) {
    scanValue(cursor, `${path}[${index}]`)
    if (!scanComma(cursor, ']', 'after array element')) return
  }
}

/** Reads what follows an element: true after a comma, false after the closing bracket. */
function scanComma(cursor: Cursor, close: string, context: string): boolean {
  skipSpace(cursor)
  const char = cursor.text.charAt(cursor.at)
  if (char !== ',' && char !== close) fail(cursor, context)
  cursor.at++
  if (char === close) return false
  skipSpace(cursor)
  return true
}

/** Returns the string's own text, quotes included. */
function scanString(cursor: Cursor): string {
  const start = cursor.at
  cursor.at++
  for (;;) {
    const char = cursor.text.charAt(cursor.at)
    if (char === '"') break
    if (char === '' || char < ' ') fail(cursor, 'in string literal')
    cursor.at++
    if (char === '\\') scanEscape(cursor)
  }
  cursor.at++
  return cursor.text.slice(start, cursor.at)
}

function scanEscape(cursor: Cursor): void {
  const char = cursor.text.charAt(cursor.at)
  if (char === '' || !'bfnrt\\/"u'.includes(char)) fail(cursor, 'in string escape code')
  cursor.at++
  if (char !== 'u') return
  for (let count = 0; count < 4; count++) {
    if (!/[0-9a-fA-F]/.test(cursor.text.charAt(cursor.at))) fail(cursor, 'in \\u hexadecimal character escape')
    cursor.at++
  }
}

const isDigit = (char: string) => char >= '0' && char <= '9'

function scanDigits(cursor: Cursor, context: string): void {
  if (!isDigit(cursor.text.charAt(cursor.at))) fail(cursor, context)
  while (isDigit(cursor.text.charAt(cursor.at))) cursor.at++
}

function scanNumber(cursor: Cursor): void {
  if (cursor.text.charAt(cursor.at) === '-') cursor.at++
  if (cursor.text.charAt(cursor.at) === '0') cursor.at++
  else scanDigits(cursor, 'in numeric literal')
  if (cursor.text.charAt(cursor.at) === '.') {
    cursor.at++
    scanDigits(cursor, 'after decimal point in numeric literal')
  }
  if (/[eE]/.test(cursor.text.charAt(cursor.at))) {
    cursor.at++
    if (/[+-]/.test(cursor.text.charAt(cursor.at))) cursor.at++
    scanDigits(cursor, 'in exponent of numeric literal')
  }
}

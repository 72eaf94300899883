/** JSON as it was written: members in order and as often as they come, numbers by their digits. */
export type JsonNode =
  | { type: 'object'; members: [key: string, value: JsonNode][] }
  | { type: 'array'; items: JsonNode[] }
  | { type: 'string'; value: string }
  | { type: 'number'; text: string }
  | { type: 'bool'; value: boolean }
  | { type: 'null' }

/** A syntax error, in the words of Go's encoding/json. */
export class JsonSyntaxError extends Error {}

interface Cursor {
  readonly text: string
  at: number
  depth: number
}

const maxDepth = 10_000

/** Throws a JsonSyntaxError. */
export function parseJsonTree(text: string): JsonNode {
  const cursor: Cursor = { text, at: 0, depth: 0 }
  skipSpace(cursor)
  const node = readValue(cursor)
  skipSpace(cursor)
  if (cursor.at < text.length) fail(cursor, 'after top-level value')
  return node
}

/** Where Go notices the end of the text by the space that it puts there. */
const noticesSpace = /^in (?:literal|string escape|\\u|numeric|exponent)|^after decimal/

function fail({ text, at }: Cursor, context: string): never {
  if (at >= text.length && noticesSpace.test(context)) throw new JsonSyntaxError(`invalid character ' ' ${context}`)
  if (at >= text.length) throw new JsonSyntaxError('unexpected end of JSON input')
  throw new JsonSyntaxError(`invalid character ${quoteByte(text.codePointAt(at) as number)} ${context}`)
}

/** Go reads bytes: of a character beyond ASCII it shows the first byte, as if that were a character. */
function quoteByte(code: number): string {
  const [byte = code] = Buffer.from(String.fromCodePoint(code))
  const char = String.fromCharCode(byte)
  const named = {
    "'": "\\'",
    '"': '"',
    '\\': '\\\\',
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  }[char]
  if (named !== undefined) return `'${named}'`
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`
  if ((byte > 0x7f && byte <= 0xa0) || byte === 0xad) return `'\\u${byte.toString(16).padStart(4, '0')}'`
  return `'${char}'`
}

function skipSpace(cursor: Cursor): void {
  const { text } = cursor
  for (let at = cursor.at; ; at++) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      cursor.at = at
      return
    }
  }
}

function readValue(cursor: Cursor): JsonNode {
  const char = cursor.text.charAt(cursor.at)
  if (char === '"') return { type: 'string', value: readString(cursor) }
  if (char === '{' || char === '[') {
    if (++cursor.depth > maxDepth) fail(cursor, 'exceeded max depth')
    cursor.at++
    const node = char === '{' ? readObject(cursor) : readArray(cursor)
    cursor.depth--
    return node
  }
  if (char === '-' || (char >= '0' && char <= '9')) return readNumber(cursor)
  const literal = { t: 'true', f: 'false', n: 'null' }[char]
  if (literal === undefined) fail(cursor, 'looking for beginning of value')
  for (const expected of literal) {
    if (cursor.text.charAt(cursor.at) !== expected) fail(cursor, `in literal ${literal} (expecting '${expected}')`)
    cursor.at++
  }
  return char === 'n' ? { type: 'null' } : { type: 'bool', value: char === 't' }
}

function readObject(cursor: Cursor): JsonNode {
  const members: [string, JsonNode][] = []
  skipSpace(cursor)
  if (take(cursor, '}')) return { type: 'object', members }
  for (;;) {
    if (cursor.text.charAt(cursor.at) !== '"') fail(cursor, 'looking for beginning of object key string')
    const key = readString(cursor)
    skipSpace(cursor)
    if (!take(cursor, ':')) fail(cursor, 'after object key')
    skipSpace(cursor)
    members.push([key, readValue(cursor)])
    skipSpace(cursor)
    if (take(cursor, '}')) return { type: 'object', members }
    if (!take(cursor, ',')) fail(cursor, 'after object key:value pair')
    skipSpace(cursor)
  }
}

function readArray(cursor: Cursor): JsonNode {
  const items: JsonNode[] = []
  skipSpace(cursor)
  if (take(cursor, ']')) return { type: 'array', items }
  for (;;) {
    items.push(readValue(cursor))
    skipSpace(cursor)
    if (take(cursor, ']')) return { type: 'array', items }
    if (!take(cursor, ',')) fail(cursor, 'after array element')
    skipSpace(cursor)
  }
}

function take(cursor: Cursor, char: string): boolean {
  if (cursor.text.charAt(cursor.at) !== char) return false
  cursor.at++
  return true
}

function readString(cursor: Cursor): string {
  const { text } = cursor
  const start = cursor.at++
  for (;;) {
    const code = text.charCodeAt(cursor.at)
    if (code === 0x22) break
    if (Number.isNaN(code) || code < 0x20) fail(cursor, 'in string literal')
    cursor.at++
    if (code === 0x5c) skipEscape(cursor)
  }
  cursor.at++
  // Half a surrogate pair becomes U+FFFD, as Go reads it.
  return (JSON.parse(text.slice(start, cursor.at)) as string).toWellFormed()
}

function skipEscape(cursor: Cursor): void {
  const char = cursor.text.charAt(cursor.at)
  if (char === '' || !'bfnrt\\/"u'.includes(char)) fail(cursor, 'in string escape code')
  cursor.at++
  if (char !== 'u') return
  for (let count = 0; count < 4; count++) {
    if (!/[0-9a-fA-F]/.test(cursor.text.charAt(cursor.at))) fail(cursor, 'in \\u hexadecimal character escape')
    cursor.at++
  }
}

function readNumber(cursor: Cursor): JsonNode {
  const start = cursor.at
  take(cursor, '-')
  if (!take(cursor, '0')) skipDigits(cursor, 'in numeric literal')
  if (take(cursor, '.')) skipDigits(cursor, 'after decimal point in numeric literal')
  if (take(cursor, 'e') || take(cursor, 'E')) {
    if (!take(cursor, '+')) take(cursor, '-')
    skipDigits(cursor, 'in exponent of numeric literal')
  }
  return { type: 'number', text: cursor.text.slice(start, cursor.at) }
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39

function skipDigits(cursor: Cursor, context: string): void {
  if (!isDigit(cursor.text.charCodeAt(cursor.at))) fail(cursor, context)
  while (isDigit(cursor.text.charCodeAt(cursor.at))) cursor.at++
}

/** The value a tree stands for; of members with one name, the last counts. `__proto__` stays a member like any other. */
export function valueOfTree(node: JsonNode): unknown {
  switch (node.type) {
    case 'object': {
      const object: Record<string, unknown> = {}
      for (const [key, value] of node.members) setMember(object, key, valueOfTree(value))
      return object
    }
    case 'array':
      return node.items.map(valueOfTree)
    case 'number':
      return Number(node.text)
    case 'null':
      return null
    default:
      return node.value
  }
}

/** Sets a member without ever touching the object's prototype. */
export function setMember(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
  else object[key] = value
}

/** The tree of a value that was not read from text. */
export function treeOfValue(value: unknown): JsonNode {
  if (value === null || value === undefined) return { type: 'null' }
  if (typeof value === 'string') return { type: 'string', value }
  if (typeof value === 'boolean') return { type: 'bool', value }
  if (typeof value === 'number') return { type: 'number', text: JSON.stringify(value) }
  if (Array.isArray(value)) return { type: 'array', items: value.map(treeOfValue) }
  return { type: 'object', members: Object.entries(value as object).map(([key, member]) => [key, treeOfValue(member)]) }
}

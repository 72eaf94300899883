/** Functions of strings (cel-go ext/strings.go, apiserver cel/library/regex.go). */
import { compilePattern, findMatches, loadPatterns } from '../../regular-expression.ts'
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import { type CelList, listValue } from '../values.ts'
import { formatString } from './format-string.ts'

// Whoever has CEL has what it matches with.
await loadPatterns()

const ascii = (text: string, change: (part: string) => string) => text.replace(/[A-Za-z]+/g, change)

/** @throws CelError */
function position(index: bigint, length: number): number {
  if (index < 0n || index > BigInt(length)) throw new CelError(`index out of range: ${index}`)
  return Number(index)
}

/** What lies beyond the end is looked for in vain. @throws CelError */
function startOf(index: bigint): number {
  if (index < 0n) throw new CelError(`index out of range: ${index}`)
  return Number(index)
}

function substring(text: string, start: bigint, end?: bigint): string {
  const characters = [...text]
  const last = end === undefined ? characters.length : Number(end)
  if (end !== undefined && start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > BigInt(characters.length)) throw new CelError(`index out of range: ${start}`)
  if (end !== undefined && (end < 0n || end > BigInt(characters.length))) throw new CelError(`index out of range: ${end}`)
  return characters.slice(Number(start), last).join('')
}

function indexOf(text: string, part: string, from = 0n): bigint {
  const [characters, wanted] = [[...text], [...part]]
  if (wanted.length === 0) return from
  const start = startOf(from)
  for (let i = start; i <= characters.length - wanted.length; i++) {
    if (wanted.every((character, j) => characters[i + j] === character)) return BigInt(i)
  }
  return -1n
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const [characters, wanted] = [[...text], [...part]]
  if (wanted.length === 0) return from ?? BigInt(characters.length)
  const start = from === undefined ? characters.length : startOf(from)
  if (from !== undefined && start >= characters.length) return -1n
  for (let i = Math.min(start, characters.length - wanted.length); i >= 0; i--) {
    if (wanted.every((character, j) => characters[i + j] === character)) return BigInt(i)
  }
  return -1n
}

function replace(text: string, old: string, replacement: string, times = -1n): string {
  if (times < 0n)
    return old === ''
      ? [...text, ''].map((each, i, all) => replacement + (i < all.length - 1 ? each : '')).join('')
      : text.replaceAll(old, replacement)
  const parts = split(text, old, times + 1n).items as string[]
  return parts.join(replacement)
}

function split(text: string, separator: string, limit = -1n): CelList {
  if (limit === 0n) return listValue([])
  if (limit === 1n) return listValue([text])
  const parts = separator === '' ? [...text] : text.split(separator)
  if (limit < 0n || BigInt(parts.length) <= limit) return listValue(parts)
  const kept = parts.slice(0, Number(limit) - 1)
  return listValue([...kept, parts.slice(Number(limit) - 1).join(separator)])
}

function charAt(text: string, index: bigint): string {
  const characters = [...text]
  return characters[position(index, characters.length)] ?? ''
}

function join({ items }: CelList, separator = ''): string {
  for (const item of items) if (typeof item !== 'string') throw new CelError('no such overload')
  return items.join(separator)
}

function matches(text: string, pattern: string): boolean {
  const compiled = compilePattern(pattern)
  if ('error' in compiled) throw new CelError(compiled.error)
  return compiled.test(text)
}

function find(text: string, pattern: string): string {
  return findAll(text, pattern, 1n)[0] ?? ''
}

function findAll(text: string, pattern: string, limit = -1n): string[] {
  const found = findMatches(pattern, text, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit))
  if ('error' in found) throw new CelError(`Illegal regex: ${found.error}`)
  return found.matches
}

/** Go's strings.TrimSpace. */
const trim = (text: string) => text.replace(/^[\s\u0085]+|[\s\u0085]+$/g, '')

function quote(text: string): string {
  const escapes: Record<string, string> = {
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
    '\\': '\\\\',
    '"': '\\"',
  }
  return `"${text.replace(/[\x07-\r"\\]/g, (character) => escapes[character] ?? character)}"`
}

export const strings: OverloadRow[] = [
  ['contains_string', 'string::contains(string): bool', (text: string, part: string) => text.includes(part)],
  ['starts_with_string', 'string::startsWith(string): bool', (text: string, part: string) => text.startsWith(part)],
  ['ends_with_string', 'string::endsWith(string): bool', (text: string, part: string) => text.endsWith(part)],
  ['matches', 'matches(string, string): bool', matches],
  ['matches_string', 'string::matches(string): bool', matches],
  ['string_char_at_int', 'string::charAt(int): string', charAt],
  ['string_index_of_string', 'string::indexOf(string): int', indexOf],
  ['string_index_of_string_int', 'string::indexOf(string, int): int', indexOf],
  ['string_last_index_of_string', 'string::lastIndexOf(string): int', lastIndexOf],
  ['string_last_index_of_string_int', 'string::lastIndexOf(string, int): int', lastIndexOf],
  ['string_lower_ascii', 'string::lowerAscii(): string', (text: string) => ascii(text, (part) => part.toLowerCase())],
  ['string_upper_ascii', 'string::upperAscii(): string', (text: string) => ascii(text, (part) => part.toUpperCase())],
  ['string_replace_string_string', 'string::replace(string, string): string', replace],
  ['string_replace_string_string_int', 'string::replace(string, string, int): string', replace],
  ['string_split_string', 'string::split(string): list(string)', split],
  ['string_split_string_int', 'string::split(string, int): list(string)', split],
  ['string_substring_int', 'string::substring(int): string', substring],
  ['string_substring_int_int', 'string::substring(int, int): string', substring],
  ['string_trim', 'string::trim(): string', trim],
  ['list_join', 'list(string)::join(): string', join],
  ['list_join_string', 'list(string)::join(string): string', join],
  ['string_format', 'string::format(list(dyn)): string', formatString],
  ['strings_quote', 'strings.quote(string): string', quote],
  ['string_find_string', 'string::find(string): string', find],
  ['string_find_all_string', 'string::findAll(string): list(string)', (text: string, pattern: string) => listValue(findAll(text, pattern))],
  [
    'string_find_all_string_int',
    'string::findAll(string, int): list(string)',
    (text: string, pattern: string, limit: bigint) => listValue(findAll(text, pattern, limit)),
  ],
]

/** One step of a path (Go: client-go's jsonpath, which printer columns are written in). */
export type PathNode =
  | { type: 'field'; name: string }
  | { type: 'literal'; value: string | number | boolean }
  | { type: 'slice'; start: Bound; end: Bound & { derived?: true }; step: Bound }
  | { type: 'filter'; left: PathNode[]; operator: string; right: PathNode[] }
  | { type: 'union'; branches: PathNode[][] }
  | { type: 'wildcard' }
  | { type: 'recursive' }

interface Bound {
  value?: number
}

interface Cursor {
  text: string
  at: number
  nodes: PathNode[]
}

/**
 * Reads a path such as `.status.conditions[?(@.type=="Ready")].status`.
 * @throws Error that says what is wrong with it
 */
export function parseJsonPath(text: string): PathNode[] {
  const cursor: Cursor = { text, at: 0, nodes: [] }
  while (cursor.at < text.length) parseStep(cursor)
  return cursor.nodes
}

const steps: readonly (readonly [start: RegExp, parse: (cursor: Cursor) => void])[] = [
  [/^\[\?\(/, parseFilter],
  [/^\[/, parseBrackets],
  [/^\.\./, parseRecursive],
  [/^\./, (cursor) => parseField(cursor, cursor.at + 1)],
  [/^["']/, parseQuoted],
  [/^[+\-\d]/, parseNumber],
  [/^[ @$]/, (cursor) => void cursor.at++],
  [/^[\p{L}_]/u, parseWord],
]

function parseStep(cursor: Cursor): void {
  const rest = cursor.text.slice(cursor.at)
  const found = steps.find(([start]) => start.test(rest))
  if (found === undefined) throw new Error(/^[\r\n}]/.test(rest) ? 'unclosed action' : `unrecognized character in action: ${rest[0]}`)
  found[1](cursor)
}

function parseNumber(cursor: Cursor): void {
  const number = /^[+-]?[\d.]*/.exec(cursor.text.slice(cursor.at))![0]
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(number)) throw new Error(`cannot parse number ${number}`)
  cursor.nodes.push({ type: 'literal', value: Number(number) })
  cursor.at += number.length
}

const terminator = /[\s.,[\]$@{}]/

function parseWord(cursor: Cursor): void {
  const word = /^[^\s.,[\]$@{}]+/.exec(cursor.text.slice(cursor.at))![0]
  if (word !== 'true' && word !== 'false') throw new Error(`unrecognized identifier ${word}`)
  cursor.nodes.push({ type: 'literal', value: word === 'true' })
  cursor.at += word.length
}

function parseField(cursor: Cursor, start: number): void {
  const { text, nodes } = cursor
  let at = start
  while (at < text.length && !terminator.test(text[at]!)) at += text[at] === '\\' ? 2 : 1
  const name = text.slice(start, at)
  nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') })
  cursor.at = at
}

function parseRecursive(cursor: Cursor): void {
  if (cursor.nodes.at(-1)?.type === 'recursive') throw new Error('invalid multiple recursive descent')
  cursor.nodes.push({ type: 'recursive' })
  cursor.at += 2
  if (/[\p{L}\d_]/u.test(cursor.text[cursor.at] ?? '')) parseField(cursor, cursor.at)
}

function parseQuoted(cursor: Cursor): void {
  const { text } = cursor
  const quote = text[cursor.at]
  let end = cursor.at + 1
  while (end < text.length && !(text[end] === quote && text[end - 1] !== '\\')) end++
  if (end >= text.length) throw new Error('unterminated quoted string')
  const value = text.slice(cursor.at + 1, end).replaceAll(/\\(.)/g, '$1')
  cursor.nodes.push({ type: 'literal', value })
  cursor.at = end + 1
}

/** What stands between brackets: a key, an index, a range, or several of them. */
function parseBrackets(cursor: Cursor): void {
  const end = cursor.text.indexOf(']', cursor.at)
  if (end < 0) throw new Error('unterminated array')
  const inner = cursor.text.slice(cursor.at + 1, end)
  cursor.at = end + 1
  const parts = inner.split(',')
  if (parts.length > 1) {
    cursor.nodes.push({ type: 'union', branches: parts.map((part) => parseJsonPath(`[${part.trim()}]`)) })
    return
  }
  const key = /^'([^']*)'$/.exec(inner)
  if (key !== null) cursor.nodes.push(...parseJsonPath(`.${key[1]}`))
  else cursor.nodes.push(parseSlice(inner === '*' ? ':' : inner))
}

function parseSlice(text: string): PathNode {
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text)
  if (match === null) throw new Error(`invalid array index ${text}`)
  const [start, end, step] = [match[1], match[2]?.slice(1), match[3]?.slice(1)].map((part) => {
    if (part === undefined || part === '') return {}
    if (part === '-') throw new Error(`array index ${part} is not a number`)
    return { value: Number(part) }
  }) as [Bound, Bound, Bound]
  // An index alone is a range of one.
  return { type: 'slice', start, end: match[2] === undefined ? { value: (start.value ?? 0) + 1, derived: true } : end, step }
}

function parseFilter(cursor: Cursor): void {
  const { text } = cursor
  const start = cursor.at + 3
  let at = start
  let quote = ''
  for (; at < text.length && (quote !== '' || text[at] !== ')'); at++) {
    const char = text[at]!
    if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (char === quote && text[at - 1] !== '\\') quote = ''
  }
  if (at >= text.length) throw new Error('unterminated filter')
  if (text[at + 1] !== ']') throw new Error('unclosed array expect ]')
  const condition = text.slice(start, at)
  const [, left, operator = '', right] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(condition) ?? []
  cursor.nodes.push(
    left === undefined
      ? { type: 'filter', left: parseJsonPath(condition), operator: 'exists', right: [] }
      : { type: 'filter', left: parseJsonPath(left), operator, right: parseJsonPath(right!) },
  )
  cursor.at = at + 2
}

import type { Issue } from './issues.ts'

export type TokenKind = 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'ident' | 'escaped' | 'symbol' | 'end'

export interface Token {
  kind: TokenKind
  text: string
  at: number
}

const symbols = [
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '.',
  ',',
  '-',
  '!',
  '?',
  ':',
  '+',
  '*',
  '/',
  '%',
  '<',
  '>',
]

const escapeSequence = '\\\\(?:[abfnrtv"\'\\\\?`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})'
const text = [
  `"""(?:${escapeSequence}|[^\\\\])*?"""`,
  `'''(?:${escapeSequence}|[^\\\\])*?'''`,
  `"(?:${escapeSequence}|[^\\\\"\\n\\r])*"`,
  `'(?:${escapeSequence}|[^\\\\'\\n\\r])*'`,
  `[rR]"""[^]*?"""`,
  `[rR]'''[^]*?'''`,
  `[rR]"[^"\\n\\r]*"`,
  `[rR]'[^'\\n\\r]*'`,
].join('|')

/** The longest match counts; of those as long, the first. */
const rules: readonly (readonly [TokenKind, RegExp])[] = [
  ['float', /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/uy],
  ['uint', /(?:0x[0-9a-fA-F]+|\d+)[uU]/uy],
  ['int', /(?:0x[0-9a-fA-F]+|\d+)/uy],
  ['string', new RegExp(`(?:${text})`, 'uy')],
  ['bytes', new RegExp(`[bB](?:${text})`, 'uy')],
  ['ident', /[A-Za-z_][A-Za-z0-9_]*/uy],
  ['escaped', /`[A-Za-z0-9_./ -]+`/uy],
]
const blank = /(?:[\t \r\n\f]+|\/\/[^\n]*)/uy

/** Splits an expression into tokens. What is none is reported, and skipped. */
export function tokenize(source: string): { tokens: Token[]; issues: Issue[] } {
  const tokens: Token[] = []
  const issues: Issue[] = []
  let index = 0
  // Offsets count characters, not the units of JavaScript's strings.
  let at = 0
  const advance = (length: number) => {
    at += [...source.slice(index, index + length)].length
    index += length
  }
  while (index < source.length) {
    blank.lastIndex = index
    const space = blank.exec(source)
    if (space !== null) {
      advance(space[0].length)
      continue
    }
    const token = tokenAt(source, index)
    if (token === undefined) {
      const bad = badText(source, index)
      issues.push({ at, message: `Syntax error: token recognition error at: '${bad}'` })
      advance(bad.length)
      continue
    }
    tokens.push({ ...token, at })
    advance(token.text.length)
  }
  tokens.push({ kind: 'end', text: '<EOF>', at })
  return { tokens, issues }
}

function tokenAt(source: string, index: number): Omit<Token, 'at'> | undefined {
  let best: Omit<Token, 'at'> | undefined
  for (const [kind, rule] of rules) {
    rule.lastIndex = index
    const match = rule.exec(source)
    if (match !== null && match[0].length > (best?.text.length ?? 0)) best = { kind, text: match[0] }
  }
  if (best !== undefined) return best.text === 'in' ? { kind: 'symbol', text: 'in' } : best
  const symbol = symbols.find((each) => source.startsWith(each, index))
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol }
}

const unfinishedEscape = '(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)?'

/** What a lexer has read when it notices that no token starts so. */
function badText(source: string, index: number): string {
  const first = String.fromCodePoint(source.codePointAt(index)!)
  if (first === '"' || first === "'") {
    const body = new RegExp(`${first}(?:${escapeSequence}|[^\\\\${first}\\n\\r])*(?:\\\\${unfinishedEscape})?[^]?`, 'uy')
    body.lastIndex = index
    return body.exec(source)![0]
  }
  // One more character is read after a prefix of a longer operator.
  if (/^[=&|]$/.test(first) && index + 1 < source.length) return first + String.fromCodePoint(source.codePointAt(index + 1)!)
  return first
}

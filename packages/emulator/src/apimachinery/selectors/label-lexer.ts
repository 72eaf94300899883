/** Kinds of tokens in a label selector. Symbols and the words `in` and `notin` are their own kind. */
export type TokenKind = 'end' | 'error' | 'identifier' | 'in' | 'notin' | ')' | ',' | '!' | '==' | '=' | '>' | '<' | '!=' | '('

export interface Token {
  kind: TokenKind
  text: string
}

const symbols = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '('])
const isSymbol = (char: string) => char !== '' && '=!(),><'.includes(char)
const isSpace = (char: string) => char === ' ' || char === '\t' || char === '\r' || char === '\n'
const isEnd = (char: string) => char === '' || char === '\0'

/** Cuts a selector into tokens, the last of which is the end. Never fails: what is no token becomes an `error`, left to the parser. */
export function tokenize(selector: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    while (isSpace(selector.charAt(at))) at++
    const char = selector.charAt(at)
    if (isEnd(char)) {
      tokens.push({ kind: 'end', text: '' })
      return tokens
    }
    const { token, length } = isSymbol(char) ? readSymbol(selector, at) : readWord(selector, at)
    tokens.push(token)
    // A NUL ends a token, and is gone; elsewhere it ends the selector.
    at += length + (selector.charAt(at + length) === '\0' ? 1 : 0)
  }
}

/** The longest symbol there is, of at most two characters; any run of symbols holds at least one. */
function readSymbol(selector: string, at: number): { token: Token; length: number } {
  const two = selector.slice(at, at + 2)
  const text = symbols.has(two) ? two : selector.charAt(at)
  return { token: { kind: text as TokenKind, text }, length: text.length }
}

function readWord(selector: string, at: number): { token: Token; length: number } {
  let end = at
  for (let char = selector.charAt(end); !isEnd(char) && !isSymbol(char) && !isSpace(char); char = selector.charAt(end)) end++
  const text = selector.slice(at, end)
  return { token: { kind: text === 'in' || text === 'notin' ? text : 'identifier', text }, length: text.length }
}

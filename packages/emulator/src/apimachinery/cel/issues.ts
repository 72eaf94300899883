/** Something wrong with an expression, and where: an offset in characters. */
export interface Issue {
  at: number
  message: string
}

/** Thrown for expressions that do not compile. Its message shows each issue with the line that it is in, as cel-go does. */
export class CelCompileError extends Error {}

/** Thrown when an expression cannot be evaluated, such as `no such key: x`. */
export class CelError extends Error {}

/** Each is shown with the whole of its line. */
const mostIssues = 100

/** The issues in the order of the text, each with its line and a mark below. */
export function formatIssues(source: readonly string[], issues: readonly Issue[]): string {
  // Of nothing, no line can be shown.
  if (source.length === 0) return issues.map(({ message }) => `ERROR: <input>:1:0: ${message}`).join('\n')
  const placed = issues.slice(0, mostIssues).map((issue) => ({ ...issue, ...locate(source, issue.at) }))
  placed.sort((a, b) => a.line - b.line || a.column - b.column)
  const shown = placed.map(({ message, line, column, text }) => `ERROR: <input>:${line}:${column + 1}: ${message}${snippet(text, column)}`)
  // cel-go looks no further.
  return [...shown, ...(issues.length > mostIssues ? ['1 more errors were truncated'] : [])].join('\n')
}

function locate(source: readonly string[], at: number): { line: number; column: number; text: readonly string[] } {
  let line = 1
  let start = 0
  for (let i = 0; i < at && i < source.length; i++) {
    if (source[i] === '\n') {
      line++
      start = i + 1
    }
  }
  const end = source.indexOf('\n', start)
  return { line, column: at - start, text: source.slice(start, end < 0 ? source.length : end) }
}

/** Characters that are wider than one byte are pointed to in a wider hand. */
function snippet(text: readonly string[], column: number): string {
  const isWide = (character: string | undefined) => character !== undefined && character.codePointAt(0)! > 0x7f
  const dots = text.slice(0, column).map((character) => (isWide(character) ? '．' : '.'))
  const shown = text.map((character) => (character === '\t' ? ' ' : character)).join('')
  return `\n | ${shown}\n | ${dots.join('')}${isWide(text[column]) ? '＾' : '^'}`
}

/**
 * What libyaml, as the API server has it, says where the parser here gave up. Lines and columns count from 0. The server counts lines
 * from 0 for errors of its parser and from 1 for those of its scanner, and does not name line 0.
 */
export function goMessage(text: string, reason: string, line: number, column: number): string {
  const lines = text.split('\n')
  const source = lines[line] ?? ''
  const rest = source.slice(column)
  const scanner = (what: string, at = line) => `yaml: ${at === 0 ? '' : `line ${at + 1}: `}${what}`
  const parser = (what: string, at = line) => `yaml: ${at === 0 ? '' : `line ${at}: `}${what}`
  // The end is on a line of its own.
  const lastLine = lines.at(-1) === '' ? lines.length - 1 : lines.length

  if (reason.includes('non-printable') || isReadToControlCharacter(text, offsetOf(lines, line, column)))
    return 'yaml: control characters are not allowed'
  if (reason === 'directives end mark is expected') return scanner('found unknown directive name', Math.max(line - 1, 0))
  const known = fixed[reason]
  if (known !== undefined) return scanner(known)
  if (reason.startsWith('tab characters')) return scanner(tabProblem(lines, line))
  if (/^\t/.test(source)) return scanner(line === 0 ? 'found character that cannot start any token' : tabProblem(lines, line))
  if (reason.includes('within a double quoted') || reason.includes('within a single quoted')) {
    return scanner('found unexpected end of stream', lines.length - 1)
  }
  const start = rest.trimStart().charAt(0)
  if (start !== '' && '@`'.includes(start)) return scanner('found character that cannot start any token')
  if (/^\s*%/.test(source) && column <= source.search(/\S/)) return scanner('found character that cannot start any token')
  const flow = flowProblem(text, reason, lines, line, column)
  if (flow !== undefined) return parser(flow, reason.includes('end of the stream') ? lastLine : line)
  return blockProblem({ reason, source, rest, lines, line, lastLine, scanner, parser })
}

/** Bytes that libyaml reads at a time, and whose characters it looks at before it goes on. */
const blockSize = 512

function isReadToControlCharacter(text: string, offset: number): boolean {
  const at = text.search(/[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
  return at >= 0 && at < (Math.floor(offset / blockSize) + 1) * blockSize
}

const offsetOf = (lines: readonly string[], line: number, column: number) =>
  lines.slice(0, line).reduce((sum, part) => sum + part.length + 1, 0) + column

const fixed: Readonly<Record<string, string>> = {
  'unknown escape sequence': 'found unknown escape character',
  'expected hexadecimal character': 'did not find expected hexdecimal number',
  'name of an alias node must contain at least one character': 'did not find expected alphabetic or numeric character',
  'name of an anchor node must contain at least one character': 'did not find expected alphabetic or numeric character',
  'directive name must not be less than one character in length': 'could not find expected directive name',
  'a line break is expected': 'did not find expected comment or line break',
}

function tabProblem(lines: readonly string[], line: number): string {
  const source = lines[line] ?? ''
  if (/^\s*\t\s*- /.test(source)) return 'found character that cannot start any token'
  const before = lines.slice(0, line).findLast((text) => text.trim() !== '') ?? ''
  if (/[|>][-+0-9]*\s*$/.test(before)) return 'found a tab character where an indentation space is expected'
  // Where a value is awaited, a tab is not indentation but a token.
  return /[:-]\s*$/.test(before) ? 'found character that cannot start any token' : 'found a tab character that violates indentation'
}

/** Errors within brackets name what the innermost open one could hold next. */
function flowProblem(text: string, reason: string, lines: readonly string[], line: number, column: number): string | undefined {
  const inFlow = [
    'unexpected end of the stream within a flow collection',
    'missed comma between flow collection entries',
    'deficient indentation',
  ]
  if (reason.startsWith('expected the node content')) return 'did not find expected node content'
  if (!inFlow.includes(reason)) return undefined
  const end = offsetOf(lines, line, column)
  const { open, expectsNode } = openBracket(text.slice(0, reason.startsWith('unexpected end') ? undefined : end))
  if (open === undefined) return undefined
  if (expectsNode) return 'did not find expected node content'
  return open === '[' ? "did not find expected ',' or ']'" : "did not find expected ',' or '}'"
}

/** Quotes without an end that are looked for: each look goes to the end of the text. */
const mostOpenQuotes = 20

/** The innermost bracket that is still open, and whether what comes last wants a node after it. */
function openBracket(text: string): { open: string | undefined; expectsNode: boolean } {
  const stack: string[] = []
  const token = /#[^\n]*|[[\]{},"']|[^\s[\]{},"'#]+/g
  let last = ''
  let openQuotes = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match
    if (found.startsWith('#')) continue
    if (found === '"' || found === "'") {
      const end = openQuotes < mostOpenQuotes ? endOfQuoted(text, match.index) : undefined
      if (end === undefined) {
        openQuotes++
        continue
      }
      token.lastIndex = end
    } else if (found === '[' || found === '{') stack.push(found)
    else if (found === ']' || found === '}') stack.pop()
    last = found
  }
  return { open: stack.at(-1), expectsNode: last === '[' || last === '{' || last === ',' }
}

/** Behind the quote that ends what the one at `start` begins. */
function endOfQuoted(text: string, start: number): number | undefined {
  const quote = text.charAt(start)
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\' && quote === '"') at++
    else if (char === quote && quote === "'" && text.charAt(at + 1) === "'") at++
    else if (char === quote) return at + 1
  }
  return undefined
}

interface Problem {
  reason: string
  source: string
  rest: string
  lines: readonly string[]
  line: number
  lastLine: number
  scanner: (what: string, at?: number) => string
  parser: (what: string, at?: number) => string
}

function blockProblem({ reason, source, rest, lines, line, lastLine, scanner, parser }: Problem): string {
  if (reason.includes("expected ':'") || reason.includes('multiline key')) return scanner("could not find expected ':'", lastLine)
  if (/^\s*:(\s|$)/.test(rest)) return scanner('mapping values are not allowed in this context')
  if (/^\s*- /.test(rest) && /:\s+$/.test(source.slice(0, source.length - rest.trimStart().length))) {
    return scanner('block sequence entries are not allowed in this context')
  }
  if (/^\s*[\]}]/.test(rest))
    return parser(line === 0 && /^\s*[\]}]/.test(source) ? 'did not find expected node content' : 'did not find expected key')
  if (reason.startsWith('bad indentation of a mapping') && !source.includes(':')) return scanner("could not find expected ':'", lastLine)
  if (reason === 'deficient indentation') return scanner('found unexpected document indicator')
  const before = lines.slice(0, line).findLast((text) => text.trim() !== '') ?? ''
  if (reason.startsWith('bad indentation of a sequence') && source.includes(': ') && !before.includes(': ')) {
    return scanner('mapping values are not allowed in this context')
  }
  return parser(isListAt(lines, line) ? "did not find expected '-' indicator" : 'did not find expected key')
}

/** Whether the block that a line would belong to, by its indentation, is a list. */
function isListAt(lines: readonly string[], line: number): boolean {
  const indentOf = (text: string) => text.length - text.trimStart().length
  const indent = indentOf(lines[line] ?? '')
  const sibling = lines.slice(0, line).findLast((text) => text.trim() !== '' && indentOf(text) <= indent) ?? ''
  return sibling.trimStart().startsWith('- ') && indentOf(sibling) === indent
}

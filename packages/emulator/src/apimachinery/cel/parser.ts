/** The grammar of CEL (cel-spec, doc/langdef.md), with the errors that cel-go's generated parser gives. */
import { type Expression, qualifiedName, type StructField } from './ast.ts'
import { CelCompileError, formatIssues, type Issue } from './issues.ts'
import { type Token, type TokenKind, tokenize } from './lexer.ts'
import { bytesOf, stringOf } from './literals.ts'
import { expandMacro, MacroError } from './macros.ts'
import type { CelValue } from './values.ts'

const starters = "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER"
const startersOr = {
  argument: starters.replace("'('", "'(', ')'"),
  index: starters.replace("'!'", "'!', '?'"),
  element: starters.replace("'['", "'[', ']'").replace("'.'", "'.', ','").replace("'!'", "'!', '?'"),
  entry: starters.replace("'{'", "'{', '}'").replace("'.'", "'.', ','").replace("'!'", "'!', '?'"),
}

const reserved = new Set('as break const continue else for function if import let loop package namespace return var void while'.split(' '))
const precedence: readonly (readonly [operators: readonly string[], functions: Readonly<Record<string, string>>])[] = [
  [['||'], { '||': '_||_' }],
  [['&&'], { '&&': '_&&_' }],
  [['<', '<=', '>=', '>', '==', '!=', 'in'], { '<': '_<_', '<=': '_<=_', '>=': '_>=_', '>': '_>_', '==': '_==_', '!=': '_!=_', in: '@in' }],
  [['+', '-'], { '+': '_+_', '-': '_-_' }],
  [['*', '/', '%'], { '*': '_*_', '/': '_/_', '%': '_%_' }],
]
/** Expressions within expressions, and what an operator, a field or an index is applied to. */
const maxDepth = 250
const maxCodePoints = 100_000

/** What is refused as a whole has no place in the text. */
const refuse = (why: string) => new CelCompileError(`ERROR: <input>:-1:0: ${why}`)

class SyntaxIssue extends Error {
  readonly issue: Issue

  constructor(at: number, message: string) {
    super(message)
    this.issue = { at, message: `Syntax error: ${message}` }
  }
}

/** @throws CelCompileError with what is wrong */
export function parse(source: string): Expression {
  const characters = [...source]
  if (characters.length > maxCodePoints) {
    throw refuse(`expression code point size exceeds limit: size: ${characters.length}, limit ${maxCodePoints}`)
  }
  const { tokens, issues } = tokenize(source)
  const parser = createParser(tokens, issues)
  let root: Expression | undefined
  try {
    root = parser.root()
  } catch (error) {
    if (!(error instanceof SyntaxIssue)) throw error
    issues.push(error.issue)
  }
  if (issues.length > 0 || root === undefined) throw new CelCompileError(formatIssues(characters, issues))
  return root
}

/** The chains of one operator that the logical operators make, as trees that are no deeper than they must be (cel-go: logicManager). */
function balanced(terms: readonly Expression[], join: (at: number, left: Expression, right: Expression) => Expression): Expression {
  const between = (low: number, high: number): Expression => {
    const middle = (low + high + 1) >> 1
    const left = middle === low ? terms[middle]! : between(low, middle - 1)
    const right = middle === high ? terms[middle + 1]! : between(middle + 1, high)
    return join(middle, left, right)
  }
  return between(0, terms.length - 2)
}

function createParser(tokens: readonly Token[], issues: Issue[]) {
  let position = 0
  let depth = 0
  let nextId = 1
  /** How deep an operand is, of those that count. */
  const depths = new WeakMap<Expression, number>()
  const peek = (ahead = 0): Token => tokens[Math.min(position + ahead, tokens.length - 1)]!
  const is = (text: string, ahead = 0) => {
    const { kind, text: found } = peek(ahead)
    return kind === 'symbol' && found === text
  }
  const take = (): Token => {
    const token = peek()
    if (position < tokens.length - 1) position++
    return token
  }
  const id = () => nextId++

  const startsExpression = (token: Token): boolean =>
    token.kind !== 'end' && token.kind !== 'escaped' && (token.kind !== 'symbol' || ['[', '{', '(', '.', '-', '!'].includes(token.text))

  const mismatch = (expecting: string) => new SyntaxIssue(peek().at, `mismatched input '${peek().text}' expecting ${expecting}`)

  /** Takes a symbol; where it is missing and all else fits, goes on without. */
  const expect = (text: string, follows: (token: Token) => boolean = () => false): Token => {
    if (is(text)) return take()
    const shown = `'${text}'`
    if (is(text, 1)) {
      issues.push({ at: peek().at, message: `Syntax error: extraneous input '${peek().text}' expecting ${shown}` })
      take()
      return take()
    }
    if (!follows(peek())) throw mismatch(shown)
    issues.push({ at: peek().at, message: `Syntax error: missing ${shown} at '${peek().text}'` })
    return peek()
  }

  /** What may come after a complete operand. */
  const followsOperand = ({ kind, text }: Token) =>
    kind === 'end' || (kind === 'symbol' && !['[', '{', '(', '!'].includes(text)) || (kind === 'symbol' && text === '[')

  /** Skips one token that is too much before an expression. */
  const ensureStart = (expecting: string) => {
    if (startsExpression(peek())) return
    if (peek().kind !== 'end' && startsExpression(peek(1))) {
      issues.push({ at: peek().at, message: `Syntax error: extraneous input '${peek().text}' expecting {${expecting}}` })
      take()
      return
    }
    if (!isOperator(peek())) throw mismatch(`{${expecting}}`)
    // The operand is taken as missing, and the operator's right side is looked for.
    issues.push(mismatch(`{${expecting}}`).issue)
    take()
    ensureStart(starters)
  }

  function root(): Expression | undefined {
    const expression = conditional()
    if (peek().kind === 'end') return expression
    const { at, text } = peek()
    throw new SyntaxIssue(
      at,
      peek(1).kind === 'end' ? `extraneous input '${text}' expecting <EOF>` : `mismatched input '${text}' expecting <EOF>`,
    )
  }

  function conditional(expecting = starters): Expression {
    if (++depth > maxDepth) throw refuse(`expression recursion limit exceeded: ${maxDepth}`)
    ensureStart(expecting)
    const condition = binary(0)
    const whole = is('?') ? choice(condition) : condition
    depth--
    return whole
  }

  function choice(condition: Expression): Expression {
    const { at } = take()
    ensureStart(starters)
    const yes = binary(0)
    expect(':')
    return call('_?_:_', at, [condition, yes, conditional()])
  }

  /** Counts how deep a chain of operators, fields or indexes has become. */
  function deeper(expression: Expression, operand: Expression): Expression {
    const found = (depths.get(operand) ?? 0) + 1
    if (found > maxDepth) throw refuse('max recursion depth exceeded')
    depths.set(expression, found)
    return expression
  }

  function binary(level: number): Expression {
    const rule = precedence[level]
    if (rule === undefined) return unary()
    if (level < 2) return logical(level, rule[1])
    let left = binary(level + 1)
    while (peek().kind === 'symbol' && rule[0].includes(peek().text)) {
      const operator = take()
      ensureStart(starters)
      left = deeper(call(rule[1][operator.text]!, operator.at, [left, binary(level + 1)]), left)
    }
    return left
  }

  function logical(level: number, functions: Readonly<Record<string, string>>): Expression {
    const terms = [binary(level + 1)]
    const operators: Token[] = []
    while (peek().kind === 'symbol' && functions[peek().text] !== undefined) {
      operators.push(take())
      ensureStart(starters)
      terms.push(binary(level + 1))
    }
    if (operators.length === 0) return terms[0]!
    return balanced(terms, (at, left, right) => call(functions[operators[at]!.text]!, operators[at]!.at, [left, right]))
  }

  const isOperator = ({ kind, text }: Token) => kind === 'symbol' && precedence.some(([operators]) => operators.includes(text))

  function unary(): Expression {
    const operator = peek().text
    if (!is('!') && !(is('-') && !isNumber(peek(1)))) return member()
    const { at } = peek()
    let count = 0
    while (is(operator) && !(operator === '-' && isNumber(peek(1)) && count > 0 && count % 2 === 1)) {
      take()
      count++
    }
    if (operator === '-' && peek().kind === 'end') {
      issues.push({ at: peek().at, message: `Syntax error: no viable alternative at input '${operator}'` })
    }
    if (operator === '!' && peek().kind === 'end')
      throw new SyntaxIssue(peek().at, `extraneous input '${peek().text}' expecting {${starters}}`)
    ensureStart(starters)
    const operand = member()
    return count % 2 === 0 ? operand : call(operator === '!' ? '!_' : '-_', at, [operand])
  }

  const isNumber = ({ kind }: Token) => kind === 'int' || kind === 'float'

  function member(): Expression {
    let expression = primary()
    for (;;) {
      if (is('.')) expression = deeper(select(expression), expression)
      else if (is('[')) expression = deeper(index(expression), expression)
      else if (is('{') && qualifiedName(expression) !== undefined) expression = struct(qualifiedName(expression)!)
      else return expression
    }
  }

  function select(operand: Expression): Expression {
    const dot = take()
    const optional = is('?')
    if (optional) take()
    const name = peek()
    if (name.kind === 'escaped') {
      issues.push({ at: name.at, message: "unsupported syntax: '`'" })
      take()
      return { kind: 'select', id: id(), at: dot.at, operand, field: name.text.slice(1, -1), testOnly: false }
    }
    if (name.kind !== 'ident') throw new SyntaxIssue(name.at, `no viable alternative at input '.${name.kind === 'end' ? '' : name.text}'`)
    take()
    if (optional) {
      const field: Expression = { kind: 'literal', id: id(), at: name.at, value: name.text }
      return { kind: 'call', id: id(), at: dot.at, name: '_?._', target: undefined, args: [operand, field] }
    }
    if (!is('(')) return { kind: 'select', id: id(), at: dot.at, operand, field: name.text, testOnly: false }
    return callWithArguments(name.text, operand)
  }

  function index(operand: Expression): Expression {
    const open = take()
    const optional = is('?')
    if (optional) take()
    const at = conditional(startersOr.index)
    expect(']', followsOperand)
    return call(optional ? '_[?_]' : '_[_]', open.at, [operand, at])
  }

  function callWithArguments(name: string, target: Expression | undefined): Expression {
    const open = take()
    const args: Expression[] = []
    if (!is(')')) {
      args.push(conditional(startersOr.argument))
      while (is(',')) {
        take()
        args.push(conditional())
      }
    }
    expect(')', followsOperand)
    return expand(name, target, args, open.at)
  }

  function expand(name: string, target: Expression | undefined, args: Expression[], at: number): Expression {
    try {
      const expanded = expandMacro({ name, target, args, at, id })
      if (expanded !== undefined) return expanded
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      issues.push({ at: error.at, message: error.message })
    }
    return { kind: 'call', id: id(), at, name, target, args }
  }

  const call = (name: string, at: number, args: Expression[]): Expression => ({ kind: 'call', id: id(), at, name, target: undefined, args })
  const literal = (at: number, value: CelValue): Expression => ({ kind: 'literal', id: id(), at, value })

  function primary(): Expression {
    const token = peek()
    if (token.kind === 'symbol') return symbol(token)
    take()
    const scalars: Partial<Record<TokenKind, () => Expression>> = {
      int: () => integer(token, token.text),
      uint: () => unsigned(token),
      float: () => literal(token.at, Number(token.text)),
      string: () => literal(token.at, stringOf(token.text)),
      bytes: () => literal(token.at, bytesOf(token.text)),
      ident: () => identifier(token, ''),
    }
    const make = scalars[token.kind]
    if (make === undefined) throw new SyntaxIssue(token.at, `mismatched input '${token.text}' expecting {${starters}}`)
    return make()
  }

  function symbol(token: Token): Expression {
    switch (token.text) {
      case '(': {
        take()
        const inner = conditional()
        expect(')', followsOperand)
        return inner
      }
      case '[':
        return list()
      case '{':
        return map()
      case '.': {
        take()
        const name = peek()
        if (name.kind !== 'ident')
          throw new SyntaxIssue(name.at, `no viable alternative at input '.${name.kind === 'end' ? '' : name.text}'`)
        take()
        return identifier(name, '.')
      }
      case '-': {
        take()
        const number = take()
        return number.kind === 'int' ? integer(token, `-${number.text}`) : literal(token.at, -Number(number.text))
      }
      default:
        throw mismatch(`{${starters}}`)
    }
  }

  function integer({ at }: Token, text: string): Expression {
    const magnitude = BigInt(text.replace('-', ''))
    const value = text.startsWith('-') ? -magnitude : magnitude
    if (value < -(2n ** 63n) || value >= 2n ** 63n) issues.push({ at, message: 'invalid int literal' })
    return literal(at, value)
  }

  function unsigned({ at, text }: Token): Expression {
    const value = BigInt(text.slice(0, -1))
    if (value >= 2n ** 64n) issues.push({ at, message: 'invalid uint literal' })
    return literal(at, { tag: 'uint', value })
  }

  function identifier({ text, at }: Token, prefix: string): Expression {
    if (prefix === '' && (text === 'true' || text === 'false')) return literal(at, text === 'true')
    if (prefix === '' && text === 'null') return literal(at, null)
    if (reserved.has(text)) issues.push({ at, message: `reserved identifier: ${text}` })
    if (is('(')) return callWithArguments(prefix + text, undefined)
    return { kind: 'ident', id: id(), at, name: prefix + text }
  }

  function list(): Expression {
    const open = take()
    const elements: Expression[] = []
    const optional = new Set<number>()
    const element = (expecting: string) => {
      if (is('?')) {
        take()
        optional.add(elements.length)
      }
      elements.push(conditional(expecting))
    }
    if (!is(']') && !is(',')) element(startersOr.element)
    while (is(',') && (startsExpression(peek(1)) || is('?', 1))) {
      take()
      element(starters)
    }
    const trailing = is(',')
    if (trailing) take()
    close(']', trailing)
    return { kind: 'list', id: id(), at: open.at, elements, optional }
  }

  function struct(name: string): Expression {
    const open = take()
    const fields: StructField[] = []
    const field = () => {
      const optional = is('?')
      if (optional) take()
      const token = peek()
      if (token.kind !== 'ident' && token.kind !== 'escaped') throw mismatch("{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}")
      take()
      const colon = expect(':')
      const text = token.kind === 'escaped' ? token.text.slice(1, -1) : token.text
      fields.push({ name: text, at: colon.at, value: conditional(), optional })
    }
    if (!is('}') && !is(',')) field()
    while (is(',') && (peek(1).kind === 'ident' || peek(1).kind === 'escaped' || is('?', 1))) {
      take()
      field()
    }
    const trailing = is(',')
    if (trailing) take()
    close('}', trailing)
    return { kind: 'struct', id: id(), at: open.at, name: name.replace(/^\./, ''), fields }
  }

  function map(): Expression {
    const open = take()
    const entries: { key: Expression; value: Expression; optional: boolean }[] = []
    const entry = (expecting: string) => {
      const optional = is('?')
      if (optional) take()
      const key = conditional(expecting)
      expect(':')
      entries.push({ key, value: conditional(), optional })
    }
    if (!is('}') && !is(',')) entry(startersOr.entry)
    while (is(',') && (startsExpression(peek(1)) || is('?', 1))) {
      take()
      entry(starters)
    }
    const trailing = is(',')
    if (trailing) take()
    close('}', trailing)
    return { kind: 'map', id: id(), at: open.at, entries }
  }

  function close(text: string, trailing: boolean): void {
    if (trailing || is(text)) {
      expect(text, (token) => followsOperand(token) && ![',', ')', ']', '}', ':'].includes(token.text))
      return
    }
    const expecting = `{'${text}', ','}`
    if (!is(text, 1)) throw mismatch(expecting)
    issues.push({ at: peek().at, message: `Syntax error: extraneous input '${peek().text}' expecting ${expecting}` })
    take()
    take()
  }

  return { root }
}

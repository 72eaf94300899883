import { integerOf } from './integer.ts'
import { type Token, type TokenKind, tokenize } from './label-lexer.ts'
import { aggregateText, checkRequirement, type LabelOperator } from './label-requirement.ts'

/** One condition on a label. `=`, `==` and `in` are In; `!=` and `notin` are NotIn. Values are sorted, each once. */
export interface LabelRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'
  readonly values: readonly string[]
}

export interface LabelSelector {
  /** Sorted by key. */
  readonly requirements: readonly LabelRequirement[]
  /** Selects everything. */
  readonly empty: boolean
  matches(labels: Readonly<Record<string, string>> | undefined): boolean
}

/** A LabelSelector as API objects hold it. */
export interface LabelSelectorObject {
  matchLabels?: Readonly<Record<string, string>> | null
  matchExpressions?: readonly { key?: string; operator?: string; values?: readonly string[] | null }[] | null
}

const operators: Readonly<Record<LabelOperator, LabelRequirement['operator']>> = {
  '=': 'In',
  '==': 'In',
  in: 'In',
  '!=': 'NotIn',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
  gt: 'Gt',
  lt: 'Lt',
}

/** Reads the labelSelector of a query (apimachinery, pkg/labels). Throws an Error in the server's words. */
export function parseLabelSelector(text: string): LabelSelector {
  const parser: Parser = { tokens: tokenize(text), at: 0 }
  const requirements: LabelRequirement[] = []
  for (;;) {
    const next = peek(parser)
    if (next.kind === 'end') return selectorOf(requirements)
    if (next.kind !== 'identifier' && next.kind !== '!')
      throw new Error(`found '${next.text}', expected: !, identifier, or 'end of string'`)
    try {
      requirements.push(parseRequirement(parser))
    } catch (error) {
      throw new Error(`unable to parse requirement: ${(error as Error).message}`)
    }
    const after = take(parser)
    if (after.kind === 'end') return selectorOf(requirements)
    if (after.kind !== ',') throw new Error(`found '${after.text}', expected: ',' or 'end of string'`)
    const following = peek(parser)
    if (following.kind !== 'identifier' && following.kind !== '!') {
      throw new Error(`found '${following.text}', expected: identifier after ','`)
    }
  }
}

/** Compiles the selector of an API object: none selects nothing, an empty one everything. Throws an Error in the server's words. */
export function labelSelectorFromObject(selector: LabelSelectorObject | null | undefined): LabelSelector {
  if (selector === null || selector === undefined) return { requirements: [], empty: false, matches: () => false }
  const requirements: LabelRequirement[] = []
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) requirements.push(requirementOf(key, '=', [value]))
  for (const { key = '', operator = '', values } of selector.matchExpressions ?? []) {
    const known = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }[operator] as LabelOperator | undefined
    if (known === undefined) throw new Error(`${JSON.stringify(operator)} is not a valid label selector operator`)
    requirements.push(requirementOf(key, known, values ?? []))
  }
  return selectorOf(requirements)
}

/** Compiles requirements that need no check. */
function selectorOf(requirements: readonly LabelRequirement[]): LabelSelector {
  const sorted = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const tests = sorted.map(compile)
  return {
    requirements: sorted,
    empty: sorted.length === 0,
    matches: (labels = {}) => {
      for (const test of tests) if (!test(labels)) return false
      return true
    },
  }
}

type Test = (labels: Readonly<Record<string, string>>) => boolean

function compile({ key, operator, values }: LabelRequirement): Test {
  const only = values.length === 1 ? values[0] : undefined
  const set = new Set(values)
  const bound = operator === 'Gt' || operator === 'Lt' ? integerOf(values[0] ?? '') : undefined
  const find = (labels: Readonly<Record<string, string>>) => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  switch (operator) {
    case 'In':
      if (only !== undefined) return (labels) => find(labels) === only
      return (labels) => {
        const value = find(labels)
        return value !== undefined && set.has(value)
      }
    case 'NotIn':
      return (labels) => {
        const value = find(labels)
        return value === undefined || !set.has(value)
      }
    case 'Exists':
      return (labels) => find(labels) !== undefined
    case 'DoesNotExist':
      return (labels) => find(labels) === undefined
    default:
      return (labels) => {
        const value = integerOf(find(labels) ?? '')
        return value !== undefined && bound !== undefined && (operator === 'Gt' ? value > bound : value < bound)
      }
  }
}

interface Parser {
  tokens: readonly Token[]
  at: number
}

/** Outside of the operator's place, `in` and `notin` are identifiers like any other. */
function asIdentifier(token: Token): Token {
  return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token
}

const end: Token = { kind: 'end', text: '' }
const peek = ({ tokens, at }: Parser): Token => asIdentifier(tokens[at] ?? end)
const takeRaw = (parser: Parser): Token => parser.tokens[parser.at++] ?? end
const take = (parser: Parser): Token => asIdentifier(takeRaw(parser))

function parseRequirement(parser: Parser): LabelRequirement {
  let token = take(parser)
  const negated = token.kind === '!'
  if (negated) token = take(parser)
  if (token.kind !== 'identifier') throw new Error(`found '${token.text}', expected: identifier`)
  const key = token.text
  checkRequirement.key(key)
  const next = peek(parser).kind
  // After a `!`, whatever follows the key is left for the caller to refuse.
  if (negated) return requirementOf(key, '!', [])
  if (next === 'end' || next === ',') return requirementOf(key, 'exists', [])
  const operator = parseOperator(parser)
  const values = operator === 'in' || operator === 'notin' ? parseValues(parser) : [parseExactValue(parser)]
  return requirementOf(key, operator, [...new Set(values)].sort())
}

function requirementOf(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
  const errors = checkRequirement.all(key, operator, values)
  if (errors.length > 0) throw new Error(aggregateText(errors))
  return { key, operator: operators[operator], values: [...values] }
}

const binaryOperators: Partial<Record<TokenKind, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
}

function parseOperator(parser: Parser): LabelOperator {
  const { kind, text } = takeRaw(parser)
  const operator = binaryOperators[kind]
  if (operator === undefined) throw new Error(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`)
  return operator
}

function parseExactValue(parser: Parser): string {
  const { kind } = peek(parser)
  if (kind === 'end' || kind === ',') return ''
  const token = take(parser)
  if (token.kind !== 'identifier') throw new Error(`found '${token.text}', expected: identifier`)
  return token.text
}

function parseValues(parser: Parser): string[] {
  const open = take(parser)
  if (open.kind !== '(') throw new Error(`found '${open.text}' expected: '('`)
  const first = peek(parser)
  if (first.kind === ')') {
    take(parser)
    return ['']
  }
  if (first.kind !== 'identifier' && first.kind !== ',') throw new Error(`found '${first.text}', expected: ',', ')' or identifier`)
  const values = parseIdentifiers(parser)
  if (take(parser).kind !== ')') throw new Error(`found '${first.text}', expected: ')'`)
  return values
}

/** A list with commas, in which nothing between two commas is the empty value. Stops before the closing parenthesis. */
function parseIdentifiers(parser: Parser): string[] {
  const values: string[] = []
  for (;;) {
    const token = take(parser)
    const next = peek(parser)
    if (token.kind === 'identifier') {
      values.push(token.text)
      if (next.kind === ')') return values
      if (next.kind !== ',') throw new Error(`found '${next.text}', expected: ',' or ')'`)
    } else if (token.kind === ',') {
      if (values.length === 0) values.push('')
      if (next.kind === ')' || next.kind === ',') values.push('')
      if (next.kind === ')') return values
    } else throw new Error(`found '${token.text}', expected: ',', or identifier`)
  }
}

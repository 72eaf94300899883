import { compilePattern } from '../regular-expression.ts'
import type { Expression } from './ast.ts'
import { type Checked, check, type Structs, type Variables } from './checker.ts'
import { durationNanos, timestampNanos } from './functions/times.ts'
import { CelCompileError, formatIssues, type Issue } from './issues.ts'
import { parse } from './parser.ts'
import type { CelType } from './types.ts'

/** An expression that can be evaluated, and the type of its value. */
export interface Program extends Checked {
  type: CelType
}

/** @throws CelCompileError with all that is wrong, each with its place in the text */
export function compile(source: string, variables: Variables, structs: Structs = noStructs): Program {
  const checked = check(parse(source), source, variables, structs)
  const issues: Issue[] = []
  validateLiterals(checked.root, issues)
  if (issues.length > 0) throw new CelCompileError(formatIssues([...source], issues))
  return { ...checked, type: checked.types.get(checked.root.id) ?? { kind: 'dyn' } }
}

const noStructs: Structs = () => undefined

const literalChecks: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => durationNanos(text) !== undefined,
  timestamp: (text) => timestampNanos(text) !== undefined,
  matches: (text) => !('error' in compilePattern(text)),
}

/** Durations, times and patterns that can be seen to be none. */
function validateLiterals(expression: Expression, issues: Issue[]): void {
  for (const part of partsOf(expression)) validateLiterals(part, issues)
  if (expression.kind !== 'call') return
  const isValid = literalChecks[expression.name]
  const argument = expression.args.at(expression.name === 'matches' ? -1 : 0)
  if (isValid === undefined || argument?.kind !== 'literal' || typeof argument.value !== 'string') return
  if (!isValid(argument.value)) issues.push({ at: argument.at, message: `invalid ${expression.name} argument` })
}

function partsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'select':
      return [expression.operand]
    case 'call':
      return [...(expression.target === undefined ? [] : [expression.target]), ...expression.args]
    case 'list':
      return expression.elements
    case 'map':
      return expression.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return expression.fields.map(({ value }) => value)
    case 'fold':
      return [expression.range, expression.accuInit, expression.condition, expression.step, expression.result]
    default:
      return []
  }
}

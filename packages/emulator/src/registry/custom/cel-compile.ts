/** CEL rules of schemas, compiled (apiextensions, schema/cel/compilation.go). */
import { CelCompileError, compile, estimateCost, optionalOf, type Program } from '../../apimachinery/cel/index.ts'
import { declare, maxCardinality, sizeHints } from './cel-schema.ts'
import type { JsonSchema, ValidationRule } from './schema/types.ts'

export interface CompiledRule {
  rule: ValidationRule
  program?: Program
  message?: Program
  error?: { required?: boolean; detail: string }
  messageExpressionError?: string
  maxCost: number
  maxCardinality: number
  messageExpressionMaxCost?: number
  usesOldSelf: boolean
}

/** Compiles the rules that stand directly in a schema. */
export function compileRules(schema: JsonSchema, isRoot: boolean): CompiledRule[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return []
  const declaration = declare(schema, isRoot)
  if (declaration === undefined) return rules.map((rule) => unusable(rule, 'failed to convert to declType for CEL validation rules'))
  const hints = sizeHints(declaration)
  return rules.map((rule) => {
    const compiled: CompiledRule = { rule, maxCost: 0, maxCardinality: maxCardinality(declaration), usesOldSelf: false }
    if (rule.rule.trim() === '') return compiled
    const oldType = rule.optionalOldSelf ? optionalOf(declaration.type) : declaration.type
    const variables = new Map([
      ['self', declaration.type],
      ['oldSelf', oldType],
    ])
    const program = attempt(() => compile(rule.rule, variables))
    if ('error' in program) return { ...compiled, error: { detail: `compilation failed: ${program.error}` } }
    if (program.type.kind !== 'bool') return { ...compiled, error: { detail: 'cel expression must evaluate to a bool' } }
    compiled.program = program
    compiled.usesOldSelf = program.variables.has('oldSelf')
    compiled.maxCost = estimateCost(program, hints).max
    if (!rule.messageExpression) return compiled
    const message = attempt(() => compile(rule.messageExpression!, variables))
    if ('error' in message) return { ...compiled, messageExpressionError: `messageExpression compilation failed: ${message.error}` }
    if (message.type.kind !== 'string') return { ...compiled, messageExpressionError: 'messageExpression must evaluate to a string' }
    return { ...compiled, message, messageExpressionMaxCost: estimateCost(message, hints).max }
  })
}

const unusable = (rule: ValidationRule, detail: string): CompiledRule => ({
  rule,
  error: { detail },
  maxCost: 0,
  maxCardinality: 0,
  usesOldSelf: false,
})

function attempt(make: () => Program): Program | { error: string } {
  try {
    return make()
  } catch (error) {
    if (error instanceof CelCompileError) return { error: error.message }
    throw error
  }
}

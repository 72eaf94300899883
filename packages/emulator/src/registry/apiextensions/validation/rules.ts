/** CEL rules of a definition: their form, whether they compile, and what they may cost (apiextensions, validation/cel_validation.go). */
import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../../apimachinery/field-error.ts'
import type { JsonSchema, ValidationRule } from '../../custom/schema/types.ts'
import { showRule } from '../internal.ts'
import { resolveFieldPath } from './field-path.ts'
import { unsupportedKeyword } from './structural.ts'

/** What compiling one rule has shown. Costs are estimates of the worst case. */
export interface CompiledRule {
  error?: { required?: boolean; detail: string }
  maxCost: number
  /** How many values the rule may have to be evaluated on, as far as the size of a request limits it. */
  maxCardinality: number
  usesOldSelf: boolean
  messageExpressionError?: string
  messageExpressionMaxCost?: number
}

export type RuleCompiler = (schema: JsonSchema, isRoot: boolean) => CompiledRule[]

/** Where rules are compiled: how often a value of this schema can occur, and what all rules cost so far. */
export interface RuleContext {
  compile: RuleCompiler
  isRoot: boolean
  schema: JsonSchema | undefined
  /** Infinity if nothing limits it. */
  cardinality: number
  total: TotalCost
  /** The schema was there before: only its total counts. */
  suppressPerRule: boolean
}

interface TotalCost {
  cost: number
  /** The most expensive rules. */
  worst: { path: FieldPath; cost: number }[]
}

const perRuleLimit = 10_000_000
const totalLimit = 100_000_000

export function rootContext(schema: JsonSchema, compile: RuleCompiler, suppressPerRule: boolean): RuleContext {
  return { compile, isRoot: true, schema, cardinality: 1, total: { cost: 0, worst: [] }, suppressPerRule }
}

export function childContext(parent: RuleContext | undefined, schema: JsonSchema | undefined): RuleContext | undefined {
  if (parent === undefined) return undefined
  return { ...parent, isRoot: false, schema, cardinality: multiply(parent.cardinality, maxElements(parent.schema)) }
}

/** By how much a schema multiplies the number of its members. */
function maxElements(schema: JsonSchema | undefined): number {
  if (schema?.type === 'array') return Math.max(0, schema.maxItems ?? Number.POSITIVE_INFINITY)
  if (schema?.type !== 'object' || schema.additionalProperties === undefined) return 1
  return Math.max(0, schema.maxProperties ?? Number.POSITIVE_INFINITY)
}

const maxUint64 = 2 ** 64
const multiply = (a: number, b: number) => (a === 0 || b === 0 ? 0 : a * b)

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** What can be said of rules without compiling them. */
export function validateRuleForm(schema: JsonSchema, path: FieldPath): FieldError[] {
  return rulesOf(schema).flatMap((rule, i) => validateForm(rule, schema, path.child('x-kubernetes-validations').index(i)))
}

const rulesOf = (schema: JsonSchema): readonly ValidationRule[] => schema['x-kubernetes-validations'] ?? []
const hasLineBreaks = (text: string) => /[\n\r]/.test(text)

function validateForm(rule: ValidationRule, schema: JsonSchema, path: FieldPath): FieldError[] {
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule
  const text = (rule.rule ?? '').trim()
  const errors: FieldError[] = []
  if (text === '') errors.push(required(path.child('rule'), 'rule is not specified'))
  else if (message !== '' && message.trim() === '') errors.push(invalid(path.child('message'), message, 'must be non-empty if specified'))
  else if (hasLineBreaks(message.trim())) errors.push(invalid(path.child('message'), message, 'must not contain line breaks'))
  else if (hasLineBreaks(text) && message.trim() === '') {
    errors.push(required(path.child('message'), 'message must be specified if rule contains line breaks'))
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(required(path.child('messageExpression'), 'messageExpression must be non-empty if specified'))
  }
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(path.child('reason'), reason, reasons))
  const at = path.child('fieldPath')
  if (fieldPath !== '' && fieldPath.trim() === '') errors.push(invalid(at, fieldPath, 'must be non-empty if specified'))
  if (hasLineBreaks(fieldPath)) errors.push(invalid(at, fieldPath, 'must not contain line breaks'))
  const readable = unsupportedKeyword(schema) === undefined
  if (fieldPath !== '' && readable && 'error' in resolveFieldPath(fieldPath, schema))
    errors.push(invalid(at, fieldPath, 'must be a valid path'))
  return errors
}

export function validateRules(
  schema: JsonSchema,
  path: FieldPath,
  context: RuleContext,
  uncorrelatable: FieldPath | undefined,
): FieldError[] {
  const rules = rulesOf(schema)
  if (rules.length === 0) return []
  const isRoot = context.isRoot || schema['x-kubernetes-embedded-resource'] === true
  return context.compile(schema, isRoot).flatMap((compiled, i) => {
    const at = path.child('x-kubernetes-validations').index(i)
    return [...costErrors(compiled, at, context), ...compileErrors(compiled, rules[i]!, at, uncorrelatable, context)]
  })
}

function costErrors({ maxCost, maxCardinality }: CompiledRule, path: FieldPath, { cardinality, total, suppressPerRule }: RuleContext) {
  const cost = multiply(maxCost, Number.isFinite(cardinality) ? cardinality : maxCardinality)
  const at = path.child('rule')
  observe(total, at, cost)
  return !suppressPerRule && cost > perRuleLimit ? [forbidden(at, costMessage('estimated rule cost', cost, perRuleLimit))] : []
}

function compileErrors(
  compiled: CompiledRule,
  rule: ValidationRule,
  path: FieldPath,
  uncorrelatable: FieldPath | undefined,
  { total, suppressPerRule }: RuleContext,
): FieldError[] {
  const errors: FieldError[] = []
  const { error, messageExpressionError, messageExpressionMaxCost: messageCost } = compiled
  if (error !== undefined) {
    errors.push(error.required ? required(path.child('rule'), error.detail) : invalid(path.child('rule'), showRule(rule), error.detail))
  }
  const messagePath = path.child('messageExpression')
  if (messageExpressionError !== undefined) errors.push(invalid(messagePath, showRule(rule), messageExpressionError))
  else if (messageCost !== undefined) {
    const text = 'estimated messageExpression cost'
    if (!suppressPerRule && messageCost > perRuleLimit) errors.push(forbidden(messagePath, costMessage(text, messageCost, perRuleLimit)))
    observe(total, messagePath, messageCost)
  }
  if (!compiled.usesOldSelf) {
    const { optionalOldSelf } = rule
    const text = 'may not be set if oldSelf is not used in rule'
    return optionalOldSelf === undefined ? errors : [...errors, invalid(path.child('optionalOldSelf'), optionalOldSelf, text)]
  }
  if (uncorrelatable === undefined) return errors
  const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`
  return [...errors, invalid(path.child('rule'), rule.rule, text)]
}

function observe(total: TotalCost, path: FieldPath, cost: number): void {
  total.cost = Math.min(total.cost + cost, maxUint64)
  if (cost < totalLimit / 100) return
  total.worst.push({ path, cost: Math.min(cost, maxUint64) })
  total.worst.sort((a, b) => b.cost - a.cost)
  total.worst.length = Math.min(total.worst.length, 4)
}

/** All rules of a schema together may not cost too much either. */
export function validateTotalCost({ total }: RuleContext, path: FieldPath): FieldError[] {
  if (total.cost <= totalLimit) return []
  const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
  const contributed = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
  return [...total.worst.map(({ path: at }) => forbidden(at, contributed)), forbidden(path, costMessage(name, total.cost, totalLimit))]
}

function costMessage(name: string, cost: number, limit: number): string {
  const factor = cost / limit
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  const advice = 'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared'
  return `${name} exceeds budget by factor of ${shown} (${advice})`
}

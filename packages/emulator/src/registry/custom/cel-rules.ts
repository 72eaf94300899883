/** CEL rules of schemas: compiled, and evaluated on objects (apiextensions, schema/cel). */
import {
  type Activation,
  CelCompileError,
  CelError,
  type CelValue,
  compile,
  costLimitExceeded,
  estimateCost,
  evaluate,
  none,
  optionalOf,
  type Program,
  some,
} from '../../apimachinery/cel/index.ts'
import { deepEqual } from '../../apimachinery/deep-copy.ts'
import { duplicate, type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { declare, maxCardinality, sizeHints, toCelValue } from './cel-schema.ts'
import type { RuleValidator } from './rules.ts'
import { type Correlated, correlatedItem, correlatedMember, keyOf } from './schema/correlation.ts'
import { isMap, type JsonSchema, type ValidationRule } from './schema/types.ts'

const perCallLimit = 1_000_000
const objectBudget = 10_000_000
const maxMessageBytes = 5 * 1024

interface CompiledRule {
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

/** A schema with its rules compiled, and those of its parts that have any. */
interface RuleNode {
  schema: JsonSchema
  isRoot: boolean
  rules: readonly CompiledRule[]
  items?: RuleNode
  properties: ReadonlyMap<string, RuleNode>
  additional?: RuleNode
  allOf: readonly RuleNode[]
}

/** `schema`: what values are; `rules`: where the rules stand, which for an allOf is not the same. */
function compileNode(rules: JsonSchema, schema: JsonSchema, isRoot: boolean): RuleNode | undefined {
  const withRules = rules === schema ? schema : { ...schema, 'x-kubernetes-validations': rules['x-kubernetes-validations'] ?? [] }
  const compiled = compileRules(withRules, isRoot)
  const items = rules.items && schema.items ? compileNode(rules.items, schema.items, isEmbedded(schema.items)) : undefined
  const properties = new Map<string, RuleNode>()
  for (const [name, member] of Object.entries(rules.properties ?? {})) {
    const own = schema.properties?.[name]
    const node = own === undefined ? undefined : compileNode(member, own, isEmbedded(own))
    if (node !== undefined) properties.set(name, node)
  }
  const [ruled, values] = [rules.additionalProperties, schema.additionalProperties]
  const additional =
    isMap(ruled) && isMap(values) ? compileNode(ruled as JsonSchema, values as JsonSchema, isEmbedded(values as JsonSchema)) : undefined
  const allOf = (rules.allOf ?? []).map((each) => compileNode(each, schema, isRoot)).filter((node) => node !== undefined)
  if (compiled.length === 0 && !items && properties.size === 0 && !additional && allOf.length === 0) return undefined
  return { schema, isRoot, rules: compiled, properties, allOf, ...(items ? { items } : {}), ...(additional ? { additional } : {}) }
}

const isEmbedded = (schema: JsonSchema) => schema['x-kubernetes-embedded-resource'] === true

/** The validator of a schema that has rules somewhere. */
export function createRuleValidator(schema: JsonSchema): RuleValidator {
  const root = compileNode(schema, schema, true)
  return {
    validate(object: KubeObject, old: KubeObject | undefined): FieldError[] {
      if (root === undefined) return []
      const correlated = old === undefined ? undefined : { old, value: object, schema }
      const place: RulePlace = { path: undefined, old, correlated, ancestor: undefined, tracksOld: old !== undefined }
      return run(root, object, place)
    },
  }
}

/** Checks a default by the rules of its schema, once as if it were new, once as if it had been there. */
export function validateDefault(value: unknown, schema: JsonSchema, path: FieldPath, isRoot: boolean): FieldError[] {
  const root = compileNode(schema, schema, isRoot)
  if (root === undefined) return []
  const place: RulePlace = { path, old: value, correlated: undefined, ancestor: undefined, tracksOld: false }
  const errors = run(root, value, place)
  return errors.length > 0 ? errors : run(root, value, { ...place, old: undefined })
}

interface RulePlace {
  path: FieldPath | undefined
  old: unknown
  correlated: Correlated | undefined
  /** The nearest part around this that could be compared with its old value. */
  ancestor: Correlated | undefined
  tracksOld: boolean
}

/** Ends the validation: the rules have cost too much. */
class OutOfBudget extends Error {}

function run(root: RuleNode, value: unknown, place: RulePlace): FieldError[] {
  const errors: FieldError[] = []
  const budget = { left: objectBudget }
  try {
    visit(root, value, place, errors, budget)
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
  }
  return errors
}

function visit(node: RuleNode, value: unknown, place: RulePlace, errors: FieldError[], budget: { left: number }): void {
  if (value === null || value === undefined) return
  evaluateRules(node, value, place, errors, budget)
  for (const each of node.allOf) visit(each, value, { ...place, correlated: undefined }, errors, budget)
  const { path, correlated, ancestor } = place
  const at = path ?? fieldPath()
  if (Array.isArray(value) && node.items !== undefined) {
    const oldItem = oldItems(node.schema, place.old)
    for (const [i, item] of value.entries()) {
      const inner =
        correlated === undefined ? { correlated, ancestor } : { correlated: correlatedItem(correlated, i), ancestor: correlated }
      visit(node.items, item, { ...place, ...inner, path: at.index(i), old: oldItem(item) }, errors, budget)
    }
  } else if (isMap(value)) {
    const old = isMap(place.old) ? place.old : {}
    for (const [key, member] of Object.entries(value)) {
      const own = node.properties.get(key)
      const child = own ?? node.additional
      if (child === undefined) continue
      const inner =
        correlated === undefined ? { correlated, ancestor } : { correlated: correlatedMember(correlated, key), ancestor: correlated }
      const where = own === undefined ? at.key(key) : path === undefined ? fieldPath(key) : path.child(key)
      visit(child, member, { ...place, ...inner, path: where, old: Object.hasOwn(old, key) ? old[key] : undefined }, errors, budget)
    }
  }
}

/** Finds the item of before that an item takes the place of, in lists of type map. */
function oldItems(schema: JsonSchema, old: unknown): (item: unknown) => unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => undefined
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  return (item) => {
    const identity = keyOf(item, keys, schema.items)
    return identity === undefined ? undefined : old.find((each) => keyOf(each, keys, schema.items) === identity)
  }
}

function evaluateRules(node: RuleNode, value: unknown, place: RulePlace, errors: FieldError[], budget: { left: number }): void {
  const { schema, rules } = node
  const old = place.old ?? undefined
  const path = place.path ?? fieldPath()
  const type = schema.type ?? ''
  if (rules.length === 0) return
  const self = toCelValue(value, schema, node.isRoot)
  let oldSelf: CelValue | undefined
  for (const compiled of rules) {
    const { rule, program } = compiled
    if (compiled.error !== undefined) errors.push(invalid(path, type, `rule compile error: ${compiled.error.detail}`))
    if (program === undefined) continue
    if (compiled.usesOldSelf && old === undefined && !rule.optionalOldSelf) continue
    if (compiled.usesOldSelf && old !== undefined) oldSelf ??= toCelValue(old, schema, node.isRoot)
    const activation = activationOf(self, oldSelf, rule.optionalOldSelf === true)
    const result = evaluateWithin(program, activation, budget)
    if ('exhausted' in result) {
      errors.push(invalid(path, type, 'validation failed due to running out of cost budget, no further validation rules will be run'))
      throw new OutOfBudget()
    }
    if ('error' in result) {
      errors.push(invalid(path, type, evaluationDetail(result.error, rule)))
      if (result.error === costLimitExceeded) throw new OutOfBudget()
      continue
    }
    if (result.value === true) continue
    report(compiled, value, place, activation, errors, budget)
  }
}

function activationOf(self: CelValue, oldSelf: CelValue | undefined, optional: boolean): Activation {
  const variables = new Map<string, CelValue>([['self', self]])
  if (optional) variables.set('oldSelf', oldSelf === undefined ? none : some(oldSelf))
  else if (oldSelf !== undefined) variables.set('oldSelf', oldSelf)
  return variables
}

type Outcome = { value: CelValue } | { error: string } | { exhausted: true }

function evaluateWithin(program: Program, activation: Activation, budget: { left: number }): Outcome {
  const spent = { cost: 0, limit: perCallLimit }
  const outcome = attemptEvaluation(() => evaluate(program, activation, spent))
  if (spent.cost > budget.left) return { exhausted: true }
  budget.left -= spent.cost
  return outcome
}

function attemptEvaluation(run: () => CelValue): Outcome {
  try {
    return { value: run() }
  } catch (error) {
    if (error instanceof CelError) return { error: error.message }
    throw error
  }
}

const nameOf = ({ rule, message = '' }: ValidationRule) => (message === '' ? rule : message).trim()

function evaluationDetail(error: string, rule: ValidationRule): string {
  if (error.startsWith('no such overload')) {
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${nameOf(rule)}`
  }
  if (error === costLimitExceeded) {
    return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${nameOf(rule)}`
  }
  return `${error} evaluating rule: ${nameOf(rule)}`
}

function report(
  compiled: CompiledRule,
  value: unknown,
  place: RulePlace,
  activation: Activation,
  errors: FieldError[],
  budget: { left: number },
): void {
  const { rule } = compiled
  if (!compiled.usesOldSelf && isUnchanged(place)) return
  const base = place.path ?? fieldPath()
  const path = rule.fieldPath ? base.child(rule.fieldPath.replace(/^\./, '')) : base
  const detail = messageOf(compiled, activation, budget) ?? (rule.message ? rule.message.trim() : `failed rule: ${nameOf(rule)}`)
  errors.push(errorFor(path, value, detail, rule.reason))
}

/** Whoever changes something else is not held up by what was wrong before. */
function isUnchanged({ correlated, ancestor }: RulePlace): boolean {
  const compared = correlated ?? ancestor
  return compared !== undefined && deepEqual(compared.old, compared.value)
}

function messageOf({ message }: CompiledRule, activation: Activation, budget: { left: number }): string | undefined {
  if (message === undefined) return undefined
  const result = evaluateWithin(message, activation, budget)
  if (!('value' in result) || typeof result.value !== 'string') return undefined
  const text = result.value.trim()
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > maxMessageBytes ? undefined : text
}

function errorFor(path: FieldPath, value: unknown, detail: string, reason: string | undefined): FieldError {
  const compound = typeof value === 'object' && value !== null
  if (reason === 'FieldValueForbidden') return forbidden(path, detail)
  if (reason === 'FieldValueRequired') return required(path, detail)
  const field = String(path)
  if (reason === 'FieldValueDuplicate') return compound ? { reason, field, message: 'Duplicate value' } : duplicate(path, value)
  return compound ? { reason: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` } : invalid(path, value, detail)
}

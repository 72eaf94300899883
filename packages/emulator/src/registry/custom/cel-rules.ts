/** CEL rules of schemas, evaluated on objects (apiextensions, schema/cel/validation.go). */

import {
  type Activation,
  CelError,
  type CelValue,
  costLimitExceeded,
  evaluate,
  none,
  outOfOptional,
  type Program,
  some,
} from '../../apimachinery/cel/index.ts'
import { duplicate, type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import { own } from '../../apimachinery/own.ts'
import { quote } from '../../apimachinery/quote.ts'
import { type CompiledRule, compileRules } from './cel-compile.ts'
import { toCelValue } from './cel-schema.ts'
import type { RuleValidator } from './rules.ts'
import { type Correlated, correlatedItem, correlatedMember, isUnchanged, oldItemFor } from './schema/correlation.ts'
import { isMap, type JsonSchema, type ValidationRule } from './schema/types.ts'

const perCallLimit = 1_000_000
const objectBudget = 10_000_000
const maxMessageBytes = 5 * 1024

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
    const inner = own(schema.properties, name)
    const node = inner === undefined ? undefined : compileNode(member, inner, isEmbedded(inner))
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
    validate(object, old, warn) {
      if (root === undefined) return []
      const correlated = old === undefined ? undefined : { old, value: object, schema }
      return run(root, object, { path: undefined, old, correlated, ancestor: undefined }, warn)
    },
  }
}

/** Checks a default by the rules of its schema, once as if it were new, once as if it had been there. */
export function validateDefault(value: unknown, schema: JsonSchema, path: FieldPath, isRoot: boolean): FieldError[] {
  const root = compileNode(schema, schema, isRoot)
  if (root === undefined) return []
  const place: RulePlace = { path, old: value, correlated: undefined, ancestor: undefined }
  const errors = run(root, value, place)
  return errors.length > 0 ? errors : run(root, value, { ...place, old: undefined })
}

interface RulePlace {
  path: FieldPath | undefined
  old: unknown
  correlated: Correlated | undefined
  /** The nearest part around this that could be compared with its old value. */
  ancestor: Correlated | undefined
}

/** What is kept for the whole of an object. */
interface RuleRun {
  errors: FieldError[]
  /** What may still be spent. */
  budget: number
  warn: (text: string) => void
}

/** Ends the validation: the rules have cost too much. */
class OutOfBudget extends Error {}

function run(root: RuleNode, value: unknown, place: RulePlace, warn: (text: string) => void = () => {}): FieldError[] {
  const state: RuleRun = { errors: [], budget: objectBudget, warn }
  try {
    visit(root, value, place, state)
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
  }
  return state.errors
}

function visit(node: RuleNode, value: unknown, place: RulePlace, state: RuleRun): void {
  if (value === null || value === undefined) return
  evaluateRules(node, value, place, state)
  for (const each of node.allOf) visit(each, value, { ...place, correlated: undefined }, state)
  const { path } = place
  const at = path ?? fieldPath()
  if (Array.isArray(value) && node.items !== undefined) {
    const oldItem = oldItemFor(node.schema, place.old)
    for (const [i, item] of value.entries()) {
      const inner = within(place, (correlated) => correlatedItem(correlated, i))
      visit(node.items, item, { ...inner, path: at.index(i), old: oldItem(item) }, state)
    }
  } else if (isMap(value)) {
    const old = isMap(place.old) ? place.old : {}
    for (const [key, member] of Object.entries(value)) {
      const own = node.properties.get(key)
      const child = own ?? node.additional
      if (child === undefined) continue
      const where = own === undefined ? at.key(key) : path === undefined ? fieldPath(key) : path.child(key)
      const inner = isTypeMeta(place, key) ? uncorrelated : within(place, (correlated) => correlatedMember(correlated, key))
      visit(child, member, { ...inner, path: where, old: Object.hasOwn(old, key) ? old[key] : undefined }, state)
    }
  }
}

type Correlation = Pick<RulePlace, 'correlated' | 'ancestor'>

const uncorrelated: Correlation = { correlated: undefined, ancestor: undefined }

const within = ({ correlated, ancestor }: RulePlace, inner: (correlated: Correlated) => Correlated | undefined): Correlation =>
  correlated === undefined ? { correlated, ancestor } : { correlated: inner(correlated), ancestor: correlated }

/** Of an object, which are of the version that the client speaks, before and after. */
const isTypeMeta = ({ correlated, ancestor }: RulePlace, key: string) =>
  correlated !== undefined && ancestor === undefined && (key === 'apiVersion' || key === 'kind')

function evaluateRules(node: RuleNode, value: unknown, place: RulePlace, state: RuleRun): void {
  const { schema, rules } = node
  const old = place.old ?? undefined
  const path = place.path ?? fieldPath()
  const fail = (detail: string) => state.errors.push(invalid(path, schema.type ?? '', detail))
  if (rules.length === 0) return
  const self = toCelValue(value, schema, node.isRoot)
  let oldSelf: CelValue | undefined
  for (const compiled of rules) {
    const { rule, program } = compiled
    if (compiled.error !== undefined) fail(`rule compile error: ${compiled.error.detail}`)
    if (program === undefined) continue
    if (compiled.usesOldSelf && old === undefined && !rule.optionalOldSelf) continue
    if (compiled.usesOldSelf && old !== undefined) oldSelf ??= toCelValue(old, schema, node.isRoot)
    const activation = activationOf(self, oldSelf, rule.optionalOldSelf === true)
    const result = evaluateWithin(program, activation, state)
    if ('exhausted' in result) {
      fail('validation failed due to running out of cost budget, no further validation rules will be run')
      throw new OutOfBudget()
    }
    if ('error' in result) {
      fail(evaluationDetail(result.error, rule))
      if (result.error === costLimitExceeded) throw new OutOfBudget()
    } else if (result.value !== true) {
      report(compiled, { value, place, type: schema.type ?? '' }, activation, state)
    }
  }
}

function activationOf(self: CelValue, oldSelf: CelValue | undefined, optional: boolean): Activation {
  const variables = new Map<string, CelValue>([['self', self]])
  if (optional) variables.set('oldSelf', oldSelf === undefined ? none : some(outOfOptional(oldSelf)))
  else if (oldSelf !== undefined) variables.set('oldSelf', oldSelf)
  return variables
}

type Outcome = { value: CelValue } | { error: string } | { exhausted: true }

function evaluateWithin(program: Program, activation: Activation, state: RuleRun): Outcome {
  const spent = { cost: 0, limit: perCallLimit }
  const outcome = attemptEvaluation(() => evaluate(program, activation, spent))
  if (spent.cost > state.budget) return { exhausted: true }
  state.budget -= spent.cost
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

interface Failed {
  value: unknown
  place: RulePlace
  type: string
}

/** Whoever changes something else is not held up by what was wrong before, only told. */
function report(compiled: CompiledRule, { value, place, type }: Failed, activation: Activation, state: RuleRun): void {
  const { rule } = compiled
  const base = place.path ?? fieldPath()
  const path = rule.fieldPath ? base.child(rule.fieldPath.replace(/^\./, '')) : base
  const add = (error: FieldError) => {
    if (!compiled.usesOldSelf && isUnchanged(place.correlated ?? place.ancestor)) state.warn(`${error.field}: ${error.message}`)
    else state.errors.push(error)
  }
  const own = messageOf(compiled, activation, state)
  if ('exhausted' in own) {
    add(invalid(path, type, own.exhausted))
    throw new OutOfBudget()
  }
  const detail = own.text ?? (rule.message ? rule.message.trim() : `failed rule: ${nameOf(rule)}`)
  add(errorFor(path, value, detail, rule.reason))
}

type OwnMessage = { text: string | undefined } | { exhausted: string }

function messageOf({ message, rule }: CompiledRule, activation: Activation, state: RuleRun): OwnMessage {
  if (message === undefined) return { text: undefined }
  const result = evaluateWithin(message, activation, state)
  const noMore = 'no further validation rules will be run'
  if ('exhausted' in result) return { exhausted: `messageExpression evaluation failed due to running out of cost budget, ${noMore}` }
  if ('error' in result && result.error === costLimitExceeded) {
    return { exhausted: `${noMore} due to call cost exceeds limit for messageExpression: ${quote(rule.messageExpression ?? '')}` }
  }
  if (!('value' in result) || typeof result.value !== 'string') return { text: undefined }
  const text = result.value.trim()
  return { text: text === '' || text.includes('\n') || Buffer.byteLength(text) > maxMessageBytes ? undefined : text }
}

function errorFor(path: FieldPath, value: unknown, detail: string, reason: string | undefined): FieldError {
  const compound = typeof value === 'object' && value !== null
  if (reason === 'FieldValueForbidden') return forbidden(path, detail)
  if (reason === 'FieldValueRequired') return required(path, detail)
  const field = String(path)
  if (reason === 'FieldValueDuplicate') return compound ? { reason, field, message: 'Duplicate value' } : duplicate(path, value)
  return compound ? { reason: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` } : invalid(path, value, detail)
}

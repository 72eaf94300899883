/** What a ValidatingAdmissionPolicy says of a request (apiserver, admission/plugin/policy/validating/validator.go). */
import { isTagged } from '../../apimachinery/cel/index.ts'
import { memoize } from '../../apimachinery/memoize.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { declareVariables } from '../../registry/admissionregistration/cel/environment.ts'
import {
  type Budget,
  type CompiledExpression,
  compileExpression,
  ExpressionError,
  evaluateExpression,
  OutOfBudget,
  policyBudget,
  type Surroundings,
} from '../../registry/admissionregistration/cel/expression.ts'
import { type CompiledPolicy, compilePolicy, policyWants, surroundingsOf } from './policy.ts'
import type { RequestValues } from './request.ts'

interface Validation {
  expression: string
  message?: string
  messageExpression?: string
  reason?: string
}

interface ValidatingPolicy extends CompiledPolicy {
  validations: Array<{ validation: Validation; expression: CompiledExpression; message: CompiledExpression | undefined }>
  annotations: CompiledExpression[]
}

/** One reason to refuse a request. */
export interface Violation {
  message: string
  /** Of the answer; `Invalid` if it is empty. */
  reason: string
  /** Whether it stands whatever the binding wants done. */
  always?: true
}

const maxMessageBytes = 5 * 1024
const compiledOf = memoize(compileValidations)

function compileValidations(object: KubeObject): ValidatingPolicy {
  const { spec } = object
  const policy = compilePolicy(object)
  const { environment, variables } = policy
  const ofMessages = declareVariables({ params: spec.paramKind !== undefined, authorizer: false, variables: variables.types })
  return {
    ...policy,
    validations: ((spec.validations ?? []) as Validation[]).map((validation) => ({
      validation,
      expression: compileExpression(validation.expression, environment, ['bool']),
      message: validation.messageExpression ? compileExpression(validation.messageExpression, ofMessages, ['string']) : undefined,
    })),
    annotations: ((spec.auditAnnotations ?? []) as Array<{ valueExpression: string }>).map(({ valueExpression }) =>
      compileExpression(valueExpression, environment, ['string', 'null_type']),
    ),
  }
}

/** What of a request a policy does not allow, with one of its parameters. */
export function violationsOf(policy: KubeObject, request: RequestValues): Violation[] {
  const compiled = compiledOf(policy)
  const { failurePolicy, validations, annotations } = compiled
  const failed = (message: string): Violation[] => (failurePolicy === 'Ignore' ? [] : [{ message, reason: '' }])
  const budget = { rest: policyBudget }
  const surroundings = surroundingsOf(compiled, request, budget)
  try {
    if (!policyWants(compiled, request)) return []
    const found = validations.flatMap((each) => validate(each, surroundings, budget, failed))
    const broken = annotations.flatMap((annotation) => failureOf(annotation, surroundings, budget, failed))
    return [...found, ...broken.map((violation) => ({ ...violation, always: true as const }))]
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof OutOfBudget) return failed(error.message)
    throw error
  }
}

type Failed = (message: string) => Violation[]

function validate(
  { validation, expression, message }: ValidatingPolicy['validations'][number],
  surroundings: Surroundings,
  budget: Budget,
  failed: Failed,
): Violation[] {
  try {
    if (evaluateExpression(expression, surroundings, budget) === true) return []
  } catch (error) {
    if (error instanceof ExpressionError) return failed(error.message)
    throw error
  }
  const text = message && messageOf(message, surroundings, budget)
  const shown = text || (validation.message ?? '').trim() || `failed expression: ${validation.expression.trim()}`
  return [{ message: shown, reason: validation.reason ?? '' }]
}

/** Empty for messages that cannot be made or shown. */
function messageOf(expression: CompiledExpression, surroundings: Surroundings, budget: Budget): string {
  try {
    const value = evaluateExpression(expression, surroundings, budget)
    const text = typeof value === 'string' ? value.trim() : ''
    return Buffer.byteLength(text) > maxMessageBytes || text.includes('\n') ? '' : text
  } catch (error) {
    if (error instanceof ExpressionError) return ''
    throw error
  }
}

/** Audit annotations go nowhere here, but what is wrong with them is told. */
function failureOf(annotation: CompiledExpression, surroundings: Surroundings, budget: Budget, failed: Failed): Violation[] {
  try {
    const value = evaluateExpression(annotation, surroundings, budget)
    if (typeof value === 'string' || value === null || isTagged(value, 'optional')) return []
    return failed(`valueExpression '${annotation.source}' resulted in unsupported return type. Return type must be either string or null.`)
  } catch (error) {
    if (error instanceof ExpressionError) return failed(error.message)
    throw error
  }
}

/** matchConditions: whether a webhook or a policy wants a request (apiserver, plugin/webhook/matchconditions). */

import { aggregateErrors } from '../../apimachinery/aggregate-errors.ts'
import type { Variables } from '../../apimachinery/cel/index.ts'
import { memoize } from '../../apimachinery/memoize.ts'
import { declareVariables } from '../../registry/admissionregistration/cel/environment.ts'
import {
  type CompiledExpression,
  compileExpression,
  conditionsBudget,
  createSurroundings,
  ExpressionError,
  evaluateExpression,
  OutOfBudget,
  type Surroundings,
} from '../../registry/admissionregistration/cel/expression.ts'
import { type RequestValues, requestValues } from './request.ts'

export interface Condition {
  name: string
  expression: string
}

const ofWebhooks = declareVariables({ params: false, authorizer: true })
const compiledOf = memoize((conditions: readonly Condition[]) => compileConditions(conditions, ofWebhooks))

/** @throws ExpressionError */
export function webhookConditionsHold(conditions: readonly Condition[], request: RequestValues, failurePolicy: string): boolean {
  return conditionsHold(compiledOf(conditions), createSurroundings(requestValues(request)), failurePolicy)
}

export const compileConditions = (conditions: readonly Condition[], variables: Variables): CompiledExpression[] =>
  conditions.map(({ expression }) => compileExpression(expression, variables, ['bool']))

/**
 * One condition that is false settles it, whatever fails.
 * @throws ExpressionError if nothing is false and something failed, unless failures are to be ignored
 */
export function conditionsHold(expressions: readonly CompiledExpression[], surroundings: Surroundings, failurePolicy: string): boolean {
  const errors: string[] = []
  const budget = { rest: conditionsBudget }
  try {
    for (const expression of expressions) {
      try {
        if (evaluateExpression(expression, surroundings, budget) === false) return false
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error
        errors.push(error.message)
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
    errors.splice(0, errors.length, error.message)
  }
  if (errors.length === 0) return true
  if (failurePolicy === 'Ignore') return false
  throw new ExpressionError(aggregateErrors(errors))
}

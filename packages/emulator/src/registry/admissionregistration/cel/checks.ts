import type { Structs } from '../../../apimachinery/cel/index.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'
import { declareVariables, patchStructs } from './environment.ts'
import { compileExpression } from './expression.ts'
import { compileVariables, type PolicyVariable } from './variables.ts'

/** What is wrong with an expression; undefined if nothing is. */
export type ExpressionCheck = (expression: string) => string | undefined

/** Checks of the expressions of one policy. */
export interface PolicyChecks {
  /** @param index of the variable in its policy */
  variable(index: number): string | undefined
  validation: ExpressionCheck
  message: ExpressionCheck
  annotation: ExpressionCheck
  applyConfiguration: ExpressionCheck
  jsonPatch: ExpressionCheck
}

const returning = (declarations: Parameters<typeof declareVariables>[0], types: readonly string[], structs?: Structs): ExpressionCheck => {
  const variables = declareVariables(declarations)
  return (expression) => compileExpression(expression, variables, types, structs).error
}

/** Conditions see no variables of policies, and parameters wherever policies have conditions. */
export const checkCondition = (params: boolean): ExpressionCheck => returning({ params, authorizer: true }, ['bool'])

export function checksOfPolicy({ paramKind, variables = [] }: Fields): PolicyChecks {
  const params = paramKind !== undefined && paramKind !== null
  const declarations = { params, authorizer: true }
  const defined = (variables as Partial<PolicyVariable>[]).map(({ name = '', expression = '' }) => ({ name, expression }))
  const { types, errors } = compileVariables(defined, declarations)
  const composed = defined.length === 0 ? {} : { variables: types }
  return {
    variable: (index) => errors[index],
    validation: returning({ ...declarations, ...composed }, ['bool']),
    message: returning({ params, authorizer: false, ...composed }, ['string']),
    annotation: returning({ ...declarations, ...composed }, ['string', 'null_type']),
    applyConfiguration: returning({ ...declarations, ...composed }, ['Object'], patchStructs),
    jsonPatch: returning({ ...declarations, ...composed }, ['list(JSONPatch)'], patchStructs),
  }
}

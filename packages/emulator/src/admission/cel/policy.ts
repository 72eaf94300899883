/** What policies that validate and those that mutate have alike. */
import type { Variables } from '../../apimachinery/cel/index.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { declareVariables } from '../../registry/admissionregistration/cel/environment.ts'
import {
  type Budget,
  type CompiledExpression,
  createSurroundings,
  policyBudget,
  type Surroundings,
} from '../../registry/admissionregistration/cel/expression.ts'
import {
  type CompiledVariables,
  compileVariables,
  type PolicyVariable,
  variablesValue,
} from '../../registry/admissionregistration/cel/variables.ts'
import { type Condition, compileConditions, conditionsHold } from './conditions.ts'
import { type RequestValues, requestValues } from './request.ts'

export interface CompiledPolicy {
  variables: CompiledVariables
  conditions: CompiledExpression[]
  failurePolicy: string
  /** What its other expressions see. */
  environment: Variables
}

export function compilePolicy({ spec }: KubeObject): CompiledPolicy {
  const declarations = { params: spec.paramKind !== undefined, authorizer: true }
  const variables = compileVariables((spec.variables ?? []) as PolicyVariable[], declarations)
  const environment = declareVariables({ ...declarations, variables: variables.types })
  return {
    variables,
    conditions: compileConditions((spec.matchConditions ?? []) as Condition[], environment),
    failurePolicy: spec.failurePolicy ?? 'Fail',
    environment,
  }
}

/** What a policy's expressions see of a request; its variables spend from the same budget. */
export function surroundingsOf({ variables }: CompiledPolicy, request: RequestValues, budget: Budget): Surroundings {
  const surroundings: Surroundings = createSurroundings({
    ...requestValues(request),
    variables: () => variablesValue(variables, surroundings, budget),
  })
  return surroundings
}

/**
 * Whether a policy wants a request. Its conditions are not told of the namespace, which `namespaceObject` could show.
 * @throws ExpressionError
 */
export function policyWants(compiled: CompiledPolicy, request: RequestValues): boolean {
  const surroundings = surroundingsOf(compiled, { ...request, namespace: undefined }, { rest: policyBudget })
  return conditionsHold(compiled.conditions, surroundings, compiled.failurePolicy)
}

/** Compiles and evaluates the expressions of webhooks and policies (apiserver, admission/plugin/cel). */
import {
  CelCompileError,
  CelError,
  type CelValue,
  compile,
  evaluate,
  formatType,
  type Structs,
  type Variables,
} from '../../../apimachinery/cel/index.ts'

type Program = ReturnType<typeof compile>

export interface CompiledExpression {
  source: string
  program?: Program
  /** Why there is no program. */
  error?: string
}

/** @param returns the types that it may evaluate to; any if there are none */
export function compileExpression(source: string, variables: Variables, returns: readonly string[], structs?: Structs): CompiledExpression {
  try {
    const program = compile(source, variables, structs)
    const type = program.type.kind === 'null' ? 'null_type' : formatType(program.type)
    if (returns.length === 0 || returns.includes(type)) return { source, program }
    const wanted = returns.length === 1 ? returns[0] : `one of [${returns.join(' ')}]`
    return { source, error: `must evaluate to ${wanted} but got ${type}` }
  } catch (error) {
    if (error instanceof CelCompileError) return { source, error: `compilation failed: ${error.message}` }
    throw error
  }
}

/** All expressions together have cost too much. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run')
  }
}

/** An expression failed, with the reason as answers show it. */
export class ExpressionError extends Error {}

export interface Budget {
  rest: number
}

const perCallLimit = 1_000_000
export const policyBudget = 10_000_000
export const conditionsBudget = 2_500_000

/** Values of variables, by name; made when first asked for. */
export type Surroundings = (name: string) => CelValue

/** Remembers what has been made. */
export function createSurroundings(makers: Readonly<Record<string, () => CelValue>>): Surroundings {
  const made = new Map<string, CelValue>()
  return (name) => {
    if (!made.has(name)) made.set(name, makers[name]?.() ?? null)
    return made.get(name)!
  }
}

/**
 * @throws ExpressionError for what cannot be compiled or evaluated
 * @throws OutOfBudget
 */
export function evaluateExpression({ source, program, error }: CompiledExpression, surroundings: Surroundings, budget: Budget): CelValue {
  if (program === undefined) throw new ExpressionError(`compilation error: ${error}`)
  try {
    return spend(program, surroundings, budget)
  } catch (failure) {
    if (failure instanceof CelError) throw new ExpressionError(`expression '${source}' resulted in error: ${failure.message}`)
    throw failure
  }
}

/** @throws CelError, OutOfBudget */
export function spend(program: Program, surroundings: Surroundings, budget: Budget): CelValue {
  const activation = new Map([...program.variables].map((name) => [name, surroundings(name)]))
  const cost = { cost: 0, limit: perCallLimit }
  try {
    return evaluate(program, activation, cost)
  } finally {
    budget.rest -= cost.cost
    if (budget.rest < 0) outOfBudget()
  }
}

function outOfBudget(): never {
  throw new OutOfBudget()
}

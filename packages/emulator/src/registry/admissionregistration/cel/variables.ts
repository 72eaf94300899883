import { CelError, type CelType, type CelValue, type Variables } from '../../../apimachinery/cel/index.ts'
import { quote } from '../../../apimachinery/quote.ts'
import { type Declarations, declareVariables } from './environment.ts'
import { type Budget, type CompiledExpression, compileExpression, type Surroundings, spend } from './expression.ts'

export interface PolicyVariable {
  name: string
  expression: string
}

/** The variables that a policy defines for its expressions. */
export interface CompiledVariables {
  expressions: ReadonlyMap<string, CompiledExpression>
  types: ReadonlyMap<string, CelType>
  /** What is wrong with each, in their order: of several with one name, the last counts. */
  errors: readonly (string | undefined)[]
}

/** Each sees those before it. */
export function compileVariables(variables: readonly PolicyVariable[], declarations: Declarations): CompiledVariables {
  const expressions = new Map<string, CompiledExpression>()
  const types = new Map<string, CelType>()
  const errors: (string | undefined)[] = []
  for (const { name, expression } of variables) {
    const visible: Variables = declareVariables({ ...declarations, variables: new Map(types) })
    const compiled = compileExpression(expression, visible, [])
    expressions.set(name, compiled)
    errors.push(compiled.error)
    types.set(name, simplified(compiled.program?.type))
  }
  return { expressions, types, errors }
}

const known: ReadonlySet<string> = new Set('bool bytes double duration int null string timestamp uint list map'.split(' '))

/** Types of libraries are not known any more once they are in a variable. */
const simplified = (type: CelType | undefined): CelType => (type !== undefined && known.has(type.kind) ? type : { kind: 'dyn' })

/** `variables` as a value: each is evaluated when it is first asked for, and fails then if it has to. */
export function variablesValue({ expressions }: CompiledVariables, surroundings: Surroundings, budget: Budget): CelValue {
  const values = new Map<string, CelValue>()
  const evaluateVariable = (name: string, { program, error }: CompiledExpression): CelValue => {
    const broken = (why: string): CelValue => ({ tag: 'broken', message: `composited variable ${quote(name)} fails to ${why}` })
    if (program === undefined) return broken(`compile: ${error}`)
    try {
      return spend(program, surroundings, budget)
    } catch (failure) {
      if (failure instanceof CelError) return broken(`evaluate: ${failure.message}`)
      throw failure
    }
  }
  const fields = new Map<string, CelValue>()
  fields.get = (name) => {
    const expression = expressions.get(name)
    if (expression !== undefined && !values.has(name)) values.set(name, evaluateVariable(name, expression))
    return values.get(name)
  }
  return { tag: 'object', fields }
}

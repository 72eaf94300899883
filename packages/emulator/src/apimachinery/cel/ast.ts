import type { CelValue } from './values.ts'

/** A parsed expression. `at`: the offset in the source, in characters, of what errors point to. */
export type Expression =
  | { kind: 'literal'; id: number; at: number; value: CelValue }
  | { kind: 'ident'; id: number; at: number; name: string }
  | { kind: 'select'; id: number; at: number; operand: Expression; field: string; testOnly: boolean }
  | { kind: 'call'; id: number; at: number; name: string; target: Expression | undefined; args: Expression[] }
  | { kind: 'list'; id: number; at: number; elements: Expression[]; optional: ReadonlySet<number> }
  | { kind: 'map'; id: number; at: number; entries: { key: Expression; value: Expression; optional: boolean }[] }
  | { kind: 'struct'; id: number; at: number; name: string; fields: StructField[] }
  | Fold

/** A field of an object that an expression makes, such as `Object.spec{replicas: 1}`. */
export interface StructField {
  name: string
  at: number
  value: Expression
  optional: boolean
}

/** A comprehension: what macros such as `all` become. */
export interface Fold {
  kind: 'fold'
  id: number
  at: number
  range: Expression
  iterVar: string
  iterVar2: string | undefined
  accuVar: string
  accuInit: Expression
  condition: Expression
  step: Expression
  result: Expression
}

/** The name that an expression spells, such as `a.b.c`; undefined if it is no name. */
export function qualifiedName(expression: Expression): string | undefined {
  if (expression.kind === 'ident') return expression.name
  if (expression.kind !== 'select' || expression.testOnly) return undefined
  const prefix = qualifiedName(expression.operand)
  return prefix === undefined ? undefined : `${prefix}.${expression.field}`
}

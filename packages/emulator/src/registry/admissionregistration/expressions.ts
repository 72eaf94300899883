import { type FieldError, type FieldPath, invalid } from '../../apimachinery/field-error.ts'

type Checks = Pick<typeof import('./cel/checks.ts'), 'checkCondition' | 'checksOfPolicy'>

let checks: Checks | undefined

/** What compiles expressions, once `loadExpressionChecks` has brought it. */
export const expressionChecks = (): Checks | undefined => checks

/** CEL is loaded for the first policy or condition; undefined if it is there. */
export function loadExpressionChecks(): Promise<void> | undefined {
  if (checks !== undefined) return undefined
  return import('./cel/checks.ts').then(({ checkCondition, checksOfPolicy }) => {
    checks = { checkCondition, checksOfPolicy }
  })
}

/** The error of an expression, if something is wrong with it. */
export const expressionError = (why: string | undefined, expression: string, path: FieldPath): FieldError[] =>
  why === undefined ? [] : [invalid(path, expression, why)]

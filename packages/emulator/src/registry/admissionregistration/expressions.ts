import { type FieldError, type FieldPath, invalid } from '../../apimachinery/field-error.ts'
import { onDemand } from '../../apimachinery/on-demand.ts'

const checks = onDemand(() => import('./cel/checks.ts'))

/** What compiles expressions, once `loadExpressionChecks` has brought it. */
export const expressionChecks = () => checks.value

/** CEL is loaded for the first policy or condition; undefined if it is there. */
export const loadExpressionChecks = checks.load

/** The error of an expression, if something is wrong with it. */
export const expressionError = (why: string | undefined, expression: string, path: FieldPath): FieldError[] =>
  why === undefined ? [] : [invalid(path, expression, why)]

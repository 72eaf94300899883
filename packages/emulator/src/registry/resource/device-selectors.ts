import { onDemand } from '../../apimachinery/on-demand.ts'

type Check = typeof import('./selector-expression.ts').selectorError

const expressions = onDemand(() => import('./selector-expression.ts'))

/** CEL is loaded for the first write of what may select devices; undefined if it is there. */
export const loadSelectorCheck = expressions.load

/** Why an expression selects no devices, once `loadSelectorCheck` has brought what tells; undefined if nothing is wrong with it. */
export const selectorError: Check = (expression) => expressions.value?.selectorError(expression)

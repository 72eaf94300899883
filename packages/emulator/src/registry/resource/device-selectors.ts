type Check = typeof import('./selector-expression.ts').selectorError

let check: Check | undefined

/** CEL is loaded for the first write of what may select devices; undefined if it is there. */
export function loadSelectorCheck(): Promise<void> | undefined {
  if (check !== undefined) return undefined
  return import('./selector-expression.ts').then(({ selectorError }) => {
    check = selectorError
  })
}

/** Why an expression selects no devices, once `loadSelectorCheck` has brought what tells; undefined if nothing is wrong with it. */
export const selectorError: Check = (expression) => check?.(expression)

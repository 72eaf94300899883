/** Several errors in one line, each said once (Go: the Error of an aggregate). */
export function aggregateErrors(texts: readonly string[]): string {
  const distinct = [...new Set(texts)]
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`
}

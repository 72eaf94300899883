import { quote } from '../../apimachinery/quote.ts'
import { isQualifiedName } from '../../apimachinery/validation/index.ts'

const standard = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])
const advice = 'to avoid accidental conflicts with other finalizer writers'

/** What the API server warns of in the finalizers that a write adds to a custom resource. */
export function finalizerWarnings(finalizers: readonly string[] = [], old: readonly string[] = []): string[] {
  const added = [...new Set(finalizers)].filter((each) => !old.includes(each)).sort()
  return added.flatMap((each) => {
    const subject = `metadata.finalizers: ${quote(each)}:`
    const malformed = isQualifiedName(each).map((text) => `${subject} ${text}`)
    if (each.includes('/') || standard.has(each)) return malformed
    const form = each.includes('.') ? 'finalizer name including a path (/)' : 'finalizer name'
    return [...malformed, `${subject} prefer a domain-qualified ${form} ${advice}`]
  })
}

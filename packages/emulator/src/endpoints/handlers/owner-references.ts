import { deepEqual } from '../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Warnings } from '../scope.ts'

/**
 * Owners that are named twice count once; the client is told.
 * @param when as the warning says it, where mutating admission came first
 */
export function dedupeOwnerReferences(
  { metadata }: KubeObject,
  warnings: Warnings,
  when: '' | ' after mutating admission happens' = '',
): void {
  const references = metadata.ownerReferences
  if (references === undefined || references.length < 2) return
  const kept: typeof references = []
  const repeated: string[] = []
  for (const reference of references) {
    if (kept.some((other) => deepEqual(other, reference))) repeated.push(reference.uid)
    else kept.push(reference)
  }
  if (repeated.length === 0) return
  metadata.ownerReferences = kept
  const uids = repeated.join(', ')
  warnings.add(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`,
  )
}

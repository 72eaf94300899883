import { type GroupVersionKind, parseGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newInternalError } from '../../apimachinery/status-error.ts'

/** What a custom resource says it is: it may claim to be of another kind, and is then reported as that. */
export function claimedKind({ apiVersion, kind }: KubeObject): GroupVersionKind {
  if ((apiVersion ?? '') === '') throw newInternalError("Object 'apiVersion' is missing in 'object has no apiVersion field'")
  return { group: '', version: '', ...parseGroupVersion(apiVersion), kind }
}

import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'
import type { ObjectMeta } from '../../apimachinery/object.ts'

const standardNames = ['kubernetes', 'orphan', 'foregroundDeletion']

/** What Kubernetes' own kinds ask of a finalizer beside its syntax: a standard one, or one of a domain. Custom resources take any. */
export function validateKubeFinalizers({ finalizers = [] }: ObjectMeta, path = fieldPath('metadata').child('finalizers')): FieldError[] {
  return finalizers.flatMap((name, i) => validateKubeFinalizer(name, path.index(i)))
}

export function validateKubeFinalizer(name: string, path: { toString(): string }): FieldError[] {
  if (name.includes('/') || standardNames.includes(name)) return []
  return [invalid(String(path), name, 'name is neither a standard finalizer name nor is it fully qualified')]
}

import type { FieldError } from '../apimachinery/field-error.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { validateKubeFinalizers } from './core/finalizers.ts'
import type { ResourceDefinition } from './resource.ts'

/** Kinds that, like custom resources, take a finalizer of any name. */
const lenient = new Set([
  '/events',
  'policy/poddisruptionbudgets',
  'coordination.k8s.io/leases',
  'node.k8s.io/runtimeclasses',
  'apiregistration.k8s.io/apiservices',
  'apiextensions.k8s.io/customresourcedefinitions',
])

/** What a kind asks of its finalizers beside their syntax. `found`: its own checks' errors, of which this may be one. */
export function finalizerErrors(
  { custom, group, resource }: ResourceDefinition,
  { metadata }: KubeObject,
  found: readonly FieldError[],
): FieldError[] {
  if (!metadata.finalizers?.length || custom || group === 'admissionregistration.k8s.io' || lenient.has(`${group}/${resource}`)) return []
  const errors = validateKubeFinalizers(metadata)
  return errors.length === 0 || found.some(({ message }) => message === errors[0]!.message) ? [] : errors
}

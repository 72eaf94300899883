/** References to what an autoscaler scales, or measures by (autoscaling/validation). */
import { type FieldError, type FieldPath, invalid } from '../../apimachinery/field-error.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { validateSegments } from '../networking/references.ts'

export interface ReferenceOptions {
  allowEmptyGroup: boolean
  allowInvalidVersion: boolean
}

export const validateTargetReference = (reference: Fields, path: FieldPath, options: ReferenceOptions): FieldError[] => {
  const { apiVersion = '' } = reference
  const error = targetVersionError(apiVersion, options)
  return [
    ...validateSegments(reference, path, ['kind', 'name']),
    ...(error === undefined ? [] : [invalid(path.child('apiVersion'), apiVersion, error)]),
  ]
}

/** What is wrong with the apiVersion of a reference. */
export function targetVersionError(apiVersion: string, { allowEmptyGroup, allowInvalidVersion }: ReferenceOptions): string | undefined {
  if (allowInvalidVersion) return undefined
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/')
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`
  const group = parts.length === 2 ? parts[0] : ''
  return group === '' && !allowEmptyGroup ? 'apiVersion must specify API group' : undefined
}

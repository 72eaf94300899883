import { type FieldError, type FieldPath, forbidden } from '../../../apimachinery/field-error.ts'
import { type Fields, validateAnnotations, validateLabels } from '../../../apimachinery/validation/index.ts'
import { validatePodAnnotations, validateProfilesMatch } from './annotations.ts'
import type { PodValidationOptions } from './options.ts'
import { validatePodSpec } from './spec.ts'

/** A Pod template, as controllers of all groups hold it. `options`: `podValidationOptions(oldTemplate)` on update. */
export function validatePodTemplate(template: Fields, path: FieldPath, options: PodValidationOptions = {}): FieldError[] {
  const { metadata = {}, spec = {} } = template
  return [
    ...validateLabels(metadata.labels, path.child('labels')),
    ...validateAnnotations(metadata.annotations, path.child('annotations')),
    ...validatePodAnnotations(metadata.annotations, spec, path.child('annotations'), options),
    ...validatePodSpec(spec, undefined, path.child('spec'), options),
    ...validateProfilesMatch(metadata.annotations, spec, path.child('spec')),
    ...(spec.ephemeralContainers?.length > 0
      ? [forbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template')]
      : []),
  ]
}

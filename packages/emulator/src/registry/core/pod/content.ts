/** A Pod itself, apart from what holds for the metadata of every kind. */
import { type FieldError, fieldPath, forbidden } from '../../../apimachinery/field-error.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'
import { validateKubeFinalizers } from '../finalizers.ts'
import { validatePodAnnotations, validateProfilesMatch } from './annotations.ts'
import { validateImageSpaces } from './container-validation.ts'
import type { PodValidationOptions } from './options.ts'
import { validatePodSpec } from './spec.ts'

const specPath = fieldPath('spec')

export function validatePodContent(pod: Fields, options: PodValidationOptions): FieldError[] {
  const { metadata, spec } = pod as { metadata: Fields; spec: Fields }
  return [
    ...validateKubeFinalizers(metadata),
    ...validatePodAnnotations(metadata['annotations'], spec, fieldPath('metadata').child('annotations'), options),
    ...validatePodSpec(spec, metadata, specPath, options),
    ...(spec['serviceAccountName'] ? [] : validateNoTokens(spec)),
    ...['containers', 'initContainers'].flatMap((field) =>
      (spec[field] ?? []).flatMap((container: Fields, i: number) => validateImageSpaces(container, specPath.child(field).index(i))),
    ),
  ]
}

/** Without an account there is nobody whose token could be mounted. */
function validateNoTokens({ volumes = [] }: Fields): FieldError[] {
  return volumes.flatMap((volume: Fields, i: number) =>
    (volume['projected']?.sources ?? []).flatMap((source: Fields, j: number) => {
      const at = specPath.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken')
      return source['serviceAccountToken'] ? [forbidden(at, 'must not be specified when serviceAccountName is not set')] : []
    }),
  )
}

export function validateNewPod(pod: Fields): FieldError[] {
  const { metadata, spec } = pod as { metadata: Fields; spec: Fields }
  return [
    ...validatePodContent(pod, { isPod: true }),
    ...(spec['ephemeralContainers']?.length > 0 ? [forbidden(specPath.child('ephemeralContainers'), 'cannot be set on create')] : []),
    ...(spec['nodeName'] && spec['schedulingGates']?.length > 0
      ? [forbidden(specPath.child('nodeName'), 'cannot be set until all schedulingGates have been cleared')]
      : []),
    ...validateProfilesMatch(metadata['annotations'], spec, specPath),
  ]
}

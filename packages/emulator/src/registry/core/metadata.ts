import type { FieldError } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type NameRule, nameIsDNSSubdomain, validateObjectMeta, validateObjectMetaUpdate } from '../../apimachinery/validation/index.ts'
import { validateKubeFinalizers } from './finalizers.ts'

/**
 * Metadata as kinds check it that validate an updated object as if it were new: once more than the registry does, which shows as
 * repeated causes.
 */
export function validateMetadataAgain({ metadata }: KubeObject, nameRule: NameRule = nameIsDNSSubdomain, namespaced = true): FieldError[] {
  return [...validateObjectMeta(metadata, namespaced, nameRule), ...validateKubeFinalizers(metadata)]
}

/** What an update may not do to metadata, as kinds check it in the midst of their own checks. */
export function validateMetadataUpdateAgain({ metadata }: KubeObject, old: KubeObject): FieldError[] {
  return [...validateObjectMetaUpdate(metadata, old.metadata), ...validateKubeFinalizers(metadata)]
}

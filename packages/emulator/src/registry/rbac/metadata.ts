import type { FieldError } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { pathSegmentName } from '../../apimachinery/validation/index.ts'
import { validateMetadataAgain, validateMetadataUpdateAgain } from '../core/metadata.ts'

/** An update as these kinds check it: all as of a new object, `own` errors included, and then what has changed of the metadata. */
export function validateAsNew(object: KubeObject, old: KubeObject, namespaced: boolean, own: readonly FieldError[]): FieldError[] {
  const nameRule = (name: string) => pathSegmentName(name, false)
  return [...validateMetadataAgain(object, nameRule, namespaced), ...own, ...validateMetadataUpdateAgain(object, old)]
}

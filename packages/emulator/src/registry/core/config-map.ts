import { type FieldError, fieldPath, forbidden, invalid, tooLong } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { byteLength, check, isConfigMapKey, semanticEqual } from '../../apimachinery/validation/index.ts'
import type { Strategy } from '../strategy.ts'
import { base64Length } from './base64.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { validateMetadataAgain } from './metadata.ts'

export const maxDataBytes = 1024 * 1024

function validateContent(object: KubeObject): FieldError[] {
  const data: Record<string, string> = object['data'] ?? {}
  const binaryData: Record<string, string> = object['binaryData'] ?? {}
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    const at = fieldPath('data').key(key)
    errors.push(...check(isConfigMapKey, key, at))
    if (Object.hasOwn(binaryData, key)) errors.push(invalid(at, key, 'duplicate of key present in binaryData'))
    size += byteLength(value)
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...check(isConfigMapKey, key, fieldPath('binaryData').key(key)))
    size += base64Length(value)
  }
  return size > maxDataBytes ? [...errors, tooLong('[]', maxDataBytes)] : errors
}

/** ConfigMaps and Secrets may be declared immutable, which cannot be taken back. */
export function validateImmutability(object: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  if (old['immutable'] !== true) return []
  const text = 'field is immutable when `immutable` is set'
  const changed = fields.filter((field) => !semanticEqual(object[field], old[field]))
  return [...(object['immutable'] === true ? [] : ['immutable']), ...changed].map((field) => forbidden(field, text))
}

export const configMapStrategy: Strategy = {
  validate: (object) => [...validateKubeFinalizers(object.metadata), ...validateContent(object)],
  validateUpdate: (object, old) => [
    ...validateKubeFinalizers(object.metadata),
    ...validateImmutability(object, old, ['data', 'binaryData']),
    ...validateMetadataAgain(object),
    ...validateContent(object),
  ],
}

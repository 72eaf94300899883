/** ControllerRevisions (apis/apps, registry/apps/controllerrevision). */
import { type FieldError, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { immutableError } from '../../apimachinery/validation/index.ts'
import { nonNegativeFields } from '../field-checks.ts'
import type { Strategy } from '../strategy.ts'

const dataPath = fieldPath('data')
const validateRevision = (object: KubeObject) => nonNegativeFields(object, fieldPath(), ['revision'])

function validateData({ data }: KubeObject): FieldError[] {
  if (data === undefined || data === null) return [required(dataPath, 'data is mandatory')]
  return typeof data !== 'object' || Array.isArray(data) ? [required(dataPath, 'data must be a valid JSON object')] : []
}

/** What the server holds unread, it compares as text. */
const validateSameData = ({ data }: KubeObject, old: KubeObject): FieldError[] =>
  JSON.stringify(data ?? null) === JSON.stringify(old['data'] ?? null) ? [] : [invalid(dataPath, data ?? null, immutableError)]

export const controllerRevision: Strategy = {
  metadataChecksOnUpdate: ['update', 'object'],
  validate: (object) => [...validateRevision(object), ...validateData(object)],
  validateUpdate: (object, old) => [...validateRevision(object), ...validateSameData(object, old)],
}

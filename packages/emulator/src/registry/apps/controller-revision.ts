/** ControllerRevisions (apis/apps, registry/apps/controllerrevision). */
import { type FieldError, fieldPath, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { validateImmutable } from '../../apimachinery/validation/index.ts'
import { nonNegativeFields } from '../field-checks.ts'
import type { Strategy } from '../strategy.ts'

const dataPath = fieldPath('data')
const validateRevision = (object: KubeObject) => nonNegativeFields(object, fieldPath(), ['revision'])

function validateData({ data }: KubeObject): FieldError[] {
  if (data === undefined || data === null) return [required(dataPath, 'data is mandatory')]
  return typeof data !== 'object' || Array.isArray(data) ? [required(dataPath, 'data must be a valid JSON object')] : []
}

export const controllerRevision: Strategy = {
  metadataChecksOnUpdate: ['update', 'object'],
  validate: (object) => [...validateRevision(object), ...validateData(object)],
  validateUpdate: (object, old) => [...validateRevision(object), ...validateImmutable(object['data'], old['data'], dataPath)],
}

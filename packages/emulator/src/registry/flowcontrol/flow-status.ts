/** What both kinds of flow control do on updates of their status. */

import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { duplicate, type FieldError, fieldPath, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { keepField } from '../spec-and-status.ts'
import type { SubresourceStrategy } from '../strategy.ts'

export function validateFlowConditions({ status }: KubeObject): FieldError[] {
  const path = fieldPath('status').child('conditions')
  const types: string[] = (status?.conditions ?? []).map(({ type = '' }: Fields) => type)
  return types.flatMap((type, i) => [
    ...(types.indexOf(type) < i ? [duplicate(path.index(i).child('type'), type)] : []),
    ...(type === '' ? [required(path.index(i).child('type'))] : []),
  ])
}

export const flowStatus: SubresourceStrategy = {
  prepareForUpdate(object, old) {
    const { managedFields, resourceVersion } = object.metadata
    object.metadata = { ...deepCopy(old.metadata), managedFields, resourceVersion }
    keepField(object, old, 'spec')
  },
  validateUpdate: validateFlowConditions,
}

/** What both kinds of flow control do on updates of their status. */

import { duplicate, type FieldError, fieldPath, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { keepField } from '../spec-and-status.ts'
import type { SubresourceStrategy } from '../strategy.ts'

function validateFlowConditions({ status }: KubeObject): FieldError[] {
  const path = fieldPath('status').child('conditions')
  const types: string[] = (status?.conditions ?? []).map(({ type = '' }: Fields) => type)
  return types.flatMap((type, i) => [
    ...(types.indexOf(type) < i ? [duplicate(path.index(i).child('type'), type)] : []),
    ...(type === '' ? [required(path.index(i).child('type'))] : []),
  ])
}

export const flowStatus: SubresourceStrategy = {
  metadataChecksOnUpdate: [],
  prepareForUpdate(object, old) {
    const kept = ['managedFields', 'resourceVersion']
    const fields = Object.keys({ ...object.metadata, ...old.metadata }).filter((field) => !kept.includes(field))
    for (const field of fields) keepField(object.metadata, old.metadata, field)
    keepField(object, old, 'spec')
  },
  validateUpdate: validateFlowConditions,
}

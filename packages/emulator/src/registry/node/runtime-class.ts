/** RuntimeClasses (apis/node, registry/node/runtimeclass). */
import { duplicate, type FieldError, fieldPath, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { check, type Fields, nameIsDNSLabel, validateImmutable, validateLabels } from '../../apimachinery/validation/index.ts'
import { validateTolerations } from '../core/pod/index.ts'
import { nodeLabelDeprecation } from '../core/pod/node-labels.ts'
import { validateContainerResources } from '../core/pod/resources.ts'
import { showInternal } from '../internal-values.ts'
import type { Strategy } from '../strategy.ts'

const handlerPath = fieldPath('handler')
const schedulingPath = fieldPath('scheduling')

function validate({ handler = '', overhead, scheduling }: KubeObject): FieldError[] {
  return [
    ...(handler === '' ? [required(handlerPath)] : check((value) => nameIsDNSLabel(value, false), handler, handlerPath)),
    ...(overhead ? validateContainerResources({ limits: overhead.podFixed }, fieldPath('overhead'), [], {}) : []),
    ...(scheduling ? validateScheduling(scheduling) : []),
  ]
}

function validateScheduling({ nodeSelector, tolerations }: Fields): FieldError[] {
  const path = schedulingPath.child('tolerations')
  const list: Fields[] = tolerations ?? []
  const keys = list.map(({ key = '', operator = '', value = '', effect = '' }) => JSON.stringify([key, operator, value, effect]))
  return [
    ...validateLabels(nodeSelector, schedulingPath.child('nodeSelector')),
    ...validateTolerations(list, path),
    ...list.flatMap((toleration, i) =>
      keys.indexOf(keys[i]!) < i ? [duplicate(path.index(i), showInternal('core.Toleration', toleration))] : [],
    ),
  ]
}

const warnings = ({ scheduling }: KubeObject): string[] =>
  Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
    const message = nodeLabelDeprecation(key)
    return message === undefined ? [] : [`${schedulingPath.child('nodeSelector')}: ${message}`]
  })

export const runtimeClass: Strategy = {
  metadataChecksOnUpdate: ['object', 'update'],
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  validate,
  validateUpdate: (object, old) => [...validate(object), ...validateImmutable(object['handler'] ?? '', old['handler'] ?? '', handlerPath)],
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
}

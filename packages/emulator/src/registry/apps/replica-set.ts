/** ReplicaSets (apis/apps, registry/apps/replicaset). */
import { type FieldError, fieldPath } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { nonNegativeFields, notAbove } from '../field-checks.ts'
import { applyPodTemplateDefaults, ownerNameWarnings, podTemplateWarnings } from '../pod-template.ts'
import { specAndStatus, statusOnly } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { changedTemplateWarnings, selectorIsImmutable, validateSelectorAndTemplate } from './deployment.ts'

const validate = ({ spec }: KubeObject, old?: Fields): FieldError[] => [
  ...nonNegativeFields(spec, fieldPath('spec'), ['replicas', 'minReadySeconds']),
  ...validateSelectorAndTemplate(spec, old),
]

function validateStatus({ status = {} }: KubeObject): FieldError[] {
  const path = fieldPath('status')
  const counters = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas']
  return [
    ...nonNegativeFields(status, path, counters),
    ...notAbove(status, path, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', 'status.replicas'),
    ...notAbove(status, path, ['availableReplicas'], 'readyReplicas', 'readyReplicas'),
  ]
}

export const replicaSet: Strategy = {
  applyDefaults({ spec }) {
    spec.replicas ??= 1
    applyPodTemplateDefaults(spec)
  },
  ...specAndStatus({ emptyStatus: { replicas: 0 } }),
  validate: (object) => validate(object),
  validateUpdate: (object, old) => [...validate(object, old['spec']), ...selectorIsImmutable(object, old)],
  warningsOnCreate: (object) => [
    ...ownerNameWarnings(object),
    ...podTemplateWarnings(object['spec'].template, fieldPath('spec').child('template')),
  ],
  warningsOnUpdate: changedTemplateWarnings,
  status: { ...statusOnly, validateUpdate: validateStatus },
}

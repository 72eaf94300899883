/** PodDisruptionBudgets (apis/policy, registry/policy/poddisruptionbudget). */
import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { pathSegmentName, validateLabelSelector, validateOneOf } from '../../apimachinery/validation/index.ts'
import { validateConditions } from '../conditions.ts'
import { isUsableSelector, nonNegativeFields, showSelector } from '../field-checks.ts'
import { notMoreThan100Percent, validatePositiveIntOrPercent } from '../int-or-percent.ts'
import { showInternal } from '../internal-values.ts'
import { specAndStatus, statusOnly } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const specPath = fieldPath('spec')
const statusPath = fieldPath('status')
const counters = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']

function validate({ spec = {} }: KubeObject, allowInvalidValues = false): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec
  const shown = showInternal('policy.PodDisruptionBudgetSpec', { ...spec, selector: selector && showSelector(selector) })
  const both = minAvailable !== undefined && maxUnavailable !== undefined
  return [
    ...(both ? [invalid(specPath, shown, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...['minAvailable', 'maxUnavailable']
      .filter((field) => spec[field] !== undefined)
      .flatMap((field) => [
        ...validatePositiveIntOrPercent(spec[field], specPath.child(field)),
        ...notMoreThan100Percent(spec[field], specPath.child(field)),
      ]),
    ...validateLabelSelector(selector, specPath.child('selector'), { allowInvalidValues }),
    ...(policy === undefined
      ? []
      : validateOneOf(policy, ['AlwaysAllow', 'IfHealthyBudget'], specPath.child('unhealthyPodEvictionPolicy'))),
  ]
}

export const podDisruptionBudget: Strategy = {
  metadataChecksOnCreate: 'own',
  metadataChecksOnUpdate: [],
  nameRule: pathSegmentName,
  allowUnconditionalUpdate: false,
  ...specAndStatus({ emptyStatus: Object.fromEntries(counters.map((field) => [field, 0])) }),
  validate: (object) => validate(object),
  validateUpdate: (object, old) => validate(object, !isUsableSelector(old['spec']?.selector, specPath)),
  status: {
    metadataChecksOnUpdate: [],
    ...statusOnly,
    validateUpdate: ({ status = {} }) => [
      ...validateConditions(status.conditions, statusPath.child('conditions')),
      ...nonNegativeFields(status, statusPath, counters),
    ],
  },
}

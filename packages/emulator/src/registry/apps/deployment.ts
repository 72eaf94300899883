/** Deployments (apis/apps, registry/apps/deployment). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, validateImmutable, validateLabelSelector } from '../../apimachinery/validation/index.ts'
import { isEmptySelector, isUsableSelector, nonNegativeFields, notAbove, notDecremented, showSelector } from '../field-checks.ts'
import { type IntOrString, intOrPercentValue, notMoreThan100Percent, validatePositiveIntOrPercent } from '../int-or-percent.ts'
import {
  applyPodTemplateDefaults,
  ownerNameWarnings,
  podTemplateWarnings,
  validatePodTemplate,
  validateRunsForever,
  validateTemplateLabels,
} from '../pod-template.ts'
import { differ, keepField, raiseGeneration, specAndStatus } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const specPath = fieldPath('spec')
const templatePath = specPath.child('template')

function applyDefaults({ spec }: KubeObject): void {
  spec.replicas ??= 1
  spec.strategy ??= {}
  spec.strategy.type ||= 'RollingUpdate'
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {}
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%'
    spec.strategy.rollingUpdate.maxSurge ??= '25%'
  }
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
  applyPodTemplateDefaults(spec)
}

/** Selector and template, as Deployments and ReplicaSets check them. */
export function validateSelectorAndTemplate(spec: Fields, old?: Fields): FieldError[] {
  const path = specPath.child('selector')
  const { selector, template = {} } = spec
  const errors = [...(selector ? validateLabelSelector(selector, path) : [required(path)])]
  if (selector && isEmptySelector(selector)) errors.push(invalid(path, {}, 'empty selector is invalid for deployment'))
  if (!isUsableSelector(selector, path)) return [...errors, invalid(path, showSelector(selector), 'invalid label selector')]
  return [
    ...errors,
    ...(selector && isEmptySelector(selector) ? [] : validateTemplateLabels(template, selector, templatePath)),
    ...validatePodTemplate(template, templatePath, old?.['template']),
    ...validateRunsForever(template, templatePath, 'ReplicaSet'),
  ]
}

function validateRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: Record<string, IntOrString>, path: FieldPath): FieldError[] {
  const unavailablePath = path.child('maxUnavailable')
  const idle = intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0
  return [
    ...validatePositiveIntOrPercent(maxUnavailable, unavailablePath),
    ...validatePositiveIntOrPercent(maxSurge, path.child('maxSurge')),
    ...(idle ? [invalid(unavailablePath, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...notMoreThan100Percent(maxUnavailable, unavailablePath),
  ]
}

function validateStrategy({ type, rollingUpdate }: Fields): FieldError[] {
  const path = specPath.child('strategy')
  const rolling = path.child('rollingUpdate')
  if (type === 'Recreate') {
    return rollingUpdate ? [forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'")] : []
  }
  if (type === 'RollingUpdate') return validateRollingUpdate(rollingUpdate ?? {}, rolling)
  return [notSupported(path, { Type: type, RollingUpdate: showRollingUpdate(rollingUpdate) }, ['Recreate', 'RollingUpdate'])]
}

const showRollingUpdate = (rollingUpdate: Fields | undefined) =>
  rollingUpdate === undefined ? null : { MaxUnavailable: rollingUpdate['maxUnavailable'] ?? 0, MaxSurge: rollingUpdate['maxSurge'] ?? 0 }

function validate({ spec }: KubeObject, old?: Fields): FieldError[] {
  const deadline = specPath.child('progressDeadlineSeconds')
  const tooShort = spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)
  return [
    ...nonNegativeFields(spec, specPath, ['replicas']),
    ...validateSelectorAndTemplate(spec, old),
    ...validateStrategy(spec.strategy),
    ...nonNegativeFields(spec, specPath, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
    ...(tooShort ? [invalid(deadline, spec.progressDeadlineSeconds, 'must be greater than minReadySeconds')] : []),
  ]
}

export const selectorIsImmutable = (object: KubeObject, old: KubeObject): FieldError[] =>
  validateImmutable(showSelector(object['spec'].selector), showSelector(old['spec'].selector), specPath.child('selector'))

const counters = ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas']

function validateStatus({ status = {} }: KubeObject, { status: old = {} }: KubeObject): FieldError[] {
  const path = fieldPath('status')
  return [
    ...nonNegativeFields(status, path, [...counters, 'terminatingReplicas', 'collisionCount']),
    ...notAbove(status, path, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', 'status.replicas'),
    ...notAbove(status, path, ['availableReplicas'], 'readyReplicas', 'readyReplicas'),
    ...notDecremented(status, old, path, 'collisionCount'),
  ]
}

/** Warnings of a template that an update changed. */
export const changedTemplateWarnings = (object: KubeObject, old: KubeObject): string[] =>
  object.metadata.generation === old.metadata.generation
    ? []
    : podTemplateWarnings(object['spec'].template, templatePath, old['spec'].template)

export const deployment: Strategy = {
  applyDefaults,
  prepareForCreate: specAndStatus({ emptyStatus: {} }).prepareForCreate,
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    raiseGeneration(object, old, differ(object['spec'], old['spec']) || differ(object.metadata.annotations, old.metadata.annotations))
  },
  validate: (object) => validate(object),
  validateUpdate: (object, old) => [...validate(object, old['spec']), ...selectorIsImmutable(object, old)],
  warningsOnCreate: (object) => [...ownerNameWarnings(object), ...podTemplateWarnings(object['spec'].template, templatePath)],
  warningsOnUpdate: changedTemplateWarnings,
  status: {
    prepareForUpdate(object, old) {
      keepField(object, old, 'spec')
      keepField(object.metadata, old.metadata, 'labels')
    },
    validateUpdate: validateStatus,
  },
}

/** DaemonSets (apis/apps, registry/apps/daemonset). Their template generation lives in an annotation, since apps/v1 has no field for it. */
import { type FieldError, type FieldPath, fieldPath, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import { type Fields, validateImmutable, validateLabelSelector } from '../../apimachinery/validation/index.ts'
import { isEmptySelector, isUsableSelector, nonNegativeFields, notDecremented, showSelector } from '../field-checks.ts'
import { intOrPercentValue, notMoreThan100Percent, validatePositiveIntOrPercent } from '../int-or-percent.ts'
import {
  applyPodTemplateDefaults,
  podTemplateWarnings,
  validatePodTemplate,
  validateRunsForever,
  validateTemplateLabels,
} from '../pod-template.ts'
import { differ, keepField, raiseGeneration } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const generationAnnotation = 'deprecated.daemonset.template.generation'
const specPath = fieldPath('spec')
const templatePath = specPath.child('template')

function applyDefaults(object: KubeObject): void {
  readTemplateGeneration(object)
  const { spec } = object
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ||= 'RollingUpdate'
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {}
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0
  }
  spec.revisionHistoryLimit ??= 10
  applyPodTemplateDefaults(spec)
}

const templateGeneration = ({ metadata }: KubeObject) => Number(metadata.annotations?.[generationAnnotation] ?? 0)

/** The server reads the annotation while it decodes, and gives up on what is no number; without it, the generation is 0. */
function readTemplateGeneration(object: KubeObject): void {
  const text = object.metadata.annotations?.[generationAnnotation] ?? '0'
  if (!/^[+-]?\d+$/.test(text)) {
    const why = `strconv.ParseInt: parsing ${quote(text)}: invalid syntax`
    throw newBadRequest(`DaemonSet in version "v1" cannot be handled as a DaemonSet: ${why}`)
  }
  setTemplateGeneration(object, Number(text))
}

function setTemplateGeneration({ metadata }: KubeObject, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [generationAnnotation]: String(generation) }
}

function validateRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: Fields, path: FieldPath): FieldError[] {
  const [unavailablePath, surgePath] = [path.child('maxUnavailable'), path.child('maxSurge')]
  const errors = [
    ...validatePositiveIntOrPercent(maxUnavailable, unavailablePath),
    ...validatePositiveIntOrPercent(maxSurge, surgePath),
    ...notMoreThan100Percent(maxUnavailable, unavailablePath),
    ...notMoreThan100Percent(maxSurge, surgePath),
  ]
  const [hasUnavailable, hasSurge] = [intOrPercentValue(maxUnavailable) !== 0, intOrPercentValue(maxSurge) !== 0]
  if (hasUnavailable && hasSurge) errors.push(invalid(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  if (!hasUnavailable && !hasSurge) errors.push(required(unavailablePath, 'cannot be 0 when maxSurge is 0'))
  return errors
}

function validateUpdateStrategy({ type, rollingUpdate }: Fields): FieldError[] {
  const path = specPath.child('updateStrategy')
  if (type === 'OnDelete') return []
  if (type === 'RollingUpdate') return validateRollingUpdate(rollingUpdate ?? {}, path.child('rollingUpdate'))
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {}
  const shown = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null
  return [notSupported(path, { Type: type, RollingUpdate: shown }, ['RollingUpdate', 'OnDelete'])]
}

function validate({ spec }: KubeObject, old?: Fields): FieldError[] {
  const path = specPath.child('selector')
  const { selector, template = {} } = spec
  return [
    ...validateLabelSelector(selector, path),
    ...(isUsableSelector(selector, path) ? validateTemplateLabels(template, selector, templatePath) : []),
    ...(selector && isEmptySelector(selector) ? [invalid(path, {}, 'empty selector is invalid for daemonset')] : []),
    ...validatePodTemplate(template, templatePath, old?.['template']),
    ...validateRunsForever(template, templatePath, 'DaemonSet'),
    ...nonNegativeFields(spec, specPath, ['minReadySeconds']),
    ...validateUpdateStrategy(spec.updateStrategy),
    ...nonNegativeFields(spec, specPath, ['revisionHistoryLimit']),
  ]
}

const counters = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
]

/** Both are there in the server's own type, whatever the strategy is. */
function fillRollingUpdate({ spec }: KubeObject): void {
  const { rollingUpdate } = spec.updateStrategy
  if (!rollingUpdate) return
  rollingUpdate.maxUnavailable ??= 0
  rollingUpdate.maxSurge ??= 0
}

export const daemonSet: Strategy = {
  encodingAnnotations: [generationAnnotation],
  applyDefaults,
  canonicalize: fillRollingUpdate,
  prepareForCreate(object) {
    object['status'] = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }
    object.metadata.generation = 1
    setTemplateGeneration(object, Math.max(1, templateGeneration(object)))
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    fillRollingUpdate(object)
    const templateChanged = differ(object['spec'].template, old['spec'].template)
    setTemplateGeneration(object, templateGeneration(old) + (templateChanged ? 1 : 0))
    raiseGeneration(object, old, templateChanged || differ(object['spec'], old['spec']))
  },
  validate: (object) => validate(object),
  validateUpdate: (object, old) => [
    ...validateImmutable(showSelector(object['spec'].selector), showSelector(old['spec'].selector), specPath.child('selector')),
    ...validate(object, old['spec']),
  ],
  warningsOnCreate: ({ spec }) => podTemplateWarnings(spec.template, templatePath),
  warningsOnUpdate: (object, old) =>
    templateGeneration(object) === templateGeneration(old)
      ? []
      : podTemplateWarnings(object['spec'].template, templatePath, old['spec'].template),
  status: {
    prepareForUpdate(object, old) {
      keepField(object, old, 'spec')
      setTemplateGeneration(object, templateGeneration(old))
    },
    validateUpdate: ({ status = {} }, { status: old = {} }) => [
      ...nonNegativeFields(status, fieldPath('status'), counters),
      ...notDecremented(status, old, fieldPath('status'), 'collisionCount'),
    ],
  },
}

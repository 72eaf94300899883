/** StatefulSets (apis/apps, registry/apps/statefulset). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import {
  type Fields,
  nameIsDNSLabel,
  validateAnnotations,
  validateDNS1123Label,
  validateLabelSelector,
  validateLabels,
  validateOneOf,
} from '../../apimachinery/validation/index.ts'
import {
  applyPersistentVolumeClaimDefaults,
  persistentVolumeClaimSpecWarnings,
  validatePersistentVolumeClaimSpec,
} from '../core/persistent-volume-claim.ts'
import { isEmptySelector, isUsableSelector, nonNegativeFields, notAbove, notDecremented, showSelector } from '../field-checks.ts'
import { intOrPercentValue, notMoreThan100Percent, validatePositiveIntOrPercent } from '../int-or-percent.ts'
import {
  applyPodTemplateDefaults,
  podTemplateWarnings,
  validatePodTemplate,
  validateRunsForever,
  validateTemplateLabels,
} from '../pod-template.ts'
import { differ, specAndStatus, statusOnly } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const specPath = fieldPath('spec')
const templatePath = specPath.child('template')

function applyDefaults({ spec }: KubeObject): void {
  spec.podManagementPolicy ||= 'OrderedReady'
  spec.updateStrategy ??= {}
  const { updateStrategy } = spec
  if (!updateStrategy.type) {
    updateStrategy.type = 'RollingUpdate'
    updateStrategy.rollingUpdate ??= {}
  }
  if (updateStrategy.type === 'RollingUpdate' && updateStrategy.rollingUpdate) updateStrategy.rollingUpdate.partition ??= 0
  spec.persistentVolumeClaimRetentionPolicy ??= {}
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain'
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain'
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  applyPodTemplateDefaults(spec)
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1'
    claim.kind = 'PersistentVolumeClaim'
    applyPersistentVolumeClaimDefaults(claim)
  }
}

/** maxUnavailable is not in force in this version: the server drops it, unless the stored object has it. */
function dropMaxUnavailable(object: KubeObject, old?: KubeObject): void {
  if (old?.['spec'].updateStrategy?.rollingUpdate?.maxUnavailable === undefined)
    delete object['spec'].updateStrategy?.rollingUpdate?.maxUnavailable
}

function validateUpdateStrategy({ type, rollingUpdate }: Fields): FieldError[] {
  const path = specPath.child('updateStrategy')
  const rolling = path.child('rollingUpdate')
  const shown = rollingUpdate ? { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null } : null
  if (type === 'OnDelete') return rollingUpdate ? [invalid(rolling, shown, "only allowed for updateStrategy 'RollingUpdate'")] : []
  if (type !== 'RollingUpdate') return [invalid(path, { Type: type, RollingUpdate: shown }, "must be 'RollingUpdate' or 'OnDelete'")]
  return rollingUpdate ? validateRollingUpdate(rollingUpdate, rolling) : []
}

function validateRollingUpdate(rollingUpdate: Fields, path: FieldPath): FieldError[] {
  const errors = nonNegativeFields(rollingUpdate, path, ['partition'])
  const { maxUnavailable } = rollingUpdate
  if (maxUnavailable === undefined) return errors
  const at = path.child('maxUnavailable')
  return [
    ...errors,
    ...validatePositiveIntOrPercent(maxUnavailable, at),
    ...(intOrPercentValue(maxUnavailable) === 0 ? [invalid(at, maxUnavailable, 'cannot be 0')] : []),
    ...notMoreThan100Percent(maxUnavailable, at),
  ]
}

function validateSelector(selector: Fields | undefined): FieldError[] {
  const path = specPath.child('selector')
  if (!selector) return [required(path)]
  const empty = isEmptySelector(selector) ? [invalid(path, {}, 'empty selector is invalid for statefulset')] : []
  return [...validateLabelSelector(selector, path), ...empty]
}

interface Options {
  /** The stored spec, on update. */
  old?: Fields
  /** The stored template is not valid itself: what it says is let pass. */
  skipTemplate?: boolean
}

/** The template as Pods get it: a volume for each claim, and names of the server's own choice. */
function effectiveTemplate({ template = {}, volumeClaimTemplates = [] }: Fields): Fields {
  const claims = volumeClaimTemplates.map(({ metadata }: Fields) => metadata?.name ?? '')
  const volumes = [
    ...[...new Set<string>(claims)].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(template.spec?.volumes ?? []).filter(({ name }: Fields) => !claims.includes(name)),
  ]
  const { hostname, subdomain, ...spec } = template.spec ?? {}
  return { ...template, spec: { ...spec, ...(volumes.length > 0 ? { volumes } : {}) } }
}

function validateTemplate(spec: Fields, { skipTemplate, old }: Options): FieldError[] {
  const { selector } = spec
  const template = effectiveTemplate(spec)
  const metadata: Fields = template['metadata'] ?? {}
  return [
    ...(selector && isEmptySelector(selector) ? [] : validateTemplateLabels(template, selector, templatePath)),
    ...(skipTemplate ? [] : validatePodTemplate(template, templatePath, old?.['template'])),
    ...validateLabels(metadata['labels'], templatePath.child('labels')),
    ...validateAnnotations(metadata['annotations'], templatePath.child('annotations')),
  ]
}

function validateSpec(spec: Fields, options: Options = {}): FieldError[] {
  const isUpdate = options.old !== undefined
  const { selector, podManagementPolicy, persistentVolumeClaimRetentionPolicy: retention = {} } = spec
  const selectorPath = specPath.child('selector')
  const known = podManagementPolicy === 'OrderedReady' || podManagementPolicy === 'Parallel'
  const retentionPath = specPath.child('persistentVolumeClaimRetentionPolicy')
  return [
    ...(known ? [] : [invalid(specPath.child('podManagementPolicy'), podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")]),
    ...validateUpdateStrategy(spec['updateStrategy']),
    ...validateOneOf(retention.whenDeleted, ['Retain', 'Delete'], retentionPath.child('whenDeleted')),
    ...validateOneOf(retention.whenScaled, ['Retain', 'Delete'], retentionPath.child('whenScaled')),
    ...(isUpdate ? [] : validateClaims(spec['volumeClaimTemplates'] ?? [])),
    ...nonNegativeFields(spec, specPath, ['replicas', 'minReadySeconds']),
    ...nonNegativeFields(spec['ordinals'] ?? {}, specPath.child('ordinals'), ['start']),
    ...(isUpdate || !spec['serviceName'] ? [] : validateDNS1123Label(spec['serviceName'], specPath.child('serviceName'))),
    ...validateSelector(selector),
    ...(isUsableSelector(selector, selectorPath) ? validateTemplate(spec, options) : [invalid(selectorPath, showSelector(selector), '')]),
    ...validateRunsForever(spec['template'] ?? {}, templatePath, 'StatefulSet'),
  ]
}

const validateClaims = (claims: Fields[]): FieldError[] =>
  claims.flatMap((claim, i) =>
    validatePersistentVolumeClaimSpec(claim['spec'] ?? {}, specPath.child('volumeClaimTemplates').index(i).child('spec')),
  )

const mutableFields = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
]
const immutableText =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

function validateUpdate({ spec }: KubeObject, { spec: old }: KubeObject): FieldError[] {
  const skipTemplate = validateSpec(old, { old }).length > 0
  const errors = validateSpec(spec, { old, skipTemplate })
  const fields = Object.keys({ ...spec, ...old }).filter((field) => !mutableFields.includes(field))
  return fields.some((field) => differ(spec[field], old[field])) ? [...errors, forbidden(specPath, immutableText)] : errors
}

function validateStatus({ status = {} }: KubeObject, { status: old = {} }: KubeObject): FieldError[] {
  const path = fieldPath('status')
  const replicas = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']
  return [
    ...nonNegativeFields(status, path, ['replicas', ...replicas, 'observedGeneration', 'collisionCount']),
    ...notAbove(status, path, replicas, 'replicas', 'status.replicas'),
    ...notAbove(status, path, ['availableReplicas'], 'readyReplicas', 'status.readyReplicas'),
    ...notDecremented(status, old, path, 'collisionCount'),
  ]
}

/** `segment` follows the claim's index in the path: the server is not of one mind about it. */
function ownWarnings({ spec }: KubeObject, segment: string): string[] {
  const path = specPath.child('volumeClaimTemplates')
  const text = 'a negative value retains all historical revisions; a value >= 0 is recommended'
  const claims: Fields[] = spec.volumeClaimTemplates ?? []
  return [
    ...claims.flatMap((claim, i) => persistentVolumeClaimSpecWarnings(claim['spec'] ?? {}, path.index(i).child(segment))),
    ...(spec.revisionHistoryLimit < 0 ? [`${specPath.child('revisionHistoryLimit')}: ${text}`] : []),
  ]
}

const lifecycle = specAndStatus({ emptyStatus: { replicas: 0, availableReplicas: 0 } })

export const statefulSet: Strategy = {
  nameRule: nameIsDNSLabel,
  applyDefaults,
  prepareForCreate(object, context) {
    dropMaxUnavailable(object)
    lifecycle.prepareForCreate(object, context)
  },
  prepareForUpdate(object, old, context) {
    dropMaxUnavailable(object, old)
    lifecycle.prepareForUpdate(object, old, context)
  },
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate,
  warningsOnCreate: (object) => [...podTemplateWarnings(object['spec'].template, templatePath), ...ownWarnings(object, '')],
  warningsOnUpdate: (object, old) => [
    ...(object.metadata.generation === old.metadata.generation
      ? []
      : podTemplateWarnings(object['spec'].template, templatePath, old['spec'].template)),
    ...ownWarnings(object, 'Spec'),
  ],
  status: { ...statusOnly, validateUpdate: validateStatus },
}

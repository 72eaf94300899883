/** Jobs (apis/batch, registry/batch/job). The server gives a Job's Pods labels with its uid, and the Job a selector for them. */
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject, ObjectMeta } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import {
  type Fields,
  immutableError,
  isDNS1123Label,
  validateImmutable,
  validateLabelSelector,
} from '../../apimachinery/validation/index.ts'
import { isUsableSelector, selectorMatches, showMap, showSelector } from '../field-checks.ts'
import { showPodFailurePolicy, showPodSpec, showPodTemplate } from '../internal-values.ts'
import { applyPodTemplateDefaults, ownerNameWarnings, validateTemplateLabels } from '../pod-template.ts'
import { differ, keepField, specAndStatus, statusOnly } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { isIndexed, jobSpecWarnings, validateJobSpec } from './job-spec.ts'
import { hasCondition, validateJobStatusUpdate } from './job-status.ts'
import { showSuccessPolicy } from './success-policy.ts'

const specPath = fieldPath('spec')
const templatePath = specPath.child('template')
const controllerUid = 'batch.kubernetes.io/controller-uid'
const jobName = 'batch.kubernetes.io/job-name'
const legacyControllerUid = 'controller-uid'
const legacyJobName = 'job-name'

/** The defaults of a Job's spec, wherever it stands. */
export function applyJobSpecDefaults(spec: Fields): void {
  for (const rule of spec['podFailurePolicy']?.rules ?? []) {
    for (const condition of rule.onPodConditions ?? []) condition.status ||= 'True'
  }
  applyPodTemplateDefaults(spec)
}

function applyDefaults({ metadata, spec }: KubeObject): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  spec.manualSelector ??= false
  // A new Job gets its labels together with those that its template is still to get.
  if (metadata.uid && needsLabels(metadata)) metadata.labels = spec.template?.metadata?.labels ?? metadata.labels
  applyJobSpecDefaults(spec)
}

/** A Job without labels of its own has those of its template. */
function labelLikeTemplate(metadata: ObjectMeta, spec: Fields): void {
  const labels = spec['template']?.metadata?.labels
  if (labels && needsLabels(metadata)) metadata.labels = deepCopy(labels)
}

const needsLabels = ({ labels }: ObjectMeta) => Object.keys(labels ?? {}).length === 0

function generateSelector({ metadata, spec }: KubeObject): void {
  const [name, uid] = [metadata.name ?? '', metadata.uid ?? '']
  spec.template ??= {}
  spec.template.metadata ??= {}
  const generated = { [legacyJobName]: name, [jobName]: name, [legacyControllerUid]: uid, [controllerUid]: uid }
  spec.template.metadata.labels = { ...generated, ...spec.template.metadata.labels }
  spec.selector ??= {}
  spec.selector.matchLabels = { [controllerUid]: uid, ...spec.selector.matchLabels }
}

function requireLabel(labels: Record<string, string> = {}, key: string, value: string): FieldError[] {
  const path = templatePath.child('metadata', 'labels').key(key)
  if (labels[key] === undefined) return [required(path, `must be '${value}'`)]
  return labels[key] === value ? [] : [invalid(path, showMap(labels), `must be '${value}'`)]
}

function validateGenerated({ metadata, spec }: KubeObject, withPrefixed: boolean): FieldError[] {
  if (spec.manualSelector === true || !spec.selector) return []
  const [name, uid] = [metadata.name ?? '', metadata.uid ?? '']
  const labels = spec.template?.metadata?.labels
  const expected = { [legacyControllerUid]: uid, [legacyJobName]: name, ...(withPrefixed ? { [controllerUid]: uid, [jobName]: name } : {}) }
  const errors = Object.entries(expected).flatMap(([key, value]) => requireLabel(labels, key, value))
  const path = specPath.child('selector')
  if (!isUsableSelector(spec.selector, path) || selectorMatches(spec.selector, expected)) return errors
  return [...errors, invalid(path, showSelector(spec.selector), '`selector` not auto-generated')]
}

function validateSpec(spec: Fields, old?: Fields): FieldError[] {
  const { selector } = spec
  const path = specPath.child('selector')
  return [
    ...validateJobSpec(spec, specPath, old),
    ...(selector ? validateLabelSelector(selector, path) : [required(path)]),
    ...(isUsableSelector(selector, path) ? validateTemplateLabels(spec['template'] ?? {}, selector, templatePath) : []),
  ]
}

function validate(object: KubeObject, withPrefixed = true, old?: Fields): FieldError[] {
  const { metadata, spec } = object
  const errors = [...validateGenerated(object, withPrefixed), ...validateSpec(spec, old)]
  if (!isIndexed(spec) || !(spec.completions > 0)) return errors
  const { name = '' } = metadata
  const lastHostname = `${name}-${spec.completions - 1}`
  if (isDNS1123Label(lastHostname).length === 0) return errors
  const text = `will not able to create pod with invalid DNS label: ${lastHostname}`
  return [...errors, invalid(fieldPath('metadata').child('name'), name, text)]
}

function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const { spec } = object
  const { spec: oldSpec } = old
  const oldLabels = oldSpec.template?.metadata?.labels ?? {}
  const immutable = (field: string, show: (value: Fields) => unknown = (value) => value) =>
    differ(spec[field], oldSpec[field])
      ? [invalid(specPath.child(field), spec[field] === undefined ? null : show(spec[field]), immutableError)]
      : []
  return [
    ...validate(object, jobName in oldLabels && controllerUid in oldLabels, oldSpec),
    ...validateSpec(spec, oldSpec),
    ...validateCompletions(spec, oldSpec, specPath.child('completions')),
    ...validateImmutable(showSelector(spec.selector), showSelector(oldSpec.selector), specPath.child('selector')),
    ...validateTemplateUpdate(spec, old),
    ...immutable('completionMode'),
    ...immutable('podFailurePolicy', showPodFailurePolicy),
    ...immutable('backoffLimitPerIndex'),
    ...immutable('managedBy'),
    ...immutable('successPolicy', showSuccessPolicy),
  ]
}

/** An indexed Job may grow or shrink, if it always runs all of its indexes at once. */
function validateCompletions(spec: Fields, old: Fields, path: FieldPath): FieldError[] {
  const { completions, parallelism } = spec
  if (completions === old['completions']) return []
  if (!isIndexed(spec)) return [invalid(path, completions ?? null, immutableError)]
  if (completions === undefined || completions === parallelism) return []
  return [invalid(path, completions, 'can only be modified in tandem with spec.parallelism')]
}

const schedulingFields = ['nodeSelector', 'tolerations', 'schedulingGates']

/** A template is immutable, but while the Job is suspended and nothing of it runs, where and with which resources its Pods run may change. */
function validateTemplateUpdate(spec: Fields, old: KubeObject): FieldError[] {
  const template: Fields = spec['template'] ?? {}
  const suspended = old['spec'].suspend === true
  const status: Fields = old['status'] ?? {}
  const idle = suspended && (status['startTime'] === undefined || hasCondition(status, 'Suspended')) && !status['active']
  const allowed = deepCopy(old['spec'].template)
  if (!idle) return differ(template, allowed) ? [invalid(templatePath, showPodTemplate(template), immutableError)] : []
  allowScheduling(allowed, template)
  allowResources(allowed.spec, template['spec'])
  if (!differ(template['spec'], allowed.spec)) return []
  return [invalid(templatePath.child('spec'), showPodSpec(template['spec']), immutableError)]
}

function allowScheduling(allowed: Fields, template: Fields): void {
  for (const field of schedulingFields) keepField(allowed['spec'], template['spec'], field)
  const nodeAffinity = template['spec'].affinity?.nodeAffinity
  const { nodeAffinity: _, ...others } = allowed['spec'].affinity ?? {}
  const affinity = nodeAffinity === undefined ? others : { ...others, nodeAffinity }
  if (template['spec'].affinity === undefined && Object.keys(affinity).length === 0) delete allowed['spec'].affinity
  else allowed['spec'].affinity = affinity
}

function allowResources(allowed: Fields, spec: Fields): void {
  for (const field of ['containers', 'initContainers']) {
    const [old, current]: [Fields[], Fields[]] = [allowed[field] ?? [], spec[field] ?? []]
    if (old.length !== current.length) continue
    for (const [i, container] of current.entries())
      if (old[i]?.['name'] === container['name']) keepField(old[i] as Fields, container, 'resources')
  }
}

const lifecycle = specAndStatus({ emptyStatus: {} })

export const job: Strategy = {
  metadataChecksOnUpdate: ['object', 'update'],
  applyDefaults,
  prepareForCreate(object, context) {
    const { metadata, spec } = object
    // The server lets a Job without labels share those of its template, and so also those that are generated now.
    const ofTemplate = spec.template?.metadata?.labels
    const shares = ofTemplate !== undefined && (metadata.labels === undefined || metadata.labels === ofTemplate)
    if (spec.manualSelector !== true) generateSelector(object)
    if (shares) metadata.labels = deepCopy(spec.template.metadata.labels)
    lifecycle.prepareForCreate(object, context)
  },
  prepareForUpdate(object, old, context) {
    labelLikeTemplate(object.metadata, object['spec'])
    lifecycle.prepareForUpdate(object, old, context)
  },
  validate: (object) => validate(object),
  canonicalize: ({ metadata, spec }) => labelLikeTemplate(metadata, spec),
  validateUpdate,
  warningsOnCreate: (object) => [...ownerNameWarnings(object), ...jobSpecWarnings(object['spec'], specPath)],
  warningsOnUpdate: (object, old) =>
    object.metadata.generation === old.metadata.generation ? [] : jobSpecWarnings(object['spec'], specPath, old['spec']),
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  selectableFieldNames: ['status.successful'],
  unknownFieldText: (field) => `field label ${quote(field)} not supported for Job`,
  defaultGarbageCollectionPolicy: () => 'orphan',
  status: { ...statusOnly, validateUpdate: validateJobStatusUpdate },
}

import { type FieldError, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import {
  type Fields,
  isDNS1123Label,
  isDNS1123SubdomainInBytes,
  semanticEqual,
  validateNonNegative,
  validateOneOf,
} from '../../apimachinery/validation/index.ts'
import { nonNegativeFields, notAbove, showMap } from '../field-checks.ts'
import { keepField, raiseGeneration } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { applyPodTemplateDefaults } from './pod/defaults.ts'
import { dropDisabledFields } from './pod/disabled-fields.ts'
import { type PodValidationOptions, podValidationOptions } from './pod/options.ts'
import { validatePodTemplate } from './pod/template.ts'
import { podTemplateWarnings } from './pod/warnings.ts'

const specPath = fieldPath('spec')
const statusPath = fieldPath('status')
const templatePath = specPath.child('template')
const isEmpty = (map: Fields | undefined) => Object.keys(map ?? {}).length === 0

/** Selector and labels follow from the template's labels. */
function applyDefaults(controller: KubeObject): void {
  controller['spec'] ??= {}
  const { spec, metadata } = controller
  spec.replicas ??= 1
  if (spec.template) spec.template.spec ??= {}
  applyPodTemplateDefaults(spec.template)
  const labels = spec.template?.metadata?.labels
  if (labels === undefined) return
  if (isEmpty(spec.selector)) spec.selector = { ...labels }
  if (isEmpty(metadata.labels)) metadata.labels = { ...labels }
}

function validateSpec(spec: Fields, options: PodValidationOptions): FieldError[] {
  const { selector = {}, replicas, template } = spec
  return [
    ...validateNonNegative(spec['minReadySeconds'], specPath.child('minReadySeconds')),
    ...(isEmpty(selector) ? [required(specPath.child('selector'))] : []),
    ...(replicas === undefined ? [required(specPath.child('replicas'))] : validateNonNegative(replicas, specPath.child('replicas'))),
    ...(template ? validateTemplate(template, selector, options) : [required(templatePath)]),
  ]
}

function validateTemplate(template: Fields, selector: Record<string, string>, options: PodValidationOptions): FieldError[] {
  const labels: Record<string, string> = template['metadata']?.labels ?? {}
  const matches = Object.entries(selector).every(([key, value]) => labels[key] === value)
  const { restartPolicy = '', activeDeadlineSeconds } = template['spec'] ?? {}
  return [
    ...(matches
      ? []
      : [
          invalid(
            templatePath.child('metadata', 'labels'),
            showMap(labels) ?? emptiedMember(template['metadata'] ?? {}, 'labels') ?? null,
            '`selector` does not match template `labels`',
          ),
        ]),
    ...validatePodTemplate(template, templatePath, options),
    ...validateOneOf(restartPolicy, ['Always'], templatePath.child('spec', 'restartPolicy')),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [
          forbidden(templatePath.child('spec', 'activeDeadlineSeconds'), 'activeDeadlineSeconds in ReplicationController is not Supported'),
        ]),
  ]
}

const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration']

function validateStatus({ metadata, status = {} }: KubeObject): FieldError[] {
  return [
    ...validateKubeFinalizers(metadata),
    ...nonNegativeFields(status, statusPath, counts),
    ...notAbove(status, statusPath, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', 'status.replicas'),
    ...notAbove(status, statusPath, ['availableReplicas'], 'readyReplicas', 'readyReplicas'),
  ]
}

function nameWarnings({ metadata }: KubeObject): string[] {
  const texts = isDNS1123Label(metadata.name ?? '')
  const advice = 'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended'
  return texts.length === 0 ? [] : [`metadata.name: ${advice}: [${texts.join(' ')}]`]
}

export const replicationControllerStrategy: Strategy = {
  applyDefaults,
  prepareForCreate(controller) {
    controller['status'] = { replicas: 0 }
    controller.metadata.generation = 1
    if (controller['spec'].template?.spec) dropDisabledFields(controller['spec'].template.spec)
  },
  prepareForUpdate(controller, old) {
    keepField(controller, old, 'status')
    if (controller['spec'].template?.spec) dropDisabledFields(controller['spec'].template.spec, old['spec'].template?.spec)
    raiseGeneration(controller, old, !semanticEqual(controller['spec'], old['spec']))
  },
  validate: ({ metadata, spec }) => [...validateKubeFinalizers(metadata), ...validateSpec(spec, {})],
  validateUpdate: ({ metadata, spec }, old) => [
    ...validateKubeFinalizers(metadata),
    ...validateSpec(spec, podValidationOptions(old['spec'].template)),
  ],
  warningsOnCreate: (controller) => [...nameWarnings(controller), ...podTemplateWarnings(controller['spec'].template ?? {}, templatePath)],
  // The server looks at the template as it was.
  warningsOnUpdate: ({ metadata }, old) =>
    metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(old['spec'].template ?? {}, templatePath),
  // Prefixes of names are not checked, only the names that come of them.
  nameRule: (name, prefix) => (prefix ? [] : isDNS1123SubdomainInBytes(name)),
  defaultGarbageCollectionPolicy: () => 'orphan',
  selectableFields: ({ status = {} }) => ({ 'status.replicas': String(status.replicas ?? 0) }),
  selectableFieldNames: ['status.replicas'],
  status: {
    prepareForUpdate: (controller, old) => keepField(controller, old, 'spec'),
    validateUpdate: validateStatus,
  },
}

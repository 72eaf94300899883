/** What workloads need for the Pod template in them. */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid } from '../apimachinery/field-error.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { emptiedMember } from '../apimachinery/scheme/emptied.ts'
import { type Fields, isDNS1123Label, type LabelSelector, validateOneOf } from '../apimachinery/validation/index.ts'
import { dropDisabledFields } from './core/pod/disabled-fields.ts'
import { applyPodSpecDefaults, podValidationOptions, validatePodTemplate as validateTemplate } from './core/pod/index.ts'
import { podTemplateWarnings } from './core/pod/warnings.ts'
import { selectorMatches, showMap } from './field-checks.ts'
import type { Strategy } from './strategy.ts'

export { podTemplateWarnings }

/** A template, on update with what is stored in its place: it may keep what a newer server would refuse. */
export const validatePodTemplate = (template: Fields, path: FieldPath, old?: Fields): FieldError[] =>
  validateTemplate(template, path, podValidationOptions(old))

export function applyPodTemplateDefaults(owner: Fields): void {
  owner['template'] ??= {}
  owner['template'].spec ??= {}
  applyPodSpecDefaults(owner['template'].spec)
}

/** A strategy whose objects lose what their Pod template says of features that are off. `specOf`: what the template is in. */
export const withPodTemplate = (strategy: Strategy, specOf = ({ spec }: KubeObject): Fields | undefined => spec): Strategy => {
  const drop = (object: KubeObject, old?: KubeObject) => {
    const template = specOf(object)?.['template']
    if (template?.spec) dropDisabledFields(template.spec, old && specOf(old)?.['template']?.spec)
  }
  return {
    ...strategy,
    prepareForCreate(object, context) {
      drop(object)
      strategy.prepareForCreate?.(object, context)
    },
    prepareForUpdate(object, old, context) {
      drop(object, old)
      strategy.prepareForUpdate?.(object, old, context)
    },
  }
}

/** A selector must select the Pods that its own template makes. */
export function validateTemplateLabels(template: Fields, selector: LabelSelector | undefined, path: FieldPath): FieldError[] {
  const labels = template['metadata']?.labels
  if (selectorMatches(selector, labels ?? {})) return []
  return [
    invalid(
      path.child('metadata', 'labels'),
      showMap(labels) ?? emptiedMember(template['metadata'] ?? {}, 'labels') ?? null,
      '`selector` does not match template `labels`',
    ),
  ]
}

/** Workloads that keep their Pods running restart containers always, and set no deadline. */
export function validateRunsForever(template: Fields, path: FieldPath, owner: string): FieldError[] {
  const spec: Fields = template['spec'] ?? {}
  const deadline = path.child('spec', 'activeDeadlineSeconds')
  return [
    ...validateOneOf(spec['restartPolicy'] ?? '', ['Always'], path.child('spec', 'restartPolicy')),
    ...(spec['activeDeadlineSeconds'] === undefined ? [] : [forbidden(deadline, `activeDeadlineSeconds in ${owner} is not Supported`)]),
  ]
}

/** Pods are named after their owner, whose name may be longer than a Pod's host name. */
export function ownerNameWarnings({ metadata }: KubeObject): string[] {
  const errors = isDNS1123Label(metadata.name ?? '')
  if (errors.length === 0) return []
  const advice = 'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended'
  return [`${fieldPath('metadata').child('name')}: ${advice}: [${errors.join(' ')}]`]
}

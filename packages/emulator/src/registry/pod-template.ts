/** What workloads need for the Pod template in them. */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid } from '../apimachinery/field-error.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { type Fields, isDNS1123Label, type LabelSelector, validateOneOf } from '../apimachinery/validation/index.ts'
import { applyPodSpecDefaults, podValidationOptions, validatePodTemplate as validateTemplate } from './core/pod/index.ts'
import { podTemplateWarnings } from './core/pod/warnings.ts'
import { selectorMatches, showMap } from './field-checks.ts'

export { podTemplateWarnings }

/** A template, on update with what is stored in its place: it may keep what a newer server would refuse. */
export const validatePodTemplate = (template: Fields, path: FieldPath, old?: Fields): FieldError[] =>
  validateTemplate(template, path, podValidationOptions(old))

export function applyPodTemplateDefaults(owner: Fields): void {
  owner['template'] ??= {}
  owner['template'].spec ??= {}
  applyPodSpecDefaults(owner['template'].spec)
}

/** A selector must select the Pods that its own template makes. */
export function validateTemplateLabels(template: Fields, selector: LabelSelector | undefined, path: FieldPath): FieldError[] {
  const labels = template['metadata']?.labels
  if (selectorMatches(selector, labels ?? {})) return []
  return [invalid(path.child('metadata', 'labels'), showMap(labels), '`selector` does not match template `labels`')]
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

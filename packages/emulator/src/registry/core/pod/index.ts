export {
  aggregateResources,
  applyPodDefaults,
  applyPodSpecDefaults,
  applyPodTemplateDefaults,
  mirrorServiceAccountName,
} from './defaults.ts'
export { type PodValidationOptions, podValidationOptions } from './options.ts'
export { validatePodSpec } from './spec.ts'
export { validatePodTemplate } from './template.ts'
export { validateTaintEffect, validateTolerations } from './tolerations.ts'

export { applyPodSpecDefaults } from './defaults.ts'
export { podValidationOptions } from './options.ts'

export { validatePodTemplate } from './template.ts'
export { validateTolerations } from './tolerations.ts'

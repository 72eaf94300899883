import { fieldPath } from '../../apimachinery/field-error.ts'
import { semanticEqual } from '../../apimachinery/validation/index.ts'
import { raiseGeneration } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { applyPodTemplateDefaults } from './pod/defaults.ts'
import { dropDisabledFields } from './pod/disabled-fields.ts'
import { podValidationOptions } from './pod/options.ts'
import { validatePodTemplate } from './pod/template.ts'
import { podTemplateWarnings } from './pod/warnings.ts'

const templatePath = fieldPath('template')

export const podTemplateStrategy: Strategy = {
  applyDefaults(object) {
    object['template'] ??= {}
    object['template'].spec ??= {}
    applyPodTemplateDefaults(object['template'])
  },
  prepareForCreate({ metadata, template }) {
    metadata.generation = 1
    dropDisabledFields(template.spec)
  },
  prepareForUpdate(object, old) {
    dropDisabledFields(object['template'].spec, old['template'].spec)
    raiseGeneration(object, old, !semanticEqual(object['template'], old['template']))
  },
  validate: ({ metadata, template }) => [...validateKubeFinalizers(metadata), ...validatePodTemplate(template, templatePath)],
  validateUpdate: ({ metadata, template }, old) => [
    ...validateKubeFinalizers(metadata),
    ...validatePodTemplate(template, templatePath, podValidationOptions(old['template'])),
  ],
  warningsOnCreate: ({ template }) => podTemplateWarnings(template, templatePath),
  warningsOnUpdate: ({ metadata, template }, old) =>
    metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(template, templatePath),
  returnsDeletedObject: true,
}

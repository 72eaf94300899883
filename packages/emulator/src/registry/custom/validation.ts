import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { DefinitionVersion } from './definition-object.ts'
import { validateScaleSpec, validateScaleStatus } from './scale-validation.ts'

/** Checks the objects of one version of a custom resource. */
export interface ObjectValidator {
  create(object: KubeObject): FieldError[]
  update(object: KubeObject, old: KubeObject): FieldError[]
  updateStatus(object: KubeObject, old: KubeObject): FieldError[]
}

export interface ValidatedKind {
  apiVersion: string
  kind: string
  version: DefinitionVersion
}

export function createObjectValidator(validated: ValidatedKind): ObjectValidator {
  const { version } = validated
  const scale = version.subresources?.scale
  const whole = (object: KubeObject): FieldError[] => {
    const typeErrors = validateType(object, validated)
    if (typeErrors.length > 0) return typeErrors
    return [...validateScaleSpec(object, scale), ...validateScaleStatus(object, scale)]
  }
  return { create: whole, update: whole, updateStatus: whole }
}

function validateType(object: KubeObject, { apiVersion, kind }: ValidatedKind): FieldError[] {
  return [
    ...(object.kind === kind ? [] : [invalid(fieldPath('kind'), object.kind, `must be ${kind}`)]),
    ...(object.apiVersion === apiVersion ? [] : [invalid(fieldPath('apiVersion'), object.apiVersion, `must be ${apiVersion}`)]),
  ]
}

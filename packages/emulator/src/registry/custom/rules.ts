import type { FieldError } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'

/** Evaluates the CEL rules of a schema on objects. */
export interface RuleValidator {
  validate(object: KubeObject, old: KubeObject | undefined): FieldError[]
}

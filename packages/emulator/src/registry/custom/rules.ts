import type { FieldError, FieldPath } from '../../apimachinery/field-error.ts'
import { memoize } from '../../apimachinery/memoize.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { onDemand } from '../../apimachinery/on-demand.ts'
import type { JsonSchema } from './schema/types.ts'
import { someSchema } from './schema/walk.ts'

/** Evaluates the CEL rules of a schema on objects. */
export interface RuleValidator {
  /** `warn` is told of what is wrong, but was so before. */
  validate(object: KubeObject, old: KubeObject | undefined, warn?: (text: string) => void): FieldError[]
}

/** What needs CEL, which is loaded when the first rule is there. */
export interface RuleLibrary {
  createRuleValidator(schema: JsonSchema): RuleValidator
  compileRules: typeof import('./cel-compile.ts').compileRules
  validateDefault(value: unknown, schema: JsonSchema, path: FieldPath, isRoot: boolean): FieldError[]
}

const library = onDemand<RuleLibrary>(async () => ({ ...(await import('./cel-compile.ts')), ...(await import('./cel-rules.ts')) }))

export const ruleLibrary = (): RuleLibrary | undefined => library.value

/** Loads it; undefined if it is there. */
export const loadRules = library.load

const findRules = memoize((schema: JsonSchema) => someSchema(schema, (each) => (each['x-kubernetes-validations'] ?? []).length > 0))

export const hasRules = (schema: JsonSchema | undefined): boolean => schema !== undefined && findRules(schema)

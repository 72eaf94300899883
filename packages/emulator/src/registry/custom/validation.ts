import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { DefinitionVersion } from './definition-object.ts'
import type { RuleValidator } from './rules.ts'
import { validateScaleSpec, validateScaleStatus } from './scale-validation.ts'
import { type Correlated, correlatedMember } from './schema/correlation.ts'
import { validateEmbedded } from './schema/embedded.ts'
import { validateListTypes } from './schema/list-types.ts'
import { toFieldErrors } from './schema/result.ts'
import type { JsonSchema } from './schema/types.ts'
import { validateBySchema } from './schema/validate.ts'

/** Is told of what is wrong, but was so before. */
type Warn = (text: string) => void

/** Checks the objects of one version of a custom resource (apiextensions, registry/customresource). */
export interface ObjectValidator {
  create(object: KubeObject): FieldError[]
  update(object: KubeObject, old: KubeObject, warn: Warn): FieldError[]
  updateStatus(object: KubeObject, old: KubeObject, warn: Warn): FieldError[]
}

export interface ValidatedKind {
  apiVersion: string
  kind: string
  version: DefinitionVersion
  /** The CEL rules of the schema, once they can be evaluated; undefined if there are none. */
  rules(): RuleValidator | undefined
}

export function createObjectValidator(validated: ValidatedKind): ObjectValidator {
  const { version } = validated
  const schema = version.schema?.openAPIV3Schema ?? {}
  const scale = version.subresources?.scale
  const statusSchema = version.subresources?.status == null ? undefined : schema.properties?.['status']

  const typed = (object: KubeObject, check: () => FieldError[]) => {
    const errors = validateType(object, validated)
    return errors.length > 0 ? errors : check()
  }

  const validateRules = (errors: FieldError[], object: KubeObject, old?: KubeObject, warn?: Warn): FieldError[] => {
    const rules = validated.rules()
    if (rules === undefined) return errors
    const blocked = errors.some(isBlocking) || isNameless(object)
    return [...errors, ...(blocked ? [rulesNotChecked] : rules.validate(object, old, warn))]
  }

  const whole = (object: KubeObject, correlated?: Correlated) =>
    typed(object, () => [
      ...toFieldErrors(validateBySchema(object, schema, correlated), ''),
      ...validateScaleSpec(object, scale),
      ...validateScaleStatus(object, scale),
    ])

  return {
    create: (object) =>
      validateRules([...whole(object), ...validateEmbedded(object, schema), ...validateListTypes(object, schema)], object),
    update(object, old, warn) {
      const errors = [...whole(object, { old, value: object, schema }), ...validateEmbedded(object, schema)]
      return validateRules([...errors, ...newListErrors(object, old, schema)], object, old, warn)
    },
    updateStatus(object, old, warn) {
      const errors = typed(object, () => [...validateStatus(object, old, schema, statusSchema), ...validateScaleStatus(object, scale)])
      return validateRules([...errors, ...newListErrors(object, old, schema)], object, old, warn)
    },
  }
}

function validateStatus(object: KubeObject, old: KubeObject, schema: JsonSchema, statusSchema: JsonSchema | undefined): FieldError[] {
  if (statusSchema === undefined || !Object.hasOwn(object, 'status')) return []
  const correlated = correlatedMember({ old, value: object, schema }, 'status')
  return toFieldErrors(validateBySchema(object['status'], statusSchema, correlated), 'status')
}

/** An object whose lists were wrong already may stay so. */
function newListErrors(object: KubeObject, old: KubeObject, schema: JsonSchema): FieldError[] {
  const errors = validateListTypes(object, schema)
  return errors.length === 0 || validateListTypes(old, schema).length > 0 ? [] : errors
}

function validateType(object: KubeObject, { apiVersion, kind }: ValidatedKind): FieldError[] {
  return [
    ...(object.kind === kind ? [] : [invalid(fieldPath('kind'), object.kind, `must be ${kind}`)]),
    ...(object.apiVersion === apiVersion ? [] : [invalid(fieldPath('apiVersion'), object.apiVersion, `must be ${apiVersion}`)]),
  ]
}

/** Rules are not evaluated on values that may not be what the rules take them for. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])
const isBlocking = ({ reason }: FieldError) => blocking.has(reason)

/** Whose error the registry finds, but which keeps the rules from being looked at, too. */
const isNameless = ({ metadata: { name = '', generateName = '' } }: KubeObject) => name === '' && generateName === ''

const rulesNotChecked = invalid(
  '',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
)

import { deepCopy, deepEqual } from '../../apimachinery/deep-copy.ts'
import type { FieldError } from '../../apimachinery/field-error.ts'
import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { loadPatterns } from '../../apimachinery/regular-expression.ts'
import { newForbidden } from '../../apimachinery/status-error.ts'
import type { Strategy } from '../strategy.ts'
import type { CustomCodec } from './codec.ts'
import { type CustomResourceDefinition, type DefinitionVersion, isConditionTrue } from './definition-object.ts'
import { finalizerWarnings } from './finalizer-warnings.ts'
import { hasRules, loadRules, type RuleValidator, ruleLibrary } from './rules.ts'
import { applySchemaDefaults } from './schema/defaults.ts'
import { usesPatterns } from './schema/walk.ts'
import { selectableFieldsOf } from './selectable-fields.ts'
import { createObjectValidator } from './validation.ts'

/** How objects of one version of a custom resource live. */
export function createCustomStrategy(crd: CustomResourceDefinition, version: DefinitionVersion, codec: CustomCodec): Strategy {
  const { kind } = crd.status.acceptedNames
  const schema = version.schema?.openAPIV3Schema
  const apiVersion = formatGroupVersion({ group: crd.spec.group, version: version.name })
  const ruled = hasRules(schema)
  let ruleValidator: RuleValidator | undefined
  const rules = () => {
    if (ruled) ruleValidator ??= ruleLibrary()?.createRuleValidator(schema!)
    return ruleValidator
  }
  const hasStatus = version.subresources?.status != null
  const validator = createObjectValidator({ apiVersion, kind, version, rules })
  const terminating = isConditionTrue(crd, 'Terminating')
  return {
    prepare: ({ collection, key, writes }) =>
      whenAll(
        writes && usesPatterns(schema) ? loadPatterns() : undefined,
        writes && ruled ? whenAll(loadPatterns(), loadRules()) : undefined,
        codec.prepareReading?.(collection, key, writes),
      ),
    allowUnconditionalUpdate: false,
    applyDefaults(object) {
      if (object.kind !== kind || object.apiVersion !== apiVersion) return
      applySchemaDefaults(object, schema)
    },
    prepareForCreate(object) {
      if (terminating) {
        const resource = { group: crd.spec.group, resource: crd.status.acceptedNames.plural }
        throw newForbidden(resource, object.metadata.name ?? '', 'create not allowed while custom resource definition is terminating')
      }
      if (hasStatus) delete object['status']
      object.metadata.generation = 1
    },
    prepareForUpdate(object, old) {
      if (hasStatus) {
        if (Object.hasOwn(old, 'status')) object['status'] = deepCopy(old['status'])
        else delete object['status']
      }
      if (!deepEqual(contentOf(object), contentOf(old))) object.metadata.generation = (old.metadata.generation ?? 0) + 1
    },
    validate: (object) => validator.create(object),
    validateUpdate: (object, old, { warn }) => validator.update(object, old, warn),
    warningsOnCreate: ({ metadata }) => finalizerWarnings(metadata.finalizers),
    warningsOnUpdate: ({ metadata }, old) => finalizerWarnings(metadata.finalizers, old.metadata.finalizers),
    ...selectableFieldsOf(version.selectableFields ?? []),
    status: {
      prepareForUpdate: takeStatusAlone,
      validateUpdate: (object, old, { warn }): FieldError[] => validator.updateStatus(object, old, warn),
    },
  }
}

/** Undefined if there is nothing to wait for. */
function whenAll(...pending: readonly (Promise<void> | undefined)[]): Promise<void> | undefined {
  const awaited = pending.filter((each) => each !== undefined)
  return awaited.length === 0 ? undefined : Promise.all(awaited).then(() => {})
}

function contentOf({ metadata: _, ...content }: KubeObject): Record<string, unknown> {
  return content
}

/** Everything but status and managedFields stays as it is stored. */
function takeStatusAlone(object: KubeObject, old: KubeObject): void {
  const { status, metadata } = object
  const written = Object.hasOwn(object, 'status')
  for (const field of Object.keys(object)) delete object[field]
  Object.assign(object, deepCopy(old))
  if (metadata.managedFields === undefined) delete object.metadata.managedFields
  else object.metadata.managedFields = metadata.managedFields
  if (written) object['status'] = status
  else delete object['status']
}

import { formatTime } from '../../apimachinery/clock.ts'
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { loadPatterns } from '../../apimachinery/regular-expression.ts'
import { nameIsDNSSubdomain } from '../../apimachinery/validation/index.ts'
import { type CustomResourceDefinition, cleanupFinalizer, setCondition } from '../custom/definition-object.ts'
import { hasRules, loadRules, ruleLibrary } from '../custom/rules.ts'
import { differ, keepField, raiseGeneration } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { formatWarnings } from './format-warnings.ts'
import { type RuleSupport, validateDefinition, validateDefinitionUpdate, validateStatus } from './validation/spec.ts'

/** Rules are compiled once CEL has been loaded, as it is before definitions are written. */
const rules: RuleSupport = {
  compile: (schema, isRoot) => ruleLibrary()?.compileRules(schema, isRoot) ?? [],
  checkDefault: (value, schema, path, isRoot) =>
    hasRules(schema) ? (ruleLibrary()?.validateDefault(value, schema, path, isRoot) ?? []) : [],
}

const asDefinition = (object: KubeObject) => object as CustomResourceDefinition

/** CustomResourceDefinitions (apiextensions, registry/customresourcedefinition). */
export const customResourceDefinition: Strategy = {
  nameRule(name, prefix, object) {
    const { names, group = '' } = asDefinition(object).spec
    const errors = nameIsDNSSubdomain(name, prefix)
    return name === `${names?.plural ?? ''}.${group}` ? errors : [...errors, 'must be spec.names.plural+"."+spec.group']
  },
  allowUnconditionalUpdate: false,
  applyDefaults(object) {
    const { spec } = asDefinition(object)
    const { names } = spec
    names.singular ||= (names.kind ?? '').toLowerCase()
    if (names.singular === '') delete names.singular
    if (names.kind) names.listKind ||= `${names.kind}List`
    spec.conversion ??= { strategy: 'None' }
    const service = spec.conversion.webhook?.clientConfig?.service
    if (service) service.port ??= 443
    noteStoredVersion(asDefinition(object), true)
  },
  prepareForCreate(object) {
    object['status'] = { conditions: null, acceptedNames: { plural: '', kind: '' } }
    object.metadata.generation = 1
    noteStoredVersion(asDefinition(object))
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    raiseGeneration(object, old, differ(object['spec'], old['spec']))
    noteStoredVersion(asDefinition(object))
  },
  prepare: ({ writes }) => (writes ? Promise.all([loadPatterns(), loadRules()]).then(() => {}) : undefined),
  validate: (object) => validateDefinition(asDefinition(object), rules),
  validateUpdate: (object, old) => validateDefinitionUpdate(asDefinition(object), asDefinition(old), rules),
  warningsOnCreate: (object) => formatWarnings(asDefinition(object).spec),
  warningsOnUpdate: (object, old) => formatWarnings(asDefinition(object).spec, asDefinition(old).spec),
  status: {
    validateUpdate: ({ status }) => validateStatus(status),
    prepareForUpdate(object, old) {
      object['spec'] = deepCopy(old['spec'])
    },
  },
  beginDeletion(object, now) {
    if (object.metadata.deletionTimestamp !== undefined) return undefined
    object.metadata.deletionTimestamp = formatTime(now)
    const { finalizers = [] } = object.metadata
    if (!finalizers.includes(cleanupFinalizer)) object.metadata.finalizers = [...finalizers, cleanupFinalizer]
    object['status'] = deepCopy(object['status'])
    const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon'
    setCondition(asDefinition(object), { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message }, formatTime(now))
    return 'begin'
  },
}

/** The version that is stored now is one of those in which objects may be stored. `onlyFirst`: unless others are known already. */
function noteStoredVersion({ spec, status }: CustomResourceDefinition, onlyFirst = false): void {
  const stored = (spec.versions ?? []).find(({ storage }) => storage)?.name
  if (stored === undefined || status === undefined) return
  const known = status.storedVersions ?? []
  if (onlyFirst ? known.length === 0 : !known.includes(stored)) status.storedVersions = [...known, stored]
}

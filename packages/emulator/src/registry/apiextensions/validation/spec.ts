/** Validation of CustomResourceDefinitions (apiextensions, validation/validation.go). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import { isDNS1123Subdomain, semanticEqual, validateImmutable, validateRequiredOneOf } from '../../../apimachinery/validation/index.ts'
import {
  type CustomResourceDefinition,
  type DefinitionSpec,
  type DefinitionStatus,
  type DefinitionVersion,
  isConditionTrue,
} from '../../custom/definition-object.ts'
import type { JsonSchema } from '../../custom/schema/types.ts'
import { someSchema } from '../../custom/schema/walk.ts'
import { validateApproval } from '../approval.ts'
import { keywords, keywordValue, showSchema, showVersions, toInternal } from '../internal.ts'
import { hasInvalidCaBundle } from './ca-bundle.ts'
import { validateColumns, validateSelectableFields, validateSubresources } from './columns.ts'
import { validateConversion } from './conversion.ts'
import { type DefaultCheck, validateDefaults } from './defaults.ts'
import { validateLabel, validateNames } from './names.ts'
import { type RuleCompiler, rootContext, validateTotalCost } from './rules.ts'
import { validateSchema } from './schema.ts'
import { unsupportedKeyword, validateStructural } from './structural.ts'

/** How CEL rules are compiled and defaults checked by them. */
export interface RuleSupport {
  compile: RuleCompiler
  checkDefault: DefaultCheck
}

export function validateDefinition(crd: CustomResourceDefinition, support: RuleSupport): FieldError[] {
  return [
    ...validateSpec(crd.spec, { support, old: undefined }),
    ...validateStatus(crd.status),
    ...validateStoredVersions(crd),
    ...validateApproval(crd, undefined),
    ...validatePreserve(crd, undefined),
  ]
}

export function validateDefinitionUpdate(crd: CustomResourceDefinition, old: CustomResourceDefinition, support: RuleSupport): FieldError[] {
  const path = fieldPath('spec')
  const fixed = (field: string, value: unknown, before: unknown) => validateImmutable(value, before, path.child(...field.split('.')))
  const { spec } = crd
  const errors = validateSpec(spec, { support, old })
  if (isConditionTrue(old, 'Established')) {
    errors.push(...fixed('scope', spec.scope, old.spec.scope), ...fixed('names.kind', spec.names.kind, old.spec.names.kind))
  }
  return [
    ...errors,
    ...fixed('group', spec.group, old.spec.group),
    ...fixed('names.plural', spec.names.plural, old.spec.names.plural),
    ...validateStatus(crd.status),
    ...validateStoredVersions(crd),
    ...validateApproval(crd, old),
    ...validatePreserve(crd, old),
  ]
}

/** Of a status that somebody writes. */
export const validateStatus = (status: DefinitionStatus | undefined): FieldError[] =>
  validateNames(status?.acceptedNames ?? {}, fieldPath('status').child('acceptedNames'))

function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const path = fieldPath('status').child('storedVersions')
  const stored = status?.storedVersions ?? []
  if (stored.length === 0) return [invalid(path, null, 'must have at least one stored version')]
  const versions = spec.versions ?? []
  // A name that comes twice is found but once.
  const isFound = (name: string, i: number) => stored.includes(name) && versions.findIndex((version) => version.name === name) === i
  const missing = versions.filter(({ storage, name }, i) => storage && !isFound(name, i))
  const gone = [...stored.entries()].filter(([, name]) => !versions.some((version) => version.name === name))
  return [
    ...missing.map(({ name }) => invalid(path, stored, `must have the storage version ${name}`)),
    ...gone.map(([i, name]) => {
      const rest = `must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
      return invalid(path.index(i), name, `missing from spec.versions; ${name} was previously a storage version, and ${rest}`)
    }),
  ]
}

function validatePreserve({ spec }: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (spec.preserveUnknownFields !== true || old?.spec.preserveUnknownFields === true) return []
  const text = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return [invalid('spec.preserveUnknownFields', true, text)]
}

interface SpecOptions {
  support: RuleSupport
  old: CustomResourceDefinition | undefined
}

function validateSpec(spec: DefinitionSpec, options: SpecOptions): FieldError[] {
  const path = fieldPath('spec')
  const { top, versions } = toInternal(spec)
  const errors = [...validateGroup(spec.group ?? '', path.child('group'))]
  errors.push(...validateRequiredOneOf(spec.scope, ['Cluster', 'Namespaced'], path.child('scope')))
  if (top.schema?.openAPIV3Schema === undefined) {
    for (const [i, { schema }] of versions.entries()) {
      const at = path.child('versions').index(i).child('schema', 'openAPIV3Schema')
      if (schema?.openAPIV3Schema === undefined) errors.push(required(at))
    }
  }
  if (spec.preserveUnknownFields && (spec.versions ?? []).some(({ schema }) => someSchema(schema?.openAPIV3Schema, hasDefault))) {
    errors.push(invalid(path.child('preserveUnknownFields'), true, 'must be false in order to use defaults in the schema'))
  }
  const perVersionStatus = versions.some(({ subresources }) => subresources != null)
  for (const [i, version] of versions.entries()) {
    const status = (perVersionStatus ? version.subresources : top.subresources)?.status != null
    errors.push(...validateVersion(version, status, path.child('versions').index(i), options))
  }
  errors.push(...validateVersionList(versions, spec, path), ...validateRequiredNames(spec, path.child('names')))
  errors.push(...validateNames(spec.names ?? {}, path.child('names')))
  const anyStatus = (spec.versions ?? []).some(({ subresources }) => subresources?.status != null)
  errors.push(...validateSchemaOf(top.schema, anyStatus, path.child('validation'), isUnchanged(spec.versions?.[0], options), options))
  errors.push(...validateSubresources(top.subresources, path.child('subresources')))
  errors.push(...validateColumns(top.additionalPrinterColumns, path.child('additionalPrinterColumns')))
  errors.push(...validateSelectableOf(top, path, '', options))
  if (spec.preserveUnknownFields && spec.conversion !== undefined && spec.conversion.strategy !== 'None') {
    const text = 'must be None if spec.preserveUnknownFields is true'
    errors.push(invalid(path.child('conversion').child('strategy'), spec.conversion.strategy, text))
  }
  return [...errors, ...validateConversion(spec.conversion, path.child('conversion'), conversionOptions(options))]
}

const hasDefault = ({ default: value }: JsonSchema) => (value ?? null) !== null

function conversionOptions({ old }: SpecOptions) {
  const versions = old?.spec.conversion?.webhook?.conversionReviewVersions ?? []
  return {
    allowInvalidCaBundle: old === undefined || !isConditionTrue(old, 'Established') || hasInvalidCaBundle(old),
    requireRecognizedReviewVersion: versions.length === 0 || versions.some((version) => version === 'v1' || version === 'v1beta1'),
  }
}

function validateGroup(group: string, path: FieldPath): FieldError[] {
  if (group === '') return [required(path)]
  const texts = isDNS1123Subdomain(group)
  if (texts.length > 0) return [invalid(path, group, texts.join(','))]
  return group.includes('.') ? [] : [invalid(path, group, 'should be a domain with at least one dot')]
}

function validateVersionList(versions: readonly DefinitionVersion[], spec: DefinitionSpec, path: FieldPath): FieldError[] {
  const at = path.child('versions')
  const names = versions.map(({ name }) => name)
  const unique = new Set(names).size === names.length
  const stored = versions.filter(({ storage }) => storage).length
  return [
    ...(unique ? [] : [invalid(at, showVersions(versions, spec), 'must contain unique version names')]),
    ...(stored === 1 ? [] : [invalid(at, showVersions(versions, spec), 'must have exactly one version marked as storage version')]),
    ...(versions[0]?.name ? validateLabel(versions[0].name, path.child('version')) : []),
  ]
}

const validateRequiredNames = ({ names }: DefinitionSpec, path: FieldPath): FieldError[] =>
  (['plural', 'singular', 'kind', 'listKind'] as const).filter((field) => !names?.[field]).map((field) => required(path.child(field)))

function validateVersion(version: DefinitionVersion, status: boolean, path: FieldPath, options: SpecOptions): FieldError[] {
  const unchanged = isUnchanged(version, options)
  return [
    ...validateLabel(version.name ?? '', path.child('name')),
    ...validateDeprecation(version, path.child('deprecationWarning')),
    ...validateSchemaOf(version.schema, status, path.child('schema'), unchanged, options),
    ...validateSubresources(version.subresources, path.child('subresources')),
    ...validateColumns(version.additionalPrinterColumns, path.child('additionalPrinterColumns')),
    ...validateSelectableOf(version, path, version.name, options),
  ]
}

/** Whether the schema of a version is as it was before an update. */
function isUnchanged(version: DefinitionVersion | undefined, { old }: SpecOptions): boolean {
  const before = old?.spec.versions.find(({ name }) => name === version?.name)
  return before !== undefined && semanticEqual(before.schema, version?.schema)
}

function validateSelectableOf(
  { schema, selectableFields }: Pick<DefinitionVersion, 'schema' | 'selectableFields'>,
  path: FieldPath,
  name: string,
  { old }: SpecOptions,
): FieldError[] {
  if (selectableFields === undefined || selectableFields.length === 0) return []
  const at = path.child('selectableFields')
  if (schema?.openAPIV3Schema === undefined) {
    const text =
      name === ''
        ? 'may only be set when validations.schema is included'
        : 'may only be set when `version.schema.openAPIV3Schema` is not included'
    return [invalid(at, '', text)]
  }
  const before = old?.spec.versions.find((version) => name === '' || version.name === name)?.selectableFields ?? []
  const lenient = before.length > 8 && semanticEqual(before, selectableFields)
  const problem = unsupportedKeyword(schema.openAPIV3Schema)
  return [
    ...(problem === undefined ? [] : [invalid(path.child('schema.openAPIV3Schema'), '', problem)]),
    ...validateSelectableFields(selectableFields, schema.openAPIV3Schema, at, lenient),
  ]
}

function validateDeprecation({ deprecated, deprecationWarning: text }: DefinitionVersion, path: FieldPath): FieldError[] {
  if (text === undefined) return []
  const fail = (why: string) => invalid(path, text, why)
  if (!deprecated) return [fail('can only be set for deprecated versions')]
  const errors: FieldError[] = []
  if (Buffer.byteLength(text) > 256) errors.push(fail('must be <= 256 characters long'))
  if (text === '') errors.push(fail('must not be an empty string'))
  const at = [...text].findIndex((character) => !/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character))
  if (at >= 0) {
    const index = Buffer.byteLength([...text].slice(0, at).join(''))
    errors.push(fail(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`))
  }
  return errors
}

function validateSchemaOf(
  validation: DefinitionVersion['schema'],
  statusEnabled: boolean,
  path: FieldPath,
  unchanged: boolean,
  { support }: SpecOptions,
): FieldError[] {
  const schema = validation?.openAPIV3Schema
  if (schema === undefined) return []
  const at = path.child('openAPIV3Schema')
  const errors = statusEnabled ? validateRootOfStatus(schema, path) : []
  if (schema.nullable) errors.push(forbidden(path.child('openAPIV3Schema.nullable'), 'nullable cannot be true at the root'))
  const problem = unsupportedKeyword(schema)
  const structural = problem === undefined ? structuralErrors(schema, at, support) : []
  errors.push(...structural)
  const rules = problem === undefined && structural.length === 0 ? rootContext(schema, support.compile, unchanged) : undefined
  const found = validateSchema(schema, at, rules)
  errors.push(...found.schema, ...found.rules)
  if (errors.length === 0 && problem !== undefined) errors.push(invalid(at, '', problem))
  return rules === undefined ? errors : [...errors, ...validateTotalCost(rules, at)]
}

function structuralErrors(schema: JsonSchema, path: FieldPath, { checkDefault }: RuleSupport): FieldError[] {
  const errors = validateStructural(schema, path)
  return errors.length > 0 ? errors : validateDefaults(schema, path, checkDefault)
}

const allowedAtRoot = [
  'Description',
  'Type',
  'Format',
  'Title',
  'Maximum',
  'ExclusiveMaximum',
  'Minimum',
  'ExclusiveMinimum',
  'MaxLength',
  'MinLength',
  'Pattern',
  'MaxItems',
  'MinItems',
  'UniqueItems',
  'MultipleOf',
  'Required',
  'Items',
  'Properties',
  'ExternalDocs',
  'Example',
  'XPreserveUnknownFields',
  'XValidations',
]

/** With a status subresource, nothing at the root may be about status but its own property. */
function validateRootOfStatus(schema: JsonSchema, path: FieldPath): FieldError[] {
  for (const row of keywords) {
    const [name, , zero] = row
    const value = keywordValue(schema, row)
    if (value === zero) continue
    if (name === 'Type' && value !== 'object') {
      const text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
      return [invalid(path.child('openAPIV3Schema.type'), value, text)]
    }
    if (!allowedAtRoot.includes(name)) {
      const text = `only [${allowedAtRoot.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`
      return [invalid(path.child('openAPIV3Schema'), showSchema(schema), text)]
    }
  }
  return []
}

/** Definitions as the API server validates and shows them: what all versions have alike stands at the top (apiextensions/v1, conversion.go). */
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import { semanticEqual } from '../../apimachinery/validation/index.ts'
import type { DefinitionSpec, DefinitionVersion, PrinterColumn } from '../custom/definition-object.ts'
import type { JsonSchema, ValidationRule } from '../custom/schema/types.ts'

type PerVersion = Pick<DefinitionVersion, 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'>

export interface InternalSpec {
  /** Of all versions alike. */
  top: PerVersion
  versions: readonly DefinitionVersion[]
}

const perVersion = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const

export function toInternal({ versions }: DefinitionSpec): InternalSpec {
  const [first, ...others] = versions ?? []
  if (first === undefined) return { top: {}, versions: [] }
  const shared = perVersion.filter((field) => others.every((other) => semanticEqual(other[field], first[field])))
  const without = (version: DefinitionVersion) =>
    Object.fromEntries(Object.entries(version).filter(([key]) => !(shared as string[]).includes(key))) as unknown as DefinitionVersion
  return { top: Object.fromEntries(shared.map((field) => [field, first[field]])), versions: versions.map(without) }
}

/** Versions as messages show them: by the names and with the zero values of the internal type. */
export const showVersions = (versions: readonly DefinitionVersion[], spec: DefinitionSpec): unknown =>
  versions.length > 0 ? versions.map(showVersion) : (emptiedMember(spec, 'versions') ?? null)

const showVersion = (version: DefinitionVersion) => ({
  Name: version.name ?? '',
  Served: version.served ?? false,
  Storage: version.storage ?? false,
  Deprecated: version.deprecated ?? false,
  DeprecationWarning: version.deprecationWarning ?? null,
  Schema: version.schema == null ? null : { OpenAPIV3Schema: showSchema(version.schema.openAPIV3Schema) },
  Subresources: showSubresources(version.subresources),
  AdditionalPrinterColumns: version.additionalPrinterColumns?.map(showColumn) ?? null,
  SelectableFields: version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null,
})

function showSubresources(subresources: DefinitionVersion['subresources']): unknown {
  if (subresources == null) return null
  const { status, scale } = subresources
  return {
    Status: status == null ? null : {},
    Scale:
      scale == null
        ? null
        : {
            SpecReplicasPath: scale.specReplicasPath ?? '',
            StatusReplicasPath: scale.statusReplicasPath ?? '',
            LabelSelectorPath: scale.labelSelectorPath ?? null,
          },
  }
}

const showColumn = ({ name = '', type = '', format = '', description = '', priority = 0, jsonPath = '' }: PrinterColumn) => ({
  Name: name,
  Type: type,
  Format: format,
  Description: description,
  Priority: priority,
  JSONPath: jsonPath,
})

export const showRule = ({ rule = '', message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: ValidationRule) => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf ?? null,
})

type Show = (value: never) => unknown
type KeywordRow = readonly [name: string, keyword: string, zero: unknown, show?: Show]

/** What a schema says by a keyword, empty lists and maps included; the keyword's zero value where it says nothing. */
export function keywordValue(schema: JsonSchema, [, keyword, zero]: KeywordRow): unknown {
  const value = schema[keyword] ?? emptiedMember(schema, keyword)
  // Of items, null is something, which holds nothing.
  return value ?? (keyword === 'items' && schema[keyword] === null ? null : zero)
}

const showSchemas = (schemas: readonly JsonSchema[]) => schemas.map(showSchema)
const sorted = <T>(members: Record<string, T>) => Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1))
const showMembers = (members: Record<string, JsonSchema>) =>
  Object.fromEntries(sorted(members).map(([name, schema]) => [name, showSchema(schema)]))
export const showItems = (items: JsonSchema | readonly JsonSchema[] | null) =>
  Array.isArray(items)
    ? { Schema: null, JSONSchemas: showSchemas(items) }
    : { Schema: showSchema(items as JsonSchema | undefined), JSONSchemas: null }
const showDependencies = (dependencies: Record<string, JsonSchema | string[] | null>) =>
  Object.fromEntries(
    sorted(dependencies).map(([name, value]) => [
      name,
      Array.isArray(value) ? { Schema: null, Property: value } : { Schema: showSchema(value ?? undefined), Property: null },
    ]),
  )
const showSchemaOrBool = (value: JsonSchema | boolean) =>
  typeof value === 'boolean' ? { Allows: value, Schema: null } : { Allows: true, Schema: showSchema(value) }
const showDocs = ({ description = '', url = '' }: { description?: string; url?: string }) => ({ Description: description, URL: url })

/** The keywords of a schema in the order of the internal type. */
export const keywords: readonly KeywordRow[] = [
  ['ID', 'id', ''],
  ['Schema', '$schema', ''],
  ['Ref', '$ref', null],
  ['Description', 'description', ''],
  ['Type', 'type', ''],
  ['Nullable', 'nullable', false],
  ['Format', 'format', ''],
  ['Title', 'title', ''],
  ['Default', 'default', null],
  ['Maximum', 'maximum', null],
  ['ExclusiveMaximum', 'exclusiveMaximum', false],
  ['Minimum', 'minimum', null],
  ['ExclusiveMinimum', 'exclusiveMinimum', false],
  ['MaxLength', 'maxLength', null],
  ['MinLength', 'minLength', null],
  ['Pattern', 'pattern', ''],
  ['MaxItems', 'maxItems', null],
  ['MinItems', 'minItems', null],
  ['UniqueItems', 'uniqueItems', false],
  ['MultipleOf', 'multipleOf', null],
  ['Enum', 'enum', null],
  ['MaxProperties', 'maxProperties', null],
  ['MinProperties', 'minProperties', null],
  ['Required', 'required', null],
  ['Items', 'items', undefined, showItems as Show],
  ['AllOf', 'allOf', null, showSchemas as Show],
  ['OneOf', 'oneOf', null, showSchemas as Show],
  ['AnyOf', 'anyOf', null, showSchemas as Show],
  ['Not', 'not', null, showSchema as Show],
  ['Properties', 'properties', null, showMembers as Show],
  ['AdditionalProperties', 'additionalProperties', null, showSchemaOrBool as Show],
  ['PatternProperties', 'patternProperties', null, showMembers as Show],
  ['Dependencies', 'dependencies', null, showDependencies as Show],
  ['AdditionalItems', 'additionalItems', null, showSchemaOrBool as Show],
  ['Definitions', 'definitions', null, showMembers as Show],
  ['ExternalDocs', 'externalDocs', null, showDocs as Show],
  ['Example', 'example', null],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', false],
  ['XIntOrString', 'x-kubernetes-int-or-string', false],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', null],
  ['XListType', 'x-kubernetes-list-type', null],
  ['XMapType', 'x-kubernetes-map-type', null],
  ['XValidations', 'x-kubernetes-validations', null, ((rules: ValidationRule[]) => rules.map(showRule)) as Show],
]

/** A schema as messages show it. */
export function showSchema(schema: JsonSchema | undefined): unknown {
  if (schema == null) return null
  return Object.fromEntries(
    keywords.map((row) => {
      const [name, , zero, show] = row
      const value = keywordValue(schema, row)
      return [name, value === zero ? (zero ?? null) : show === undefined ? value : show(value as never)]
    }),
  )
}

/** Checks a schema of a definition, keyword by keyword (apiextensions, validation ValidateCustomResourceDefinitionOpenAPISchema). */
import { type FieldError, type FieldPath, forbidden, invalid, notSupported } from '../../../apimachinery/field-error.ts'
import { emptiedMember } from '../../../apimachinery/scheme/emptied.ts'
import { isMap, type JsonSchema, metaFields } from '../../custom/schema/types.ts'
import { validateListType } from './list-type.ts'
import { requireType } from './required-type.ts'
import { childContext, type RuleContext, validateRuleForm, validateRules } from './rules.ts'

export interface SchemaErrors {
  schema: FieldError[]
  /** Of CEL rules: these come last, and are looked for only where the schema is right. */
  rules: FieldError[]
}

interface SchemaPlace {
  path: FieldPath
  isRoot: boolean
  /** Why a default may not stand here; undefined where it may. */
  forbidDefaults: string | undefined
  insideMeta: boolean
  /** The path of what cannot be compared with its old value, if this is inside of such. */
  uncorrelatable: FieldPath | undefined
  /** Undefined where rules are not to be looked at. */
  rules: RuleContext | undefined
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

export function validateSchema(schema: JsonSchema, path: FieldPath, rules: RuleContext | undefined): SchemaErrors {
  return validate(schema, { path, isRoot: true, forbidDefaults: undefined, insideMeta: false, uncorrelatable: undefined, rules })
}

function validate(schema: JsonSchema, place: SchemaPlace): SchemaErrors {
  const { path } = place
  const found: SchemaErrors = { schema: validateStandard(schema, place), rules: [] }
  const descend = (child: JsonSchema | undefined, at: FieldPath, change: Partial<SchemaPlace>) => {
    if (!isMap(child)) return
    const inner = validate(child, { ...place, path: at, isRoot: false, ...change })
    found.schema.push(...inner.schema)
    found.rules.push(...inner.rules)
  }
  if (schema.uniqueItems) {
    const text = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    found.schema.push(forbidden(path.child('uniqueItems'), text))
  }
  validateMembers(schema, place, found, descend)
  const outside = { rules: undefined }
  descend(schema.not, path.child('not'), outside)
  for (const keyword of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [i, each] of (schema[keyword] ?? []).entries()) descend(each, path.child(keyword).index(i), outside)
  }
  const map = schema['x-kubernetes-list-type'] === 'map'
  const uncorrelatable = map ? place.uncorrelatable : (place.uncorrelatable ?? path)
  for (const [name, each] of Object.entries(schema['definitions'] ?? {})) descend(each, path.child('definitions').key(name), outside)
  const ofItems = (items: JsonSchema, at: FieldPath) => descend(items, at, { uncorrelatable, rules: childContext(place.rules, items) })
  if (isMap(schema.items)) ofItems(schema.items, path.child('items'))
  else for (const [i, each] of Object.entries(schema.items ?? [])) ofItems(each, path.child('items').index(Number(i)))
  for (const [name, each] of Object.entries(schema['dependencies'] ?? {})) descend(each, path.child('dependencies').key(name), outside)
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    found.schema.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'))
  }
  found.schema.push(...validateMapType(schema, path), ...validateListType(schema, path), ...validateRuleForm(schema, path))
  if (found.schema.length === 0 && place.rules !== undefined) {
    found.rules.push(...validateRules(schema, path, place.rules, place.uncorrelatable))
  }
  return found
}

type Descend = (child: JsonSchema | undefined, at: FieldPath, change: Partial<SchemaPlace>) => void

function validateMembers(schema: JsonSchema, place: SchemaPlace, found: SchemaErrors, descend: Descend): void {
  const { path, isRoot } = place
  const { properties = {}, additionalProperties } = schema
  if (additionalProperties !== undefined) {
    const at = path.child('additionalProperties')
    if (Object.keys(properties).length > 0 && additionalProperties !== true) {
      found.schema.push(forbidden(at, 'additionalProperties and properties are mutual exclusive'))
    }
    const reason = place.insideMeta ? 'inside additionalProperties applying to object metadata' : place.forbidDefaults
    const child = isMap(additionalProperties) ? additionalProperties : undefined
    descend(child, at, { forbidDefaults: reason, rules: childContext(place.rules, child) })
  }
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  for (const [name, member] of Object.entries(properties)) {
    const meta = (isRoot || embedded) && metaFields.has(name)
    descend(member, path.child('properties').key(name), {
      insideMeta: place.insideMeta || meta,
      forbidDefaults: meta && isRoot ? `in top-level ${name}` : place.forbidDefaults,
      rules: childContext(place.rules, member),
    })
  }
}

/** Keywords of JSON schema that are not supported, and where. */
const notSupportedKeywords = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']

function validateStandard(schema: JsonSchema, { path, forbidDefaults, insideMeta }: SchemaPlace): FieldError[] {
  const { type = '' } = schema
  const errors: FieldError[] = []
  if (type !== '' && !types.includes(type)) errors.push(notSupported(path.child('type'), type, types))
  if ((schema.default ?? null) !== null && forbidDefaults !== undefined) {
    errors.push(forbidden(path.child('default'), `must not be set ${forbidDefaults}`))
  }
  for (const keyword of notSupportedKeywords) {
    // Of dependencies, even none are too many.
    const value = schema[keyword] ?? (keyword === 'dependencies' ? emptiedMember(schema, keyword) : undefined)
    if (value === undefined || (keyword === 'id' && value === '')) continue
    errors.push(forbidden(path.child(keyword), `${keyword} is not supported`))
  }
  if (type === 'null') errors.push(forbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'))
  if (Array.isArray(schema.items) && schema.items.length > 0)
    errors.push(forbidden(path.child('items'), 'items must be a schema object and not an array'))
  if (insideMeta && schema['x-kubernetes-embedded-resource'] === true) {
    errors.push(forbidden(path.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'))
  }
  return errors
}

function validateMapType(schema: JsonSchema, path: FieldPath): FieldError[] {
  const mapType = schema['x-kubernetes-map-type']
  if (mapType === undefined) return []
  const errors = requireType(schema, 'object', 'x-kubernetes-map-type', path)
  if (['atomic', 'granular'].includes(mapType)) return errors
  return [...errors, notSupported(path.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular'])]
}

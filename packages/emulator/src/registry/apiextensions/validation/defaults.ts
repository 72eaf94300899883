import { deepCopy, deepEqual } from '../../../apimachinery/deep-copy.ts'
import { type FieldError, type FieldPath, invalid } from '../../../apimachinery/field-error.ts'
import { validateEmbedded } from '../../custom/schema/embedded.ts'
import { pruneUnknown } from '../../custom/schema/prune.ts'
import { toFieldErrors } from '../../custom/schema/result.ts'
import { isMap, itemSchema, type JsonSchema, metaFields } from '../../custom/schema/types.ts'
import { validateBySchema } from '../../custom/schema/validate.ts'
import { changeSchemas, someSchema } from '../../custom/schema/walk.ts'

/** Checks a default once its form is right, such as by rules. */
export type DefaultCheck = (value: unknown, schema: JsonSchema, path: FieldPath, isRoot: boolean) => FieldError[]

/** Defaults are valid by the schema that they stand in (apiextensions, schema/defaulting/validation.go). */
export function validateDefaults(schema: JsonSchema, path: FieldPath, check: DefaultCheck): FieldError[] {
  const isOdd = ({ items }: JsonSchema) => items !== undefined && !isMap(items)
  const readable = someSchema(schema, isOdd) ? changeSchemas(schema, withoutOddItems) : schema
  return validate(readable, path, { check, insideMeta: false, isRoot: true })
}

/** What has been given for a schema of items, and is none, says nothing of defaults. */
const withoutOddItems = ({ items, ...rest }: JsonSchema): JsonSchema => (isMap(items) ? { ...rest, items } : rest)

interface Place {
  check: DefaultCheck
  insideMeta: boolean
  isRoot: boolean
}

function validate(schema: JsonSchema, path: FieldPath, place: Place): FieldError[] {
  const embedded = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
  const insideMeta = place.insideMeta && !embedded
  const errors = (schema.default ?? null) === null ? [] : validateDefault(schema, path.child('default'), { ...place, insideMeta })
  const items = itemSchema(schema)
  if (items !== undefined) errors.push(...validate(items, path.child('items'), { ...place, insideMeta, isRoot: false }))
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const inside = insideMeta || (embedded && metaFields.has(name))
    errors.push(...validate(member, path.child('properties').key(name), { ...place, insideMeta: inside, isRoot: false }))
  }
  return errors
}

function validateDefault(schema: JsonSchema, path: FieldPath, { check, insideMeta, isRoot }: Place): FieldError[] {
  const value = schema.default
  const errors = insideMeta || isPruned(value, schema) ? [] : [invalid(path, value, 'must not have unknown fields')]
  const embedded = validateEmbedded(value, schema, path)
  if (embedded.length > 0) return [...errors, ...embedded]
  const found = toFieldErrors(validateBySchema(value, byTypesAlone(schema)), String(path))
  return [...errors, ...(found.length > 0 ? found : check(value, schema, path, isRoot))]
}

/** Of defaults it counts only what `type` says: x-kubernetes-int-or-string lets nothing through, and nothing else either. */
function byTypesAlone(schema: JsonSchema): JsonSchema {
  const counts = (each: JsonSchema) => each['x-kubernetes-int-or-string'] === true
  return someSchema(schema, counts) ? changeSchemas(schema, ({ 'x-kubernetes-int-or-string': _, ...rest }) => rest) : schema
}

function isPruned(value: unknown, schema: JsonSchema): boolean {
  if (typeof value !== 'object' || value === null) return true
  // Pruned as the member of an object, so that only embedded resources may have fields that their schema leaves out.
  const holder = { value: deepCopy(value) }
  pruneUnknown(holder, { type: 'object', properties: { value: schema } })
  return deepEqual(holder.value, value) || !(isMap(value) || Array.isArray(value))
}

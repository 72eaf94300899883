import { deepCopy } from '../../../apimachinery/deep-copy.ts'
import { setMember } from '../../../apimachinery/scheme/json-tree.ts'
import { isMap, type JsonSchema, memberSchema } from './types.ts'

const isForbiddenNull = (value: unknown, schema: JsonSchema | undefined) =>
  value === null && schema !== undefined && schema.nullable !== true

/** Removes nulls, in place, where the schema takes none and has no default to put there. */
export function pruneNulls(value: unknown, schema: JsonSchema | undefined): void {
  if (Array.isArray(value)) for (const item of value) pruneNulls(item, schema?.items)
  if (!isMap(value)) return
  for (const key of Object.keys(value)) {
    const member = memberSchema(schema, key)
    if (isForbiddenNull(value[key], member) && (member?.default ?? null) === null) delete value[key]
    else pruneNulls(value[key], member)
  }
}

/** Fills in the schema's defaults, in place (apiextensions, schema/defaulting). */
export function applySchemaDefaults(value: unknown, schema: JsonSchema | undefined): void {
  if (schema === undefined) return
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (isForbiddenNull(value[i], schema.items)) value[i] = deepCopy(schema.items?.default ?? null)
      applySchemaDefaults(value[i], schema.items)
    }
  } else if (isMap(value)) defaultMap(value, schema)
}

function defaultMap(value: Record<string, unknown>, schema: JsonSchema): void {
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    if ((member.default ?? null) === null) continue
    if (!Object.hasOwn(value, key) || isForbiddenNull(value[key], member)) setMember(value, key, deepCopy(member.default))
  }
  for (const key of Object.keys(value)) {
    const member = memberSchema(schema, key)
    const own = Object.hasOwn(schema.properties ?? {}, key)
    if (!own && isForbiddenNull(value[key], member)) setMember(value, key, deepCopy(member?.default ?? null))
    applySchemaDefaults(value[key], member)
  }
}

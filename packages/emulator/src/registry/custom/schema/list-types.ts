import { duplicate, type FieldError, type FieldPath, fieldPath, invalid } from '../../../apimachinery/field-error.ts'
import { isMap, type JsonMap, type JsonSchema, memberSchema } from './types.ts'

/** Items of lists of type set, and keys of lists of type map, occur once (apiextensions, schema/listtype). */
export function validateListTypes(object: JsonMap, schema: JsonSchema | undefined, path?: FieldPath): FieldError[] {
  if (schema === undefined) return []
  return Object.entries(object).flatMap(([key, value]) => {
    const own = Object.hasOwn(schema.properties ?? {}, key)
    const at = path === undefined ? fieldPath(own ? key : `[${key}]`) : own ? path.child(key) : path.key(key)
    return validate(value, memberSchema(schema, key), at)
  })
}

function validate(value: unknown, schema: JsonSchema | undefined, path: FieldPath): FieldError[] {
  if (schema === undefined) return []
  if (isMap(value)) return validateListTypes(value, schema, path)
  if (!Array.isArray(value)) return []
  const items = value.flatMap((item, i) => validate(item, schema.items, path.index(i)))
  if (schema['x-kubernetes-list-type'] === 'set') return [...repeated(value).map((i) => duplicate(path.index(i), value[i])), ...items]
  return schema['x-kubernetes-list-type'] === 'map' ? [...validateKeys(value, schema, path), ...items] : items
}

/** The positions where a value stands for the second time. */
function repeated(values: readonly unknown[]): number[] {
  const seen = new Map<string, number>()
  return values.flatMap((value, i) => {
    const text = JSON.stringify(value)
    const times = seen.get(text) ?? 0
    seen.set(text, times + 1)
    return times === 1 ? [i] : []
  })
}

function validateKeys(value: readonly unknown[], schema: JsonSchema, path: FieldPath): FieldError[] {
  const wrong = value.findIndex((item) => item !== null && !isMap(item))
  if (wrong >= 0) return [invalid(path.index(wrong), value[wrong], 'must be an object for an array of list-type map')]
  const names = schema['x-kubernetes-list-map-keys'] ?? []
  const keys = (value as (JsonMap | null)[]).map((item) =>
    Object.fromEntries(names.filter((name) => Object.hasOwn(item ?? {}, name)).map((name) => [name, item![name]])),
  )
  return repeated(keys).map((i) => duplicate(path.index(i), keys[i]))
}

import { isMap, type JsonMap, type JsonSchema, metaFields } from './types.ts'

/**
 * Takes out of an object, in place, what its structural schema does not specify. Returns the paths of that, sorted, such as
 * `spec.ports[0].colour` (apiextensions, schema/pruning).
 */
export function pruneUnknown(object: JsonMap, schema: JsonSchema | undefined): string[] {
  const unknown: string[] = []
  prune(object, { ...schema, 'x-kubernetes-embedded-resource': true }, '', unknown)
  return unknown.sort()
}

function prune(value: unknown, schema: JsonSchema | undefined, path: string, unknown: string[]): void {
  const preserve = schema?.['x-kubernetes-preserve-unknown-fields'] === true
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      // Items of a list that is preserved have its permission, if their schema adds none of its own.
      if (preserve) skip(item, schema?.items, `${path}[${i}]`, unknown)
      else prune(item, schema?.items, `${path}[${i}]`, unknown)
    }
  } else if (isMap(value)) pruneMap(value, schema ?? {}, preserve, path, unknown)
}

/** Below a preserved value: only what has a schema is looked at. */
function skip(value: unknown, schema: JsonSchema | undefined, path: string, unknown: string[]): void {
  if (schema === undefined) return
  if (Array.isArray(value)) for (const [i, item] of value.entries()) skip(item, schema.items, `${path}[${i}]`, unknown)
  else if (isMap(value)) pruneMap(value, schema, true, path, unknown)
}

function pruneMap(value: JsonMap, schema: JsonSchema, preserve: boolean, path: string, unknown: string[]): void {
  const { properties = {}, additionalProperties } = schema
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  for (const key of Object.keys(value)) {
    if (embedded && metaFields.has(key)) continue
    const member = path === '' ? key : `${path}.${key}`
    if (Object.hasOwn(properties, key)) prune(value[key], properties[key], member, unknown)
    else if (additionalProperties) prune(value[key], additionalProperties === true ? undefined : additionalProperties, member, unknown)
    else if (!preserve) {
      unknown.push(member)
      delete value[key]
    }
  }
}

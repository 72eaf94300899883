import { type FieldError, type FieldPath, fieldPath, invalid, required } from '../../../apimachinery/field-error.ts'
import { parseGroupVersion } from '../../../apimachinery/group-version.ts'
import { memoize } from '../../../apimachinery/memoize.ts'
import type { ObjectMeta } from '../../../apimachinery/object.ts'
import type { UnstructuredDecoder } from '../../../apimachinery/scheme/unstructured.ts'
import { isDNS1035Label, pathSegmentName, validateObjectMeta } from '../../../apimachinery/validation/index.ts'
import { isMap, type JsonMap, type JsonSchema, memberSchema } from './types.ts'

/**
 * Brings the metadata of embedded resources into canonical form, in place (apiextensions, schema/objectmeta). Returns the paths of unknown
 * fields in it, sorted.
 * @throws Error with the text of the server's decoder for metadata that cannot be read
 */
export function coerceEmbedded(object: JsonMap, schema: JsonSchema | undefined, decoder: UnstructuredDecoder): string[] {
  if (!hasEmbedded(schema)) return []
  const unknown: string[] = []
  coerce(object, schema, undefined, decoder, unknown)
  return unknown.sort()
}

/** Whether any part of the schema is an embedded resource. */
const hasEmbedded = (schema: JsonSchema | undefined): boolean => schema !== undefined && findEmbedded(schema)

const findEmbedded = memoize(
  (schema: JsonSchema): boolean =>
    schema['x-kubernetes-embedded-resource'] === true ||
    hasEmbedded(schema.items) ||
    (typeof schema.additionalProperties === 'object' && hasEmbedded(schema.additionalProperties)) ||
    Object.values(schema.properties ?? {}).some(hasEmbedded),
)

function coerce(
  value: unknown,
  schema: JsonSchema | undefined,
  path: FieldPath | undefined,
  decoder: UnstructuredDecoder,
  unknown: string[],
): void {
  if (schema === undefined) return
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) coerce(item, schema.items, (path ?? fieldPath()).index(i), decoder, unknown)
  } else if (isMap(value)) {
    if (schema['x-kubernetes-embedded-resource'] === true) coerceResource(value, path ?? fieldPath(), decoder, unknown)
    for (const [key, member] of Object.entries(value)) {
      const own = Object.hasOwn(schema.properties ?? {}, key)
      const at = path === undefined ? fieldPath(key) : own ? path.child(key) : path.key(key)
      coerce(member, memberSchema(schema, key), at, decoder, unknown)
    }
  }
}

function coerceResource(resource: JsonMap, path: FieldPath, decoder: UnstructuredDecoder, unknown: string[]): void {
  for (const name of ['apiVersion', 'kind']) {
    if (Object.hasOwn(resource, name) && typeof resource[name] !== 'string') refuse(path.child(name), resource[name], 'must be a string')
  }
  if (!Object.hasOwn(resource, 'metadata')) return
  try {
    const { object, strictErrors } = decoder.decodeValue({ metadata: resource['metadata'] })
    resource['metadata'] = object.metadata
    for (const text of strictErrors) unknown.push(text.replace(/^unknown field "(.*)"$/, `${path}.$1`))
  } catch (error) {
    refuse(path.child('metadata'), resource['metadata'], (error as Error).message)
  }
}

function refuse(path: FieldPath, value: unknown, detail: string): never {
  const { field, message } = invalid(path, value, detail)
  throw new Error(`${field}: ${message}`)
}

/** Checks kind, apiVersion and metadata of embedded resources. */
export function validateEmbedded(value: unknown, schema: JsonSchema | undefined, path?: FieldPath): FieldError[] {
  if (schema === undefined || !hasEmbedded(schema)) return []
  if (Array.isArray(value)) return value.flatMap((item, i) => validateEmbedded(item, schema.items, (path ?? fieldPath()).index(i)))
  if (!isMap(value)) return []
  const own = schema['x-kubernetes-embedded-resource'] === true ? validateResource(value, path ?? fieldPath()) : []
  const members = Object.entries(value).flatMap(([key, member]) => {
    const named = Object.hasOwn(schema.properties ?? {}, key)
    const at = path === undefined ? fieldPath(key) : named ? path.child(key) : path.key(key)
    return validateEmbedded(member, memberSchema(schema, key), at)
  })
  return [...own, ...members]
}

function validateResource(resource: JsonMap, path: FieldPath): FieldError[] {
  const { apiVersion, kind, metadata } = resource as { apiVersion?: string; kind?: string; metadata?: ObjectMeta }
  const errors: FieldError[] = []
  if (apiVersion === undefined) errors.push(required(path.child('apiVersion')))
  if (kind === undefined) errors.push(required(path.child('kind')))
  if (apiVersion === '') errors.push(invalid(path.child('apiVersion'), '', 'must not be empty'))
  else if (apiVersion !== undefined && parseGroupVersion(apiVersion) === undefined) {
    errors.push(invalid(path.child('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  }
  if (kind === '') errors.push(invalid(path.child('kind'), '', 'must not be empty'))
  else if (kind !== undefined) errors.push(...validateKind(kind, path.child('kind')))
  if (metadata === undefined) return errors
  const named = { ...metadata, name: metadata.name || 'fakename' }
  return [...errors, ...validateObjectMeta(named, (metadata.namespace ?? '') !== '', pathSegmentName, path.child('metadata'))]
}

function validateKind(kind: string, path: FieldPath): FieldError[] {
  const texts = isDNS1035Label(kind.toLowerCase())
  return texts.length === 0 ? [] : [invalid(path, kind, `may have mixed case, but should otherwise match: ${texts.join(',')}`)]
}

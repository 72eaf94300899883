import type { KubeObject } from '../object.ts'
import { goJson, isObject, withSortedKeys } from '../patch/json-object.ts'
import { fieldsOf } from './applied-fields.ts'
import { compareObjects } from './compare.ts'
import { difference, type FieldSet } from './field-set.ts'
import type { OwnershipContext } from './ownership.ts'
import { SchemaMismatch } from './path-element.ts'
import { validateTyped } from './validate.ts'

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
/** How many bytes an object's annotations may have. */
const MAX_ANNOTATIONS = 256 * 1024

/** What client-side apply set, and nobody has changed since: `kubectl apply --server-side` may take it over without a conflict.
 * Undefined if there is nothing to go by.
 */
export function conflictsOfLastApplied(live: KubeObject, { schema, apiVersion }: OwnershipContext): FieldSet | undefined {
  const text = live.metadata.annotations?.[ANNOTATION] ?? ''
  const applied = parseObject(text)
  if (applied === undefined || applied.apiVersion !== apiVersion) return undefined
  try {
    validateTyped(applied, schema, false)
    const { removed, modified, added } = compareObjects(applied, live, schema)
    return [modified, added, removed].reduce(difference, fieldsOf(applied, schema))
  } catch (error) {
    if (error instanceof SchemaMismatch) return undefined
    throw error
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Keeps the annotation of client-side apply in step, where there is one. Changes the object's annotations. */
export function syncLastApplied(object: KubeObject, applied: KubeObject): void {
  const annotations = object.metadata.annotations
  if (annotations === undefined || (annotations[ANNOTATION] ?? '') === '') return
  const { annotations: given, ...metadata } = applied.metadata ?? {}
  const { [ANNOTATION]: _, ...others } = given ?? {}
  const plain = { ...applied, metadata: isObject(given) ? { ...metadata, annotations: others } : metadata }
  const updated = { ...annotations, [ANNOTATION]: `${goJson(sortedDeep(plain))}\n` }
  const size = Object.entries(updated).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  const { [ANNOTATION]: _last, ...without } = annotations
  object.metadata.annotations = size > MAX_ANNOTATIONS ? without : updated
}

function sortedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedDeep)
  if (!isObject(value)) return value
  return withSortedKeys(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sortedDeep(member)])))
}

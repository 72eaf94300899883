import { aggregateErrors } from '../../../apimachinery/aggregate-errors.ts'
import { deepCopy, deepEqual } from '../../../apimachinery/deep-copy.ts'
import { fieldPath } from '../../../apimachinery/field-error.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { validateAnnotations, validateLabels } from '../../../apimachinery/validation/index.ts'
import { isMap } from '../schema/types.ts'

/** The converted object with all of the original's metadata but labels and annotations. */
export function withMetadataOf(original: KubeObject, converted: KubeObject): KubeObject {
  const metadata = deepCopy(original.metadata)
  for (const name of ['labels', 'annotations'] as const) {
    const value = converted.metadata[name]
    if (value === undefined || value === null) delete metadata[name]
    else metadata[name] = value
  }
  return { ...converted, metadata }
}

/** What a webhook did to metadata that it must not do. */
export function metadataProblem(original: KubeObject, converted: KubeObject): string | undefined {
  const metadata: unknown = converted.metadata
  if (metadata === undefined) return 'missing metadata in converted object'
  if (!isMap(metadata)) return `invalid metadata of type ${goType(metadata)} in converted object`
  for (const name of ['labels', 'annotations'] as const) {
    const value = metadata[name]
    if (value === undefined || value === null) continue
    if (!isMap(value)) return `invalid metadata.${name} of type ${goType(value)} in converted object`
    const wrong = Object.entries(value).find(([, each]) => typeof each !== 'string')
    if (wrong !== undefined) return `metadata.${name}[${wrong[0]}] must be a string, but is ${goType(wrong[1])} in converted object`
    const errors = deepEqual(value, original.metadata[name] ?? {}) ? [] : checks[name](value as Record<string, string>)
    if (errors.length > 0) return aggregateErrors(errors.map(({ field, message }) => `${field}: ${message}`))
  }
  return undefined
}

const metadataPath = fieldPath('metadata')
const checks = {
  labels: (labels: Record<string, string>) => validateLabels(labels, metadataPath.child('labels')),
  annotations: (annotations: Record<string, string>) => validateAnnotations(annotations, metadataPath.child('annotation')),
}

/** Conversion makes another version of the same object. */
export function identityProblem({ metadata: before }: Partial<KubeObject>, { metadata: after }: Partial<KubeObject>): string | undefined {
  const differs = (what: string, is: string | undefined, became: unknown) =>
    (is ?? '') === (became ?? '') ? undefined : `must have the same ${what}: ${is ?? ''} != ${became ?? ''}`
  return (
    differs('name', before?.name, after?.name) ??
    differs('namespace', before?.namespace, after?.namespace) ??
    differs('UID', before?.uid, after?.uid)
  )
}

function goType(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return 'string'
}

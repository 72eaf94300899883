import { type FieldError, invalid } from '../../apimachinery/field-error.ts'
import type { ScalePaths } from '../resource.ts'
import { isMap } from './schema/types.ts'

const maxInt32 = 2147483647

/** The replicas that the scale subresource of an object would show. */
export function validateScaleSpec(object: object, scale: ScalePaths | undefined): FieldError[] {
  return scale === undefined ? [] : validateReplicas(object, scale.specReplicasPath)
}

export function validateScaleStatus(object: object, scale: ScalePaths | undefined): FieldError[] {
  if (scale === undefined) return []
  const errors = validateReplicas(object, scale.statusReplicasPath)
  const { labelSelectorPath: path } = scale
  if (path === undefined) return errors
  const found = nested(object, path)
  if ('error' in found) return [...errors, invalid(path, '', found.error)]
  if (found.value === undefined || typeof found.value === 'string') return errors
  return [...errors, invalid(path, '', wrongType(path, found.value, 'string'))]
}

function validateReplicas(object: object, path: string): FieldError[] {
  const found = nested(object, path)
  if ('error' in found) return [invalid(path, 0, found.error)]
  const { value } = found
  if (value === undefined) return []
  if (typeof value !== 'number' || !Number.isInteger(value)) return [invalid(path, 0, wrongType(path, value, 'int64'))]
  if (value < 0) return [invalid(path, value, 'should be a non-negative integer')]
  return value > maxInt32 ? [invalid(path, value, `should be less than or equal to ${maxInt32}`)] : []
}

function nested(object: object, path: string): { value: unknown } | { error: string } {
  const names = path.replace(/^\./, '').split('.')
  let value: unknown = object
  for (const [i, name] of names.entries()) {
    if (value === null) return { value: undefined }
    if (!isMap(value)) return { error: wrongType(`.${names.slice(0, i + 1).join('.')}`, value, 'map[string]interface{}') }
    if (!Object.hasOwn(value, name)) return { value: undefined }
    value = value[name]
  }
  return { value }
}

const wrongType = (path: string, value: unknown, expected: string) =>
  `${path} accessor error: ${show(value)} is of the type ${goType(value)}, expected ${expected}`

/** A value as Go's %v prints it. */
function show(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`
  if (!isMap(value)) return String(value)
  const members = Object.keys(value).sort()
  return `map[${members.map((key) => `${key}:${show(value[key])}`).join(' ')}]`
}

function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return 'map[string]interface {}'
}

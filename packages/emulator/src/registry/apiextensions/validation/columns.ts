import { duplicate, type FieldError, type FieldPath, invalid, required, tooMany } from '../../../apimachinery/field-error.ts'
import type { DefinitionVersion, PrinterColumn } from '../../custom/definition-object.ts'
import type { JsonSchema } from '../../custom/schema/types.ts'
import { resolveFieldPath } from './field-path.ts'

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']
const mostSelectableFields = 8

export const validateColumns = (columns: readonly PrinterColumn[] | undefined, path: FieldPath): FieldError[] =>
  (columns ?? []).flatMap((column, i) => validateColumn(column, path.index(i)))

function validateColumn({ name, type, format, jsonPath }: PrinterColumn, path: FieldPath): FieldError[] {
  const types = `must be one of ${columnTypes.join(',')}`
  const errors: FieldError[] = []
  if (!name) errors.push(required(path.child('name')))
  if (!type) errors.push(required(path.child('type'), types))
  else if (!columnTypes.includes(type)) errors.push(invalid(path.child('type'), type, types))
  if (format && !columnFormats.includes(format)) {
    errors.push(invalid(path.child('format'), format, `must be one of ${columnFormats.join(',')}`))
  }
  if (!jsonPath) errors.push(required(path.child('JSONPath')))
  else errors.push(...validateSimplePath(jsonPath, path.child('JSONPath')))
  return errors
}

const validateSimplePath = (value: string, path: FieldPath): FieldError[] =>
  value.startsWith('.') ? [] : [invalid(path, value, 'must be a simple json path starting with .')]

export function validateSubresources(subresources: DefinitionVersion['subresources'], path: FieldPath): FieldError[] {
  const scale = subresources?.scale
  if (scale == null) return []
  const replicas = (field: 'specReplicasPath' | 'statusReplicasPath', parent: string): FieldError[] => {
    const at = path.child(`scale.${field}`)
    const value = scale[field]
    if (!value) return [required(at)]
    return below(value, [parent], `should be a json path under ${parent}`, at)
  }
  const selector = scale.labelSelectorPath
  const either = 'should be a json path under either .spec or .status'
  return [
    ...replicas('specReplicasPath', '.spec'),
    ...replicas('statusReplicasPath', '.status'),
    ...(selector ? below(selector, ['.spec', '.status'], either, path.child('scale.labelSelectorPath')) : []),
  ]
}

function below(value: string, parents: readonly string[], text: string, path: FieldPath): FieldError[] {
  const errors = validateSimplePath(value, path)
  if (errors.length > 0) return errors
  return parents.some((parent) => value.startsWith(`${parent}.`)) ? [] : [invalid(path, value, text)]
}

/** `lenient`: more fields than may be are there already. */
export function validateSelectableFields(
  fields: DefinitionVersion['selectableFields'],
  schema: JsonSchema,
  path: FieldPath,
  lenient: boolean,
): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, { jsonPath = '' }] of (fields ?? []).entries()) {
    const at = path.index(i).child('jsonPath')
    if (jsonPath === '') {
      errors.push(required(at))
      continue
    }
    const found = resolveFieldPath(jsonPath, schema, { brackets: false })
    if ('error' in found) {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${found.error}`))
      continue
    }
    if (found.names[0] === 'metadata') errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'))
    if (!['string', 'boolean', 'integer'].includes(found.schema?.type ?? '')) {
      const text = 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
      errors.push(invalid(at, jsonPath, text))
    }
    if (seen.has(found.path)) errors.push(duplicate(at, jsonPath))
    seen.add(found.path)
  }
  if (seen.size > mostSelectableFields && !lenient) errors.push(tooMany(path, seen.size, mostSelectableFields))
  return errors
}

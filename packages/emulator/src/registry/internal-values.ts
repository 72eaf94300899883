/**
 * Values as messages show them where the server holds them in an internal type: with Go's field names, and every field present
 * (apimachinery, field.Error.ErrorBody on types without JSON tags).
 */
import { emptiedMember } from '../apimachinery/scheme/emptied.ts'
import type { Fields } from '../apimachinery/validation/index.ts'
import { internalTypes } from './internal-types.ts'

/** Shows a value of the internal type `GROUP.Type` that stands in the object as the API spells it. */
export function showInternal(type: string, value: unknown, parent: Fields = {}): unknown {
  switch (type[0]) {
    case 's':
      if (type === 's') return value ?? ''
      break
    case 'n':
      if (type === 'n') return value ?? 0
      break
    case 'b':
      if (type === 'b') return value ?? false
      break
    case 'q':
      return value ?? '0'
    case '=':
      return value ?? null
    case '*':
      return value === undefined || value === null ? null : showInternal(type.slice(1), value, parent)
    case '[':
      return Array.isArray(value) ? value.map((item) => showInternal(type.slice(1), item)) : null
    case '{':
      return value ? sortKeys(value as Fields) : null
  }
  return showStruct(type, (value ?? {}) as Fields, parent)
}

function showStruct(type: string, value: Fields, parent: Fields): Fields {
  const shown: Fields = {}
  const fields = internalTypes[type]
  if (fields === undefined) throw new Error(`no internal type ${type}`)
  for (const field of fields === '' ? [] : fields.split(' ')) {
    const [goName, jsonName, fieldType] = field.split(':') as [string, string, string]
    if (goName !== '') shown[goName] = showField(jsonName, fieldType, value, parent)
    else Object.assign(shown, jsonName === '' ? showInternal(fieldType, value, parent) : sortMetadata(value[jsonName]))
  }
  return shown
}

const showField = (jsonName: string, type: string, value: Fields, parent: Fields) =>
  jsonName.startsWith('^')
    ? showInternal(type, parent[jsonName.slice(1)])
    : showInternal(type, value[jsonName] ?? emptiedMember(value, jsonName), value)

const sortKeys = (map: Fields): Fields => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Maps in metadata are shown sorted; the order of its fields is that of the canonical form. */
const sortMetadata = (metadata: Fields = {}): Fields =>
  Object.fromEntries(
    Object.entries(metadata)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, key === 'labels' || key === 'annotations' ? sortKeys(value) : value]),
  )

export const showPodTemplate = (template: Fields) => showInternal('core.PodTemplateSpec', template)
export const showPodSpec = (spec: Fields) => showInternal('core.PodSpec', spec)
export const showPodFailurePolicy = (policy: Fields) => showInternal('batch.PodFailurePolicy', policy)

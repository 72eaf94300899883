import type { KubeObject } from '../../apimachinery/object.ts'
import { own } from '../../apimachinery/own.ts'
import type { Strategy } from '../strategy.ts'
import { isMap } from './schema/types.ts'

/** The fields by which objects can be selected, as the definition lists them (KEP-4358). */
export function selectableFieldsOf(fields: readonly { jsonPath: string }[]): Pick<Strategy, 'selectableFields' | 'selectableFieldNames'> {
  if (fields.length === 0) return {}
  const names = fields.map(({ jsonPath }) => jsonPath.replace(/^\./, ''))
  const paths = names.map((name) => name.split('.'))
  return {
    selectableFieldNames: names,
    selectableFields: (object) => Object.fromEntries(names.map((name, i) => [name, textAt(object, paths[i]!)])),
  }
}

function textAt(object: KubeObject, path: readonly string[]): string {
  let value: unknown = object
  for (const name of path) value = isMap(value) ? own(value, name) : undefined
  return value === undefined || value === null ? '' : String(value)
}

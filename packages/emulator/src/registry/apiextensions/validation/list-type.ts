import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../../apimachinery/field-error.ts'
import { own } from '../../../apimachinery/own.ts'
import { emptiedMember } from '../../../apimachinery/scheme/emptied.ts'
import { isMap, itemSchema, type JsonSchema } from '../../custom/schema/types.ts'
import { showItems } from '../internal.ts'
import { requireType } from './required-type.ts'

/** x-kubernetes-list-type and -list-map-keys. */
export function validateListType(schema: JsonSchema, path: FieldPath): FieldError[] {
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const typePath = path.child('x-kubernetes-list-type')
  const errors: FieldError[] = []
  if (listType !== undefined) {
    const wrongType = requireType(schema, 'array', 'x-kubernetes-list-type', path)
    errors.push(...(wrongType.length > 0 ? wrongType : listType === 'set' ? validateSetItems(itemSchema(schema), path.child('items')) : []))
    if (!['atomic', 'set', 'map'].includes(listType)) errors.push(notSupported(typePath, listType, ['atomic', 'set', 'map']))
  }
  if (keys.length > 0 && listType !== 'map') {
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty'
    errors.push(listType === undefined ? required(typePath, text) : invalid(typePath, listType, text))
  }
  if (listType === 'map') errors.push(...validateMapList(schema, keys, path))
  return [...errors, ...validateItemsOfKeyedLists(schema, keys, path)]
}

function validateSetItems(items: JsonSchema | undefined, path: FieldPath): FieldError[] {
  const text = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items?.['x-kubernetes-list-type']
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(path.child('x-kubernetes-list-type'), listType, text)]
  }
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    return [invalid(path.child('x-kubernetes-map-type'), listType, text)]
  }
  return []
}

function validateMapList(schema: JsonSchema, keys: readonly string[], path: FieldPath): FieldError[] {
  const { items } = schema
  const keysPath = path.child('x-kubernetes-list-map-keys')
  const errors: FieldError[] = []
  if (keys.length === 0) errors.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'))
  if (items !== undefined && !isMap(items)) {
    const text = 'must only have a single schema if x-kubernetes-list-type is map'
    return [...errors, invalid(path.child('items'), showItems(items ?? (emptiedMember(schema, 'items') as never[]) ?? null), text)]
  }
  if (items === undefined) return [...errors, required(path.child('items'), 'must have a schema if x-kubernetes-list-type is map')]
  if (items.type !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map"
    return [...errors, invalid(path.child('items').child('type'), items.type ?? '', text)]
  }
  for (const [i, key] of keys.entries()) {
    const member = own(items.properties, key)
    if (member === undefined) errors.push(invalid(keysPath, keys, 'entries must all be names of item properties'))
    else if (member.type === 'array' || member.type === 'object') {
      const text = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.push(invalid(path.child('items').child('properties').key(key).child('type'), items.type, text))
    }
    if (keys.indexOf(key) < i) errors.push(invalid(keysPath, keys, 'must not contain duplicate entries'))
  }
  return errors
}

/** Items can be told apart only if they and their keys are there. */
function validateItemsOfKeyedLists(schema: JsonSchema, keys: readonly string[], path: FieldPath): FieldError[] {
  const items = itemSchema(schema)
  const listType = schema['x-kubernetes-list-type']
  if (items === undefined || (listType !== 'set' && listType !== 'map')) return []
  const at = path.child('items')
  const errors = items.nullable ? [forbidden(at.child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${listType}`)] : []
  if (listType === 'set') return errors
  for (const key of keys) {
    const member = own(items.properties, key)
    if (member === undefined) continue
    const memberPath = at.child('properties').key(key)
    if (!(items.required ?? []).includes(key) && (member.default ?? null) === null) {
      const text = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
      errors.push(required(memberPath.child('default'), text))
    }
    if (member.nullable) {
      const text = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'
      errors.push(forbidden(memberPath.child('nullable'), text))
    }
  }
  return errors
}

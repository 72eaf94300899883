import { randomUUID } from 'node:crypto'
import { duplicate, type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { own } from '../../apimachinery/own.ts'
import { check, type Fields, isQualifiedName } from '../../apimachinery/validation/index.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { compareQuantities, milliUnits, roundUpToMilli, showQuantity, wholeUnits } from './quantities.ts'
import { isOvercommitAllowed, validateContainerResourceName, validateResourceName } from './resource-names.ts'

type ResourceList = Record<string, string>
const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']

/** For containers, what is not said follows from what is: limits from maxima, requests from limits or minima. */
function applyDefaults(range: KubeObject): void {
  for (const item of (range['spec']?.limits ?? []) as Fields[]) {
    for (const list of lists)
      for (const [name, quantity] of Object.entries(item[list] ?? {})) item[list][name] = roundUpToMilli(quantity as string)
    if (item['type'] !== 'Container') continue
    const limits: ResourceList = { ...item['max'], ...item['default'] }
    const requests: ResourceList = { ...item['min'], ...limits, ...item['defaultRequest'] }
    if (Object.keys(limits).length > 0) item['default'] = limits
    if (Object.keys(requests).length > 0) item['defaultRequest'] = requests
  }
}

function validateContent({ spec = {} }: KubeObject): FieldError[] {
  const types = new Set<string>()
  return (spec.limits ?? []).flatMap((item: Fields, i: number) => {
    const at = fieldPath('spec').child('limits').index(i)
    const { type = '' } = item
    const errors = validateType(type, at.child('type'))
    if (types.has(type)) errors.push(duplicate(at.child('type'), type))
    types.add(type)
    return [...errors, ...validateItem(item, at)]
  })
}

function validateType(type: string, path: FieldPath): FieldError[] {
  const errors = check(isQualifiedName, type, path)
  if (errors.length > 0 || type.includes('/') || ['Pod', 'Container', 'PersistentVolumeClaim'].includes(type)) return errors
  return [invalid(path, type, 'must be a standard limit type or fully qualified')]
}

function validateItem(item: Fields, path: FieldPath): FieldError[] {
  const { type } = item
  const validateName = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName
  const errors: FieldError[] = []
  const names = new Set<string>()
  const readNames = (list: string) => {
    for (const name of Object.keys(item[list] ?? {})) {
      errors.push(...validateName(name, path.child(list).key(name)))
      names.add(name)
    }
  }
  readNames('max')
  readNames('min')
  for (const list of ['default', 'defaultRequest']) {
    if (type !== 'Pod') readNames(list)
    else if (item[list] !== undefined) errors.push(forbidden(path.child(list), "may not be specified when `type` is 'Pod'"))
  }
  if (type === 'PersistentVolumeClaim' && item['min']?.storage === undefined && item['max']?.storage === undefined) {
    const text = 'either minimum or maximum storage value is required, but neither was provided'
    errors.push(required(path.child('limits'), text))
  }
  readNames('maxLimitRequestRatio')
  return [...errors, ...[...names].flatMap((name) => validateResource(name, item, path))]
}

/** The numbers of one resource: min ≤ default request ≤ default ≤ max. */
function validateResource(name: string, item: Fields, path: FieldPath): FieldError[] {
  const read = (list: string): string | undefined =>
    item['type'] === 'Pod' && list.startsWith('default') ? undefined : own(item[list], name)
  const [min, max, limit, request] = ['min', 'max', 'default', 'defaultRequest'].map(read)
  const errors: FieldError[] = []
  const order = (low: string | undefined, lowName: string, high: string | undefined, highName: string, list: string, shown = low) => {
    if (low === undefined || high === undefined || compareQuantities(low, high) <= 0) return
    const text = `${lowName} value ${showQuantity(low)} is greater than ${highName} value ${showQuantity(high)}`
    errors.push(invalid(path.child(list).key(name), shown, text))
  }
  order(min, 'min', max, 'max', 'min')
  order(min, 'min', request, 'default request', 'defaultRequest', request)
  order(request, 'default request', max, 'max', 'defaultRequest')
  order(request, 'default request', limit, 'default limit', 'defaultRequest')
  order(min, 'min', limit, 'default', 'default')
  order(limit, 'default', max, 'max', 'default', max)
  errors.push(...validateRatio(name, item, path))
  const differ = limit !== undefined && request !== undefined && compareQuantities(limit, request) !== 0
  if (differ && !isOvercommitAllowed(name)) {
    const text = `default value ${showQuantity(limit)} must equal to defaultRequest value ${showQuantity(request)} in ${name}`
    errors.push(invalid(path.child('defaultRequest').key(name), request, text))
  }
  return errors
}

function validateRatio(name: string, { min = {}, max = {}, maxLimitRequestRatio = {} }: Fields, path: FieldPath): FieldError[] {
  const ratio = own<string>(maxLimitRequestRatio, name)
  if (ratio === undefined) return []
  const at = path.child('maxLimitRequestRatio').key(name)
  const errors = compareQuantities(ratio, '1') < 0 ? [invalid(at, ratio, `ratio ${showQuantity(ratio)} is less than 1`)] : []
  const [low, high] = [own<string>(min, name), own<string>(max, name)]
  if (low === undefined || high === undefined) return errors
  const fine = [ratio, low, high].every((quantity) => wholeUnits(quantity) < 2n ** 63n / 1000n)
  const limit = fine ? Number(milliUnits(high)) / Number(milliUnits(low)) : Number(wholeUnits(high)) / Number(wholeUnits(low))
  const value = fine ? Number(milliUnits(ratio)) / 1000 : Number(wholeUnits(ratio))
  if (value <= limit) return errors
  return [...errors, invalid(at, ratio, `ratio ${showQuantity(ratio)} is greater than max/min = ${limit.toFixed(6)}`)]
}

export const limitRangeStrategy: Strategy = {
  applyDefaults,
  prepareForCreate({ metadata }) {
    metadata.name ||= randomUUID()
  },
  validate: (range) => [...validateKubeFinalizers(range.metadata), ...validateContent(range)],
  validateUpdate: (range) => [...validateKubeFinalizers(range.metadata), ...validateContent(range)],
  allowCreateOnUpdate: true,
}

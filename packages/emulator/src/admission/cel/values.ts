import { type CelValue, listValue, mapValue } from '../../apimachinery/cel/index.ts'

/** An API object, or part of one, as expressions see it: nothing is known of its types but what JSON tells. */
export function fromJson(value: unknown): CelValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (typeof value !== 'object') return value as string | boolean | bigint
  if (Array.isArray(value)) return listValue(value.map(fromJson))
  return mapValue(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, fromJson(member)] as const])))
}

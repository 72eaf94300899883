import { CelError, type CelValue, isTagged, listValue, mapValue } from '../../apimachinery/cel/index.ts'

/** An API object, or part of one, as expressions see it: nothing is known of its types but what JSON tells. */
export function fromJson(value: unknown): CelValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (typeof value !== 'object') return value as string | boolean | bigint
  if (Array.isArray(value)) return listValue(value.map(fromJson))
  return mapValue(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, fromJson(member)] as const])))
}

/**
 * A value that an expression made, as JSON.
 * @throws CelError for what JSON has no form for
 */
export function toJson(value: CelValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (isTagged(value, 'uint')) return Number(value.value)
  if (isTagged(value, 'list')) return value.items.map(toJson)
  if (isTagged(value, 'object')) return Object.fromEntries([...value.fields].map(([name, field]) => [name, toJson(field)]))
  if (isTagged(value, 'map')) {
    return Object.fromEntries(
      [...value.entries.values()].map(({ key, value: member }) => {
        if (typeof key !== 'string') throw new CelError(`map key ${JSON.stringify(toJson(key))} is not a string`)
        return [key, toJson(member)]
      }),
    )
  }
  throw new CelError(`a value of type ${value.tag} has no JSON`)
}

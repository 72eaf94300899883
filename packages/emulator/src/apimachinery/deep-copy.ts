/** A copy of a JSON value that may be changed. */
export function deepCopy<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(deepCopy) as T
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item = deepCopy((value as Record<string, unknown>)[key])
    if (key === '__proto__') Object.defineProperty(copy, key, { value: item, enumerable: true, configurable: true, writable: true })
    else copy[key] = item
  }
  return copy as T
}

/** Whether two JSON values are the same; the order of keys does not count. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if (!Array.isArray(a)) return !Array.isArray(b) && sameMembers(a as Record<string, unknown>, b as Record<string, unknown>)
  if (!Array.isArray(b) || a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (!deepEqual(a[index], b[index])) return false
  return true
}

/** Makes no lists of keys: every write compares objects. */
function sameMembers(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let more = 0
  for (const key in a) {
    more++
    if (!Object.hasOwn(b, key) || !deepEqual(a[key], b[key])) return false
  }
  for (const _ in b) more--
  return more === 0
}

/**
 * Empty lists and maps of a decoded object are absent from it, as from its encoding. Go's value has them still, and messages show them:
 * they are remembered here, for as long as the object that they were in.
 */
const emptied = new WeakMap<object, Map<string, 'list' | 'map'>>()

export function noteEmptied(parent: object, name: string, kind: 'list' | 'map'): void {
  const known = emptied.get(parent)
  if (known === undefined) emptied.set(parent, new Map([[name, kind]]))
  else known.set(name, kind)
}

export function forgetEmptied(parent: object, name: string): void {
  emptied.get(parent)?.delete(name)
}

/** The list or map that a member was before it went; undefined if it was none. */
export function emptiedMember(parent: object, name: string): readonly never[] | Record<string, never> | undefined {
  const kind = emptied.get(parent)?.get(name)
  return kind === undefined ? undefined : kind === 'list' ? [] : {}
}

/** Gives to an object that takes the place of another what is remembered of that one. */
export function keepEmptied<T extends object>(from: object, to: T): T {
  const known = emptied.get(from)
  if (known !== undefined) emptied.set(to, known)
  return to
}

/** Whether anything in a value was an empty list or map. */
export function holdsEmptied(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false
  return (emptied.get(value)?.size ?? 0) > 0 || Object.values(value).some(holdsEmptied)
}

/** A copy that may be changed, with what is remembered of the original. */
export function copyDecoded<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(copyDecoded) as T
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item = copyDecoded((value as Record<string, unknown>)[key])
    if (key === '__proto__') Object.defineProperty(copy, key, { value: item, enumerable: true, configurable: true, writable: true })
    else copy[key] = item
  }
  const known = emptied.get(value)
  if (known !== undefined) emptied.set(copy, new Map(known))
  return copy as T
}

/**
 * Computes once for each object, and remembers it as long as somebody holds that object. For objects that do not change: stored ones,
 * facts, definitions.
 */
export function memoize<K extends object, V extends NonNullable<unknown>>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = compute(key)
      known.set(key, value)
    }
    return value
  }
}

/** The first position in sorted `keys` whose key is not before `key`. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

export function insertSorted(keys: string[], key: string): void {
  const last = keys[keys.length - 1]
  if (last === undefined || last < key) keys.push(key)
  else keys.splice(lowerBound(keys, key), 0, key)
}

export function removeSorted(keys: string[], key: string): void {
  const at = lowerBound(keys, key)
  if (keys[at] === key) keys.splice(at, 1)
}

type KeyOf = (element: unknown, mergeKey: string) => unknown

/** Orders a merged list: what the patch names in the patch's order, the rest in the live order, the two woven together so that
 * a live element stays before those that followed it.
 */
export function orderElements(merged: unknown[], patchOrder: unknown[], liveOrder: unknown[], mergeKey: string, keyOf: KeyOf): unknown[] {
  const key = (element: unknown) => keyOf(element, mergeKey)
  const patchRank = ranks(patchOrder.map(key))
  const liveRank = ranks(liveOrder.map(key))
  const fromPatch = sortByRank(
    merged.filter((item) => patchRank.has(key(item))),
    patchRank,
    key,
  )
  const fromLive = sortByRank(
    merged.filter((item) => !patchRank.has(key(item))),
    liveRank,
    key,
  )
  return weave(fromLive, fromPatch, liveRank, key)
}

function ranks(keys: unknown[]): Map<unknown, number> {
  const ranked = new Map<unknown, number>()
  for (const [index, key] of keys.entries()) if (!ranked.has(key)) ranked.set(key, index)
  return ranked
}

/** An insertion sort in which an element of no rank goes before its neighbours: elements may be without a rank, so the order is no
 * total one and the algorithm shows.
 */
function sortByRank(items: unknown[], rank: ReadonlyMap<unknown, number>, key: (item: unknown) => unknown): unknown[] {
  const sorted = [...items]
  const before = (left: unknown, right: unknown) => {
    const leftRank = rank.get(key(left))
    const rightRank = rank.get(key(right))
    return leftRank === undefined || rightRank === undefined || leftRank < rightRank
  }
  for (let end = 1; end < sorted.length; end++) {
    for (let at = end; at > 0 && before(sorted[at], sorted[at - 1]); at--) {
      ;[sorted[at - 1], sorted[at]] = [sorted[at], sorted[at - 1]]
    }
  }
  return sorted
}

function weave(live: unknown[], patch: unknown[], liveRank: ReadonlyMap<unknown, number>, key: (item: unknown) => unknown): unknown[] {
  const woven: unknown[] = []
  let next = 0
  for (const item of patch) {
    const rank = liveRank.get(key(item))
    while (next < live.length && rank !== undefined && (liveRank.get(key(live[next])) ?? Infinity) < rank) woven.push(live[next++])
    woven.push(item)
  }
  return [...woven, ...live.slice(next)]
}

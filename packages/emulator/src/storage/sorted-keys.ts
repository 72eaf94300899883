/** The first position in sorted `keys` whose key is not before `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

/** A set of strings, in their order. What it takes to change it hardly grows with their number. */
export interface SortedKeys {
  readonly size: number
  /** One that is there stays. */
  add(key: string): void
  delete(key: string): void
  /** How many come before `key`. */
  rank(key: string): number
  /** Those from `key` on, some at a time; to be gone through before anything is added or deleted. */
  from(key: string): Iterable<readonly string[]>
}

/** Keys that are moved when one is put in between. */
const maxChunk = 512

/** In chunks, each sorted, none empty, those of one before those of the next. */
export function createSortedKeys(): SortedKeys {
  const chunks: string[][] = []
  let size = 0

  /** The chunk that holds `key` if any does: the last that begins with it or before, or the first. */
  const chunkOf = (key: string): number => {
    let low = 0
    let high = chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (chunks[middle]![0]! <= key) low = middle + 1
      else high = middle
    }
    return Math.max(low - 1, 0)
  }

  /** Keys that come in order fill their chunks; others leave room on both sides. */
  const split = (index: number) => {
    const chunk = chunks[index]!
    const at = index === chunks.length - 1 ? maxChunk - 1 : maxChunk / 2
    chunks.splice(index + 1, 0, chunk.splice(at))
  }

  return {
    get size() {
      return size
    },
    add(key) {
      if (chunks.length === 0) chunks.push([])
      const index = chunkOf(key)
      const chunk = chunks[index]!
      const at = lowerBound(chunk, key)
      if (chunk[at] === key) return
      chunk.splice(at, 0, key)
      size++
      if (chunk.length > maxChunk) split(index)
    },
    delete(key) {
      const index = chunkOf(key)
      const chunk = chunks[index]
      if (chunk === undefined) return
      const at = lowerBound(chunk, key)
      if (chunk[at] !== key) return
      chunk.splice(at, 1)
      size--
      if (chunk.length === 0) chunks.splice(index, 1)
    },
    rank(key) {
      const index = chunkOf(key)
      let before = 0
      for (let i = 0; i < index; i++) before += chunks[i]!.length
      return before + (chunks.length === 0 ? 0 : lowerBound(chunks[index]!, key))
    },
    *from(key) {
      const index = chunkOf(key)
      for (let i = index; i < chunks.length; i++) yield i === index ? chunks[i]!.slice(lowerBound(chunks[i]!, key)) : chunks[i]!
    },
  }
}

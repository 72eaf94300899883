import { createSortedKeys } from './sorted-keys.ts'

/** The keys of a collection in their order: of what is there, and of what was there and is still remembered. */
export interface MemoryKeys {
  add(key: string): void
  /** What it is of was deleted. */
  bury(key: string): void
  /** What it was of is no longer remembered. */
  forget(key: string): void
  /** How many that are there begin with `within` and do not come before `start`. */
  count(within: string, start: string): number
  /** Those that are there, from `start` on, some at a time; to be gone through before anything changes. */
  from(start: string): Iterable<readonly string[]>
  /** All from `start` on. */
  withBuried(start: string): Iterable<string>
}

export function createMemoryKeys(): MemoryKeys {
  const live = createSortedKeys()
  const buried = createSortedKeys()
  return {
    add(key) {
      buried.delete(key)
      live.add(key)
    },
    bury(key) {
      live.delete(key)
      buried.add(key)
    },
    forget: buried.delete,
    count: (within, start) => Math.max(0, (within === '' ? live.size : live.rank(after(within))) - live.rank(start)),
    from: live.from,
    withBuried: (start) => merge(each(live.from(start)), each(buried.from(start))),
  }
}

/** The first string after all those that begin with `within`. */
const after = (within: string) => within.slice(0, -1) + String.fromCharCode(within.charCodeAt(within.length - 1) + 1)

function* each(chunks: Iterable<readonly string[]>): Generator<string> {
  for (const chunk of chunks) yield* chunk
}

function* merge(left: Iterator<string>, right: Iterator<string>): Generator<string> {
  let a = left.next()
  let b = right.next()
  while (!a.done || !b.done) {
    if (b.done || (!a.done && a.value < b.value)) {
      yield a.value
      a = left.next()
    } else {
      yield b.value
      b = right.next()
    }
  }
}

/**
 * The difference of two texts as `diff -u` shows it, by the algorithm of Python's difflib, which the API server's messages are made with:
 * the longest common run of lines first, then the same on both sides of it.
 */
interface Match {
  a: number
  b: number
  size: number
}

interface Change {
  tag: 'equal' | 'replace' | 'delete' | 'insert'
  a1: number
  a2: number
  b1: number
  b2: number
}

const context = 3

/** Both values as indented JSON, and how the second differs from the first. */
export function diffValues(a: unknown, b: unknown): string {
  const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }
  const lines = (value: unknown) =>
    JSON.stringify(value, null, 1)
      .replace(/[<>&]/g, (character) => escapes[character]!)
      .split('\n')
  return unifiedDiff(lines(a), lines(b))
}

function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  return groupChanges(changesOf(a, b))
    .map((group) => showGroup(group, a, b))
    .join('')
}

function showGroup(group: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [group[0]!, group.at(-1)!]
  const prefixed = (prefix: string, lines: readonly string[]) => lines.map((line) => `${prefix}${line}\n`)
  const body = group.flatMap(({ tag, a1, a2, b1, b2 }) =>
    tag === 'equal' ? prefixed(' ', a.slice(a1, a2)) : [...prefixed('-', a.slice(a1, a2)), ...prefixed('+', b.slice(b1, b2))],
  )
  return `@@ -${showRange(first.a1, last.a2)} +${showRange(first.b1, last.b2)} @@\n${body.join('')}`
}

function showRange(start: number, stop: number): string {
  const length = stop - start
  if (length === 1) return `${start + 1}`
  return `${length === 0 ? start : start + 1},${length}`
}

/** Lines that occur often tell little of where a match is: in long texts they are left out of the search, as difflib does. */
function indexLines(lines: readonly string[]): Map<string, number[]> {
  const index = new Map<string, number[]>()
  for (const [i, line] of lines.entries()) {
    const found = index.get(line)
    if (found === undefined) index.set(line, [i])
    else found.push(i)
  }
  if (lines.length < 200) return index
  const limit = Math.floor(lines.length / 100) + 1
  for (const [line, found] of index) if (found.length > limit) index.delete(line)
  return index
}

function changesOf(a: readonly string[], b: readonly string[]): Change[] {
  const index = indexLines(b)
  const matches: Match[] = []
  const search = (a1: number, a2: number, b1: number, b2: number) => {
    const match = longestMatch(a, b, index, a1, a2, b1, b2)
    if (match.size === 0) return
    if (a1 < match.a && b1 < match.b) search(a1, match.a, b1, match.b)
    matches.push(match)
    if (match.a + match.size < a2 && match.b + match.size < b2) search(match.a + match.size, a2, match.b + match.size, b2)
  }
  search(0, a.length, 0, b.length)
  return changesBetween(matches, a.length, b.length)
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  index: ReadonlyMap<string, number[]>,
  a1: number,
  a2: number,
  b1: number,
  b2: number,
): Match {
  let best: Match = { a: a1, b: b1, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = a1; i < a2; i++) {
    const next = new Map<number, number>()
    for (const j of index.get(a[i]!) ?? []) {
      if (j < b1) continue
      if (j >= b2) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  return extend(best, a, b, a1, a2, b1, b2)
}

/** Takes in the equal lines around a match, which the search may have left out. */
function extend(match: Match, a: readonly string[], b: readonly string[], a1: number, a2: number, b1: number, b2: number): Match {
  let { a: i, b: j, size } = match
  while (i > a1 && j > b1 && a[i - 1] === b[j - 1]) {
    i--
    j--
    size++
  }
  while (i + size < a2 && j + size < b2 && a[i + size] === b[j + size]) size++
  return { a: i, b: j, size }
}

function changesBetween(matches: readonly Match[], aLength: number, bLength: number): Change[] {
  const changes: Change[] = []
  let [i, j] = [0, 0]
  for (const match of [...joinAdjacent(matches), { a: aLength, b: bLength, size: 0 }]) {
    if (i < match.a || j < match.b) {
      const tag = i === match.a ? 'insert' : j === match.b ? 'delete' : 'replace'
      changes.push({ tag, a1: i, a2: match.a, b1: j, b2: match.b })
    }
    i = match.a + match.size
    j = match.b + match.size
    if (match.size > 0) changes.push({ tag: 'equal', a1: match.a, a2: i, b1: match.b, b2: j })
  }
  return changes
}

function joinAdjacent(matches: readonly Match[]): Match[] {
  const joined: Match[] = []
  for (const match of matches) {
    const last = joined.at(-1)
    if (last !== undefined && last.a + last.size === match.a && last.b + last.size === match.b) last.size += match.size
    else joined.push({ ...match })
  }
  return joined
}

/** Changes with some equal lines around them; those that lie far apart are shown apart. */
function groupChanges(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = []
  let group: Change[] = []
  for (const [n, change] of changes.entries()) {
    if (change.tag !== 'equal') {
      group.push(change)
      continue
    }
    const length = change.a2 - change.a1
    const [first, last] = [n === 0, n === changes.length - 1]
    const tail = { ...change, a1: Math.max(change.a1, change.a2 - context), b1: Math.max(change.b1, change.b2 - context) }
    const head = { ...change, a2: Math.min(change.a2, change.a1 + context), b2: Math.min(change.b2, change.b1 + context) }
    if (first) group.push(tail)
    else if (last) group.push(head)
    else if (length > 2 * context) {
      groups.push([...group, head])
      group = [tail]
    } else group.push(change)
  }
  if (group.length > 1 || (group.length === 1 && group[0]!.tag !== 'equal')) groups.push(group)
  return groups
}

/** The candidate that `word` is most likely a misspelling of, if any is near enough. */
export function nearest(word: string, candidates: string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.replace(/^-+/, '').length / 3))
  // The lengths alone are as many edits: what is far too long, or too short, is not looked at letter by letter.
  const ranked = candidates
    .filter((candidate) => Math.abs(candidate.length - word.length) <= limit)
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  if (best !== undefined && best.distance <= limit) return best.candidate
  return candidates.find((candidate) => word.replace(/^-+/, '').length > 2 && candidate.startsWith(word))
}

/** Edits from one word to the other: a character added, left out or changed, or two neighbours swapped. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(changed, last[j]! + 1, row[j - 1]! + 1, isSwapped ? beforeLast[j - 2]! + 1 : Number.POSITIVE_INFINITY))
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

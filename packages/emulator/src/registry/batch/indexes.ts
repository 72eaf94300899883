/** Indexes of an indexed Job in their compressed spelling, such as `0-3,7` (batch/validation). Functions give the total, or what is wrong. */

export type Indexes = { total: number; error?: undefined } | { error: string }

type Interval = { first: number; last: number; error?: undefined } | { error: string }

export function parseIndexes(text: string, completions: number): Indexes {
  if (text === '') return { total: 0 }
  let total = 0
  let previous: number | undefined
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    if (interval.error !== undefined) return { error: interval.error }
    if (previous !== undefined && previous >= interval.first) return outOfOrder(previous, interval.first)
    total += interval.last - interval.first + 1
    previous = interval.last
  }
  return { total }
}

const outOfOrder = (previous: number, current: number) => ({ error: `non-increasing order, previous: ${previous}, current: ${current}` })

function parseInterval(text: string, completions: number): Interval {
  const limits = text.split('-')
  if (limits.length > 2) {
    const rule = 'violates the requirement that an index interval can have at most two parts separated by '
    return { error: `the fragment ${JSON.stringify(text)} ${rule}'-'` }
  }
  for (const limit of limits) {
    if (!/^[+-]?\d+$/.test(limit)) return { error: `cannot convert string to integer for index: ${JSON.stringify(limit)}` }
    if (Number(limit) >= completions) return { error: `too large index: ${JSON.stringify(limit)}` }
  }
  const [first, last = first] = limits.map(Number) as [number, number?]
  return limits.length > 1 && first >= last ? outOfOrder(first, last) : { first, last }
}

/** An index cannot have failed and be completed; parts that are not valid are passed over. */
export function indexesOverlap(completed: string, failed: string, completions: number): string | undefined {
  if (completed === '' || failed === '') return undefined
  const read = (text: string) =>
    text
      .split(',')
      .map((part) => parseInterval(part, completions))
      .filter((part) => part.error === undefined)
  const [done, lost] = [read(completed), read(failed)]
  for (let i = 0, j = 0; i < done.length && j < lost.length; ) {
    const [a, b] = [done[i]!, lost[j]!]
    if (a.first <= b.last && b.first <= a.last) return `failedIndexes and completedIndexes overlap at index: ${Math.max(a.first, b.first)}`
    if (a.first <= b.first) i++
    else j++
  }
  return undefined
}

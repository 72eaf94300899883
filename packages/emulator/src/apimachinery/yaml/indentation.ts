import type { Event, YAMLException } from 'js-yaml'

export interface Indented {
  text: string
  events: Event[]
  /** By line, from 0: the spaces that the text has more than what was given. */
  moved: ReadonlyMap<number, number>
}

/** Characters that may be parsed again, all together: hostile texts could have no end of such lines. */
const MOST_WORK = 2 ** 26

/**
 * Go's parser minds no indentation within brackets and quotes, where white space says nothing; the one here does, as YAML's specification
 * wants it (6.1, 7.4). Lines that it refuses for that are moved to the right, until it takes them. Lines stay what they are by number.
 * @throws YAMLException that tells of its place as it is in what was given
 */
export function parseIndented(parse: (text: string) => Event[], text: string): Indented {
  const moved = new Map<number, number>()
  let current = text
  for (let work = 0; ; work += current.length) {
    try {
      return { text: current, events: parse(current), moved }
    } catch (error) {
      const { reason, mark } = error as YAMLException
      const spaces = moved.get(mark?.line ?? -1) ?? 0
      const next = reason === 'deficient indentation' && work < MOST_WORK ? moveLine(current, mark!.line) : undefined
      if (next === undefined) {
        if (mark != null) mark.column = Math.max(0, mark.column - spaces)
        throw error
      }
      moved.set(mark!.line, spaces + next.length - current.length)
      current = next
    }
  }
}

/** Undefined for what ends a document, and for a tab that could go on with a plain scalar: Go's parser minds these too. */
function moveLine(text: string, line: number): string | undefined {
  let start = 0
  for (let i = 0; i < line; i++) start = text.indexOf('\n', start) + 1
  const rest = text.slice(start)
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(rest)) return undefined
  if (/^ *\t/.test(rest) && !/[[{,:]\s*$/.test(text.slice(0, start))) return undefined
  const indented = rest.length - rest.trimStart().length
  return text.slice(0, start) + ' '.repeat(Math.max(32, indented)) + rest
}

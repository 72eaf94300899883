import { quote } from './quote.ts'

/** What is wrong with a Go duration, such as 1h30m, in Go's words (time.ParseDuration); undefined if nothing is. */
export function durationError(text: string): string | undefined {
  const digits = text.replace(/^[+-]/, '')
  const bad = `time: invalid duration ${quote(text)}`
  if (digits === '0') return undefined
  if (digits === '') return bad
  for (let rest = digits; rest !== ''; ) {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)
    if (number === null) return bad
    rest = rest.slice(number[0].length)
    const unit = /^[^.\d]*/.exec(rest)![0]
    if (unit === '') return `time: missing unit in duration ${quote(text)}`
    if (!['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h'].includes(unit)) return `time: unknown unit ${quote(unit)} in duration ${quote(text)}`
    rest = rest.slice(unit.length)
  }
  return undefined
}

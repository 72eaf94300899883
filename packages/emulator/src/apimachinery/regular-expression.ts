/** Regular expressions as Go has them (RE2): matching takes linear time. The library that does it is loaded on demand. */

import { onDemand } from './on-demand.ts'

/** A compiled expression, or what is wrong with it in Go's words. */
export type Pattern = { test(text: string): boolean } | { error: string }

type Library = typeof import('re2js')

const library = onDemand<Library>(() => import('re2js'))
const compiled = new Map<string, Pattern>()
const mostCompiled = 1000

/** Loads what `compilePattern` works with. */
export const loadPatterns = library.load

/** Compiles an expression that may match anywhere in a text. The library must be there: JavaScript's own expressions can take for ever. */
export function compilePattern(source: string): Pattern {
  let pattern = compiled.get(source)
  if (pattern === undefined) {
    pattern = compileWith(loaded(), source)
    if (compiled.size >= mostCompiled) compiled.clear()
    compiled.set(source, pattern)
  }
  return pattern
}

function compileWith({ RE2JS }: Library, source: string): Pattern {
  try {
    const expression = RE2JS.compile(source)
    return { test: (text) => expression.matcher(text).find() }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

function loaded(): Library {
  if (library.value === undefined) throw new Error('regular expressions are not loaded')
  return library.value
}

/** The parts of a text that an expression matches, first to last. */
export function findMatches(source: string, text: string, limit: number): { matches: string[] } | { error: string } {
  const compiled = compilePattern(source)
  if ('error' in compiled) return compiled
  const matches: string[] = []
  const matcher = loaded().RE2JS.compile(source).matcher(text)
  while (matches.length < limit && matcher.find()) matches.push(matcher.group() ?? '')
  return { matches }
}

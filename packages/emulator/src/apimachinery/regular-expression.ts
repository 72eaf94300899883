/** Regular expressions as Go has them (RE2): matching takes linear time. The library that does it is loaded on demand. */

/** A compiled expression, or what is wrong with it in Go's words. */
export type Pattern = { test(text: string): boolean } | { error: string }

type Library = typeof import('re2js')

let library: Library | undefined
const compiled = new Map<string, Pattern>()
const mostCompiled = 1000

/** Loads what `compilePattern` works with. */
export function loadPatterns(): Promise<void> | undefined {
  if (library !== undefined) return undefined
  return import('re2js').then((loaded) => {
    library = loaded
    compiled.clear()
  })
}

/** Compiles an expression that may match anywhere in a text. Until the library is loaded, JavaScript's own expressions have to do. */
export function compilePattern(source: string): Pattern {
  let pattern = compiled.get(source)
  if (pattern === undefined) {
    pattern = library === undefined ? compileNatively(source) : compileWith(library, source)
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

function compileNatively(source: string): Pattern {
  try {
    const expression = new RegExp(source, 'u')
    return { test: (text) => expression.test(text) }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

/** The parts of a text that an expression matches, first to last. */
export function findMatches(source: string, text: string, limit: number): { matches: string[] } | { error: string } {
  const compiled = compilePattern(source)
  if ('error' in compiled) return compiled
  const matches: string[] = []
  if (library === undefined) {
    for (const match of text.matchAll(new RegExp(source, 'gu'))) if (matches.length < limit) matches.push(match[0])
    return { matches }
  }
  const matcher = library.RE2JS.compile(source).matcher(text)
  while (matches.length < limit && matcher.find()) matches.push(matcher.group() ?? '')
  return { matches }
}

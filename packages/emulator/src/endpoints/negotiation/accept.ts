/** One clause of an Accept header: a media type, its parameters, and how much it is wanted. */
export interface AcceptClause {
  type: string
  subtype: string
  params: Record<string, string>
  q: number
}

const cache = new Map<string, readonly AcceptClause[]>()

/**
 * Reads an Accept header, best first, as the API server does (goautoneg): by weight, but a type or subtype that is spelled out stands
 * before one that is not, whatever it weighs. Clauses that are as good stay in their order. What cannot be read is left out.
 */
export function parseAccept(header: string): readonly AcceptClause[] {
  let clauses = cache.get(header)
  if (clauses === undefined) {
    clauses = sortByInsertion(header.split(',').flatMap((text) => parseClause(text) ?? []))
    // Clients send a handful of headers; someone who sends many is not remembered.
    if (cache.size < 256 && header.length < 1024) cache.set(header, clauses)
  }
  return clauses
}

const isBefore = (a: AcceptClause, b: AcceptClause) =>
  a.q > b.q || (a.type !== '*' && b.type === '*') || (a.subtype !== '*' && b.subtype === '*')

/** Not every order has `isBefore` agree with itself, so how it is asked matters: as Go sorts up to twelve. */
function sortByInsertion(clauses: AcceptClause[]): AcceptClause[] {
  for (let i = 1; i < clauses.length; i++) {
    for (let j = i; j > 0 && isBefore(clauses[j]!, clauses[j - 1]!); j--) {
      const [left, right] = [clauses[j - 1]!, clauses[j]!]
      clauses[j - 1] = right
      clauses[j] = left
    }
  }
  return clauses
}

function parseClause(text: string): AcceptClause | undefined {
  const [media = '', ...rest] = text.trim().split(';')
  const [type = '', subtype = '', more] = media.split('/').map((part) => part.trim())
  if (more !== undefined || (subtype === '' && type !== '*')) return undefined
  const params: Record<string, string> = {}
  let q = 1
  for (const part of rest) {
    const [name = '', value = '', beyond] = part.split('=')
    if (value === '' || beyond !== undefined) continue
    if (name.trim() === 'q') q = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : 0
    else params[name.trim()] = value.trim()
  }
  return { type, subtype: subtype === '' ? '*' : subtype, params, q }
}

export const matchesMedia = ({ type, subtype }: AcceptClause, media: string): boolean => {
  if (type === '*' && subtype === '*') return true
  const [ofType, ofSubtype] = media.split('/')
  return type === ofType && (subtype === '*' || subtype === ofSubtype)
}

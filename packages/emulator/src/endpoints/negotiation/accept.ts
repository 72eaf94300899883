/** One clause of an Accept header: a media type, its parameters, and how much it is wanted. */
export interface AcceptClause {
  type: string
  subtype: string
  params: Record<string, string>
  q: number
}

const cache = new Map<string, readonly AcceptClause[]>()

/** Reads an Accept header, best first; clauses that are as good stay in their order (RFC 9110, section 12.5.1). */
export function parseAccept(header: string): readonly AcceptClause[] {
  let clauses = cache.get(header)
  if (clauses === undefined) {
    clauses = header
      .split(',')
      .map(parseClause)
      .sort((a, b) => b.q - a.q)
    // Clients send a handful of headers; someone who sends many is not remembered.
    if (cache.size < 256 && header.length < 1024) cache.set(header, clauses)
  }
  return clauses
}

function parseClause(text: string): AcceptClause {
  const [media = '', ...rest] = text.split(';').map((part) => part.trim())
  const [type = '', subtype = ''] = media === '*' ? ['*', '*'] : media.split('/')
  const params: Record<string, string> = {}
  let q = 1
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    const name = part.slice(0, equals).trim()
    const value = part
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
    if (name === 'q') q = Number.isNaN(Number(value)) ? 1 : Number(value)
    else params[name] = value
  }
  return { type: type.trim(), subtype: subtype.trim(), params, q }
}

export const matchesMedia = ({ type, subtype }: AcceptClause, media: string): boolean => {
  if (type === '*' && subtype === '*') return true
  const [ofType, ofSubtype] = media.split('/')
  return type === ofType && (subtype === '*' || subtype === ofSubtype)
}

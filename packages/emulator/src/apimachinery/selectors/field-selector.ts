/** One condition on a field. */
export interface FieldRequirement {
  readonly key: string
  readonly operator: '=' | '==' | '!='
  readonly value: string
}

export interface FieldSelector {
  /** In the order of their text, as the server sorts them. */
  readonly requirements: readonly FieldRequirement[]
  /** Selects everything. */
  readonly empty: boolean
  /** A field that is not there counts as ''. */
  matches(fields: Readonly<Record<string, string>>): boolean
}

const operators = ['!=', '==', '='] as const

/** Reads the fieldSelector of a query (apimachinery, pkg/fields). Which fields there are is not checked. Throws an Error in the server's words. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text).filter((term) => term !== '')
  const requirements = terms
    .sort()
    .map((term) => parseTerm(term, text))
    .filter(({ key, value }) => key !== '' || value !== '')
  return {
    requirements,
    empty: requirements.length === 0,
    matches: (fields) =>
      requirements.every(({ key, operator, value }) => {
        const actual = Object.hasOwn(fields, key) ? fields[key] : ''
        return operator === '!=' ? actual !== value : actual === value
      }),
  }
}

/** Splits at commas; a backslash takes the meaning from what follows it. */
function splitTerms(text: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === ',') {
      terms.push(text.slice(start, at))
      start = at + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}

function parseTerm(term: string, selector: string): FieldRequirement {
  for (let at = 0; at < term.length; at++) {
    const operator = operators.find((candidate) => term.startsWith(candidate, at))
    if (operator !== undefined) return { key: term.slice(0, at), operator, value: unescapeValue(term.slice(at + operator.length)) }
  }
  throw new Error(`invalid selector: '${selector}'; can't understand '${term}'`)
}

function unescapeValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text
  let value = ''
  const chars = [...text]
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string
    if (char === '\\') {
      const next = chars[++at] ?? ''
      if (next === '' || !'\\,='.includes(next)) throw new Error(`invalid field selector: invalid escape sequence: \\${next}`)
      value += next
    } else if (char === ',' || char === '=') {
      throw new Error(`invalid field selector: unescaped character in value: ${char.codePointAt(0)}`)
    } else value += char
  }
  return value
}

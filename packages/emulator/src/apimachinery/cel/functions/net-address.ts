import { quote } from '../../quote.ts'

/** Why Go's netip.ParseAddr does not take a text for an IP address; undefined if it does. */
export function addressProblem(text: string): string | undefined {
  const first = /[.:%]/.exec(text)?.[0]
  const problem = problemOf(first, text)
  if (problem === undefined) return undefined
  const [why, at] = problem
  return `ParseAddr(${quote(text)}): ${why}${at === undefined ? '' : ` (at ${quote(at)})`}`
}

/** Why Go's netip.ParsePrefix does not take a text for a network; undefined if it does. */
export function prefixProblem(text: string): string | undefined {
  const slash = text.lastIndexOf('/')
  const why = slash < 0 ? "no '/'" : partProblem(text.slice(0, slash), text.slice(slash + 1))
  return why === undefined ? undefined : `netip.ParsePrefix(${quote(text)}): ${why}`
}

function partProblem(address: string, bits: string): string | undefined {
  const problem = addressProblem(address)
  if (problem !== undefined) return problem
  if (address.includes('%')) return 'IPv6 zones cannot be present in a prefix'
  if (!/^(\d|[1-9]\d+)$/.test(bits)) return `bad bits after slash: ${quote(bits)}`
  return Number(bits) > (address.includes(':') ? 128 : 32) ? 'prefix length out of range' : undefined
}

type Problem = [why: string, at?: string]

function problemOf(first: string | undefined, text: string): Problem | undefined {
  switch (first) {
    case '.':
      return version4Problem(text)
    case ':':
      return version6Problem(text)
    case '%':
      return ['missing IPv6 address']
    default:
      return ['unable to parse IP']
  }
}

function version4Problem(text: string): Problem | undefined {
  let [octet, octets] = ['', 0]
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === '.') {
      if (i === 0 || i === text.length - 1 || text[i - 1] === '.') return ['IPv4 field must have at least one digit', text.slice(i)]
      if (octets === 3) return ['IPv4 address too long']
      octets++
      octet = ''
    } else if (/\d/.test(character)) {
      if (octet === '0') return ['IPv4 field has octet with leading zero']
      octet += character
      if (Number(octet) > 255) return ['IPv4 field has value >255']
    } else return ['unexpected character', text.slice(i)]
  }
  return octets < 3 ? ['IPv4 address too short'] : undefined
}

const wholeBytes = 16

function version6Problem(text: string): Problem | undefined {
  const percent = text.indexOf('%')
  if (percent >= 0 && percent === text.length - 1) return ['zone must be a non-empty string']
  let rest = percent < 0 ? text : text.slice(0, percent)
  let ellipsis = rest.startsWith('::')
  if (ellipsis) rest = rest.slice(2)
  if (ellipsis && rest === '') return undefined
  let bytes = 0
  while (bytes < wholeBytes) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)![0]
    if (digits.length > 4) return ['each group must have 4 or less digits', rest]
    if (digits === '') return ['each colon-separated field must have at least one digit', rest]
    const after = rest.slice(digits.length)
    if (after.startsWith('.')) {
      if (!ellipsis && bytes !== 12) return ['embedded IPv4 address must replace the final 2 fields of the address', rest]
      if (bytes > 12) return ['too many hex fields to fit an embedded IPv4 at the end of the address', rest]
      const problem = version4Problem(rest)
      if (problem !== undefined) return problem
      bytes += 4
      rest = ''
      break
    }
    bytes += 2
    rest = after
    if (rest === '') break
    if (!rest.startsWith(':')) return ['unexpected character, want colon', rest]
    if (rest === ':') return ['colon must be followed by more characters', rest]
    rest = rest.slice(1)
    if (!rest.startsWith(':')) continue
    if (ellipsis) return ['multiple :: in address', rest]
    ellipsis = true
    rest = rest.slice(1)
    if (rest === '') break
  }
  if (rest !== '') return ['trailing garbage after address', rest]
  if (bytes < wholeBytes) return ellipsis ? undefined : ['address string too short']
  return ellipsis ? ['the :: must expand to at least one field of zeros'] : undefined
}

/**
 * Rules for names (apimachinery, util/validation and api/validate/content). Each takes a value and gives what is wrong with it, nothing if
 * all is well.
 */
import { byteLength, maxBytesError, maxLengthError, regexError, whole } from './text.ts'

/** `prefix`: the name gets a generated suffix, so that it may end with a dash. */
export type NameRule = (name: string, prefix: boolean) => string[]

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const labelWithUnderscore = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const subdomainWithUnderscore = `${labelWithUnderscore}(\\.${labelWithUnderscore})*`
const wildcardSubdomain = `\\*\\.${subdomain}`

const labelPattern = whole(label)
const subdomainPattern = whole(subdomain)
const label1035Pattern = whole(label1035)
const subdomainWithUnderscorePattern = whole(subdomainWithUnderscore)
const wildcardSubdomainPattern = whole(wildcardSubdomain)
const cIdentifierPattern = whole('[A-Za-z_][A-Za-z0-9_]*')

const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const subdomainWithUnderscoreText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
const label1035Text =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
const wildcardSubdomainText =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
const cIdentifierText =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'"

const tooLong = (value: string, limit: number) => (byteLength(value) > limit ? [maxLengthError(limit)] : [])

export function isDNS1123Label(value: string): string[] {
  const errors = tooLong(value, 63)
  if (labelPattern.test(value)) return errors
  if (subdomainPattern.test(value)) return [...errors, 'must not contain dots']
  return [...errors, regexError(labelText, label, 'my-name', '123-abc')]
}

export function isDNS1123Subdomain(value: string): string[] {
  const errors = tooLong(value, 253)
  return subdomainPattern.test(value) ? errors : [...errors, regexError(subdomainText, subdomain, 'example.com')]
}

/** As `isDNS1123Subdomain`, with the length limit worded in bytes: the prefix of a qualified name. */
export function isDNS1123SubdomainInBytes(value: string): string[] {
  const errors = byteLength(value) > 253 ? [maxBytesError(253)] : []
  return subdomainPattern.test(value) ? errors : [...errors, regexError(subdomainText, subdomain, 'example.com')]
}

export function isDNS1123SubdomainWithUnderscore(value: string): string[] {
  const errors = tooLong(value, 253)
  if (subdomainWithUnderscorePattern.test(value)) return errors
  return [...errors, regexError(subdomainWithUnderscoreText, subdomainWithUnderscore, 'example.com')]
}

export function isDNS1035Label(value: string): string[] {
  const errors = tooLong(value, 63)
  return label1035Pattern.test(value) ? errors : [...errors, regexError(label1035Text, label1035, 'my-name', 'abc-123')]
}

export function isWildcardDNS1123Subdomain(value: string): string[] {
  const errors = tooLong(value, 253)
  if (wildcardSubdomainPattern.test(value)) return errors
  return [...errors, regexError(wildcardSubdomainText, wildcardSubdomain, '*.example.com')]
}

export function isCIdentifier(value: string): string[] {
  if (cIdentifierPattern.test(value)) return []
  return [regexError(cIdentifierText, '[A-Za-z_][A-Za-z0-9_]*', 'my_name', 'MY_NAME', 'MyName')]
}

/** A name that can stand in a URL path: all that the API asks of every object, whatever its kind. */
export const pathSegmentName: NameRule = (name, prefix) => {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

/** A prefix of a generated name ends with a dash as a rule; Go drops one character more than the dash. */
const masked = (name: string, prefix: boolean) => (prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

export const nameIsDNSSubdomain: NameRule = (name, prefix) => isDNS1123Subdomain(masked(name, prefix))
export const nameIsDNSLabel: NameRule = (name, prefix) => isDNS1123Label(masked(name, prefix))
export const nameIsDNS1035Label: NameRule = (name, prefix) => isDNS1035Label(masked(name, prefix))

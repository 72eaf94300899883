import { aggregateErrors } from '../apimachinery/aggregate-errors.ts'
import { type FieldError, invalid } from '../apimachinery/field-error.ts'
import { quote } from '../apimachinery/quote.ts'
import { isDNS1123Subdomain, regexError, whole } from '../apimachinery/validation/index.ts'
import type { UserInfo } from './user-info.ts'

const pathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** Why the constrained modes refuse such extras; undefined if they do not. */
export function invalidExtra(extra: UserInfo['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed'
    const errors = domainPrefixedPathErrors(key, 'extra.key')
    if (errors.length > 0) {
      const texts = errors.map(({ field, message }) => `${field}: ${message}`)
      return `impersonating an invalid key in extra is not allowed: ${aggregateErrors(texts)}`
    }
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${quote(key)}`
    if (values.length === 0) return 'impersonating empty values in extra is not allowed'
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed'
  }
  return undefined
}

/** `acme.io/foo`: a DNS subdomain, a slash, and what may stand in a path. */
function domainPrefixedPathErrors(value: string, field: string): FieldError[] {
  const slash = value.indexOf('/')
  const [host, path] = [value.slice(0, Math.max(slash, 0)), value.slice(slash + 1)]
  if (slash < 0 || host === '' || path === '') return [invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const errors = isDNS1123Subdomain(host).map((text) => invalid(field, host, text))
  return whole(pathFormat).test(path) ? errors : [...errors, invalid(field, path, regexError('Invalid path', pathFormat))]
}

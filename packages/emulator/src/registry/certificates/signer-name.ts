/** Names of signers, such as `example.com/signer` (core/validation, ValidateSignerName). */
import { type FieldError, type FieldPath, invalid, required, tooLong } from '../../apimachinery/field-error.ts'
import { quote } from '../../apimachinery/quote.ts'
import { byteLength, isDNS1123Label, isDNS1123Subdomain } from '../../apimachinery/validation/index.ts'

const maxDomainBytes = 253
const maxBytes = maxDomainBytes + 1 + 253 + 63 + 1

export function validateSignerName(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)]
  const [domain = '', rest, ...more] = name.split('/')
  if (rest === undefined || more.length > 0) {
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  }
  const noDomain = 'should be a domain with at least two segments separated by dots'
  return [
    ...(byteLength(domain) > maxDomainBytes ? [tooLong(path, maxDomainBytes)] : []),
    ...validateLabels(domain, isDNS1123Label, path),
    ...(domain.includes('.') ? [] : [invalid(path, domain, noDomain)]),
    ...validateLabels(rest, isDNS1123Subdomain, path),
    ...(byteLength(name) > maxBytes ? [tooLong(path, maxBytes)] : []),
  ]
}

/** Only the first bad label is reported. */
function validateLabels(value: string, rule: (label: string) => string[], path: FieldPath): FieldError[] {
  const bad = value.split('.').find((label) => rule(label).length > 0)
  return bad === undefined ? [] : rule(bad).map((text) => invalid(path, value, `validating label ${quote(bad)}: ${text}`))
}

/** Names of pools, attributes and requests of devices (resource/validation). */
import { type FieldError, type FieldPath, invalid, required, tooLong } from '../../apimachinery/field-error.ts'
import { byteLength, check, isCIdentifier, validateDNS1123Label, validateDNS1123Subdomain } from '../../apimachinery/validation/index.ts'
import { validateDriverName } from '../storage/provisioner.ts'

const maxPoolNameBytes = 253
const maxIdentifierBytes = 32

export function validatePoolName(name = '', path: FieldPath): FieldError[] {
  if (name === '') return [required(path)]
  const errors = byteLength(name) > maxPoolNameBytes ? [tooLong(path, maxPoolNameBytes)] : []
  return [...errors, ...name.split('/').flatMap((part) => validateDNS1123Subdomain(part, path))]
}

/** `name` or `domain/name`. */
export function validateAttributeName(name: string, path: FieldPath): FieldError[] {
  const [first = '', second, ...more] = name.split('/')
  if (more.length > 0) return []
  if (second === undefined) return validateIdentifier(first, path)
  return [
    ...(first === '' ? [invalid(path, '', 'the domain must not be empty')] : validateDriverName(first, path)),
    ...(second === '' ? [invalid(path, '', 'the name must not be empty')] : validateIdentifier(second, path)),
  ]
}

export function validateFullAttributeName(name: string, path: FieldPath): FieldError[] {
  const errors = validateAttributeName(name, path)
  if (name.includes('/')) return errors
  return [...errors, invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')]
}

function validateIdentifier(name: string, path: FieldPath): FieldError[] {
  const errors = byteLength(name) > maxIdentifierBytes ? [tooLong(path, maxIdentifierBytes)] : []
  return [...errors, ...check(isCIdentifier, name, path)]
}

/** The requests of a claim, each with the names of its alternatives. */
export type RequestNames = ReadonlyMap<string, readonly string[]>

export function validateRequestReference(name: string, path: FieldPath, known: RequestNames): FieldError[] {
  const wrong = invalid(path, name, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'")
  const segments = name.split('/')
  if (segments.length > 2) return [wrong]
  const [request = '', alternative] = segments
  const found = known.has(request) && (alternative === undefined || known.get(request)!.includes(alternative))
  return [...segments.flatMap((segment) => validateDNS1123Label(segment, path)), ...(found ? [] : [wrong])]
}

/** Provisioners, their parameters and the names of CSI drivers (storage/validation, core/validation). */
import { type FieldError, type FieldPath, invalid, required, tooLong } from '../../apimachinery/field-error.ts'
import { byteLength, check, isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation/index.ts'

const maxParameters = 512
export const maxMapBytes = 256 * 1024

export const validateProvisioner = (name = '', path: FieldPath): FieldError[] =>
  name === '' ? [required(path)] : check(isQualifiedName, name.toLowerCase(), path)

export function validateParameters(parameters: Record<string, string> = {}, path: FieldPath): FieldError[] {
  const keys = Object.keys(parameters)
  if (keys.length > maxParameters) return [tooLong(path, maxParameters)]
  const empty = keys.includes('') ? [invalid(path, '', 'field can not be empty.')] : []
  return [...empty, ...validateMapSize(parameters, path)]
}

export function validateMapSize(map: Record<string, string> = {}, path: FieldPath): FieldError[] {
  const size = Object.entries(map).reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0)
  return size > maxMapBytes ? [tooLong(path, maxMapBytes)] : []
}

export function validateDriverName(name = '', path: FieldPath): FieldError[] {
  if (name === '') return [required(path)]
  return [
    ...(byteLength(name) > 63 ? [tooLong(path, 63)] : []),
    ...isDNS1123Subdomain(name.toLowerCase()).map((text) => invalid(path, name, text)),
  ]
}

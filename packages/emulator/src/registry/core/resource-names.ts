/** Which names of compute resources are allowed where (Go: apis/core/helper). */
import { type FieldError, type FieldPath, invalid, notSupported } from '../../apimachinery/field-error.ts'
import { check, isQualifiedName } from '../../apimachinery/validation/index.ts'
import { isNegative, isWhole, showQuantity, wholeUnits } from './quantities.ts'

const objectCounts = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const requestNames = ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`])
const standardQuotaNames = new Set([...requestNames, 'requests.storage', ...objectCounts])
const standardNames = new Set([...standardQuotaNames, 'storage'])

export const isHugePageName = (name: string) => name.startsWith('hugepages-')
const isQuotaHugePageName = (name: string) => isHugePageName(name) || name.startsWith('requests.hugepages-')
export const isStandardQuotaName = (name: string) => standardQuotaNames.has(name) || isQuotaHugePageName(name)
const isStandardName = (name: string) => standardNames.has(name) || isQuotaHugePageName(name)
const isStandardContainerName = (name: string) => ['cpu', 'memory', 'ephemeral-storage'].includes(name) || isHugePageName(name)
export const isNativeName = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
export const isOvercommitAllowed = (name: string) => isNativeName(name) && !isHugePageName(name)
export const isPodLevelName = (name: string) => name === 'cpu' || name === 'memory' || isHugePageName(name)

export function isExtendedName(name: string): boolean {
  return !isNativeName(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
}

const isIntegerName = (name: string) => objectCounts.includes(name) || isExtendedName(name)

export function validateResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = check(isQualifiedName, name, path)
  if (errors.length > 0 || name.includes('/') || isStandardName(name)) return errors
  return [invalid(path, name, 'must be a standard resource type or fully qualified')]
}

export function validateContainerResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = validateResourceName(name, path)
  if (!name.includes('/')) {
    return isStandardContainerName(name) ? errors : [...errors, invalid(path, name, 'must be a standard resource for containers')]
  }
  if (isNativeName(name) || isExtendedName(name)) return errors
  return [...errors, invalid(path, name, "doesn't follow extended resource name standard")]
}

export function validatePodResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = validateResourceName(name, path)
  if (errors.length > 0 || isPodLevelName(name)) return errors
  return [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])]
}

export function validateQuotaResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = validateResourceName(name, path)
  if (name.includes('/') || isStandardQuotaName(name)) return errors
  return [...errors, invalid(path, name, 'must be a standard resource for quota')]
}

export function validateResourceQuantity(name: string, quantity: string, path: FieldPath): FieldError[] {
  const errors = validateNonNegativeQuantity(quantity, path)
  return isIntegerName(name) && !isWhole(quantity) ? [...errors, invalid(path, quantity, 'must be an integer')] : errors
}

export function validateNonNegativeQuantity(quantity: string, path: FieldPath): FieldError[] {
  return isNegative(quantity) ? [invalid(path, showQuantity(quantity), 'must be greater than or equal to 0')] : []
}

/** A quantity of huge pages must be a whole number of pages of the size in the name. */
export function hugePagesDivide(name: string, quantity: string): boolean {
  const size = name.slice('hugepages-'.length)
  if (!/^\d/.test(size) || wholeUnits(size) <= 0n || !isWhole(size)) return false
  return wholeUnits(quantity) % wholeUnits(size) === 0n
}

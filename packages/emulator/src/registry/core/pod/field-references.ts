/** References to a Pod's own fields and resources: the downward API, in variables and volumes. */
import { type FieldError, type FieldPath, invalid, notSupported, required } from '../../../apimachinery/field-error.ts'
import { check, type Fields, isQualifiedName, validatePresent } from '../../../apimachinery/validation/index.ts'
import { showQuantity } from '../quantities.ts'

export const volumeFieldPaths = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
export const variableFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const convertible = new Set([...volumeFieldPaths, ...variableFieldPaths, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase'])
const resourceNames = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const subscriptPattern = /^(.+?)\['(.*)'\]$/s

export function validateFieldRef(
  { apiVersion = '', fieldPath: selected = '' }: Fields,
  supported: string[],
  path: FieldPath,
): FieldError[] {
  if (apiVersion === '') return [required(path.child('apiVersion'))]
  if (selected === '') return [required(path.child('fieldPath'))]
  const conversion = conversionError(apiVersion, selected)
  if (conversion !== undefined) return [invalid(path.child('fieldPath'), selected, `error converting fieldPath: ${conversion}`)]
  const subscript = subscriptPattern.exec(selected)
  if (subscript !== null) {
    const [, field, key = ''] = subscript
    return check(isQualifiedName, field === 'metadata.annotations' ? key.toLowerCase() : key, path)
  }
  const field = selected === 'spec.host' ? 'spec.nodeName' : selected
  return supported.includes(field) ? [] : [notSupported(path.child('fieldPath'), field, supported)]
}

function conversionError(apiVersion: string, selected: string): string | undefined {
  if (apiVersion !== 'v1') return `unsupported pod version: ${apiVersion}`
  const subscript = subscriptPattern.exec(selected)
  if (subscript !== null) {
    return ['metadata.annotations', 'metadata.labels'].includes(subscript[1]!)
      ? undefined
      : `field label does not support subscript: ${selected}`
  }
  return convertible.has(selected) || selected === 'spec.host' ? undefined : `field label not supported: ${selected}`
}

/** `volume`: a file must say which container it means, a variable means its own. */
export function validateResourceFieldRef(reference: Fields, path: FieldPath, volume: boolean): FieldError[] {
  const { containerName, resource = '', divisor } = reference
  if (volume && !containerName) return [required(path.child('containerName')), ...validateDivisor(resource, divisor, path)]
  const errors = validatePresent(resource, path.child('resource'))
  const known = resourceNames.includes(resource) || /^(requests|limits)\.hugepages-/.test(resource)
  if (resource !== '' && !known) errors.push(notSupported(path.child('resource'), resource, resourceNames))
  return [...errors, ...validateDivisor(resource, divisor, path)]
}

const byteDivisors = [
  '1',
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((unit) => `1${unit}`),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit) => `1${unit}`),
]
const byteText = `only divisor's values ${byteDivisors.join(', ')} are supported with the`

function validateDivisor(resource: string, divisor: string | undefined, path: FieldPath): FieldError[] {
  const shown = showQuantity(divisor ?? '0')
  if (shown === '0') return []
  const refuse = (text: string) => [invalid(path.child('divisor'), resource, text)]
  const [, name = ''] = /^(?:limits|requests)\.(.*)$/.exec(resource) ?? []
  if (name === 'cpu') return ['1m', '1'].includes(shown) ? [] : refuse("only divisor's values 1m and 1 are supported with the cpu resource")
  if (byteDivisors.includes(shown)) return []
  if (name === 'memory') return refuse(`${byteText} memory resource`)
  if (name === 'ephemeral-storage') return refuse(`${byteText} local ephemeral storage resource`)
  return name.startsWith('hugepages-') ? refuse(`${byteText} hugepages resource`) : []
}

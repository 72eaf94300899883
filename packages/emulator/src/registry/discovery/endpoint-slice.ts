/** EndpointSlices (apis/discovery, registry/discovery/endpointslice). */
import { duplicate, type FieldError, type FieldPath, fieldPath, invalid, required, tooMany } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import {
  check,
  type Fields,
  ipWarnings,
  isDNS1123Label,
  isDNS1123Subdomain,
  isLabelValue,
  isQualifiedName,
  parseIP,
  validateDNS1123Label,
  validateDNS1123Subdomain,
  validateEndpointIP,
  validateImmutable,
  validateIP,
  validateLegacyIP,
  validateOneOf,
  validateRequiredOneOf,
} from '../../apimachinery/validation/index.ts'
import { differ, raiseGeneration } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const [typePath, portsPath, endpointsPath] = [fieldPath('addressType'), fieldPath('ports'), fieldPath('endpoints')]
const limits = { ports: 20_000, endpoints: 1000, addresses: 100, hints: 8 }
/** Controllers whose addresses are theirs to answer for. */
const trustedManagers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']

const endpointsOf = (object: KubeObject): Fields[] => object['endpoints'] ?? []

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const unchanged = old !== undefined && !differ(object['endpoints'], old['endpoints'])
  return [
    ...validateRequiredOneOf(object['addressType'], ['FQDN', 'IPv4', 'IPv6'], typePath),
    ...validatePorts(object['ports'] ?? []),
    ...(unchanged ? [] : validateEndpoints(endpointsOf(object), object['addressType'])),
  ]
}

function validatePorts(ports: Fields[]): FieldError[] {
  if (ports.length > limits.ports) return [tooMany(portsPath, ports.length, limits.ports)]
  const names = ports.map(({ name }) => name ?? '')
  return ports.flatMap(({ protocol, appProtocol }, i) => {
    const path = portsPath.index(i)
    return [
      ...(names[i] === '' ? [] : validateDNS1123Label(names[i], path.child('name'))),
      ...(names.indexOf(names[i]) < i ? [duplicate(path.child('name'), names[i])] : []),
      ...validateOneOf(protocol, ['SCTP', 'TCP', 'UDP'], path.child('protocol')),
      ...(appProtocol === undefined ? [] : check(isQualifiedName, appProtocol, path.child('appProtocol'))),
    ]
  })
}

function validateEndpoints(endpoints: Fields[], addressType: string): FieldError[] {
  if (endpoints.length > limits.endpoints) return [tooMany(endpointsPath, endpoints.length, limits.endpoints)]
  return endpoints.flatMap((endpoint, i) => {
    const path = endpointsPath.index(i)
    const { nodeName, hostname, hints } = endpoint
    return [
      ...validateAddresses(endpoint['addresses'] ?? [], addressType, path.child('addresses')),
      ...(nodeName === undefined ? [] : validateDNS1123Subdomain(nodeName, path.child('nodeName'))),
      ...(hostname === undefined ? [] : validateDNS1123Label(hostname, path.child('hostname'))),
      ...(hints ? validateHints(hints, path.child('hints')) : []),
    ]
  })
}

function validateAddresses(addresses: string[], addressType: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (addresses.length === 0) errors.push(required(path, 'must contain at least 1 address'))
  if (addresses.length > limits.addresses) errors.push(tooMany(path, addresses.length, limits.addresses))
  return [...errors, ...addresses.flatMap((address, i) => validateAddress(address, addressType, path, path.index(i)))]
}

function validateAddress(address: string, addressType: string, listPath: FieldPath, path: FieldPath): FieldError[] {
  if (addressType === 'FQDN') return validateFullyQualifiedDomainName(address, path)
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return []
  const errors = addressType === 'IPv4' ? validateLegacyIP(address, path) : validateIP(address, path)
  if (errors.length > 0) return errors
  const fits = `IPv${parseIP(address)!.family}` === addressType
  return [...(fits ? [] : [invalid(listPath, address, `must be an ${addressType} address`)]), ...validateEndpointIP(address, path)]
}

function validateFullyQualifiedDomainName(value: string, path: FieldPath): FieldError[] {
  if (value === '') return [required(path)]
  const name = value.endsWith('.') ? value.slice(0, -1) : value
  const errors = isDNS1123Subdomain(name)
  if (errors.length > 0) return [invalid(path, name, errors.join(','))]
  const labels = name.split('.')
  if (labels.length < 2) return [invalid(path, name, 'should be a domain with at least two segments separated by dots')]
  const bad = labels.find((label) => isDNS1123Label(label).length > 0)
  return bad === undefined ? [] : [invalid(path, bad, isDNS1123Label(bad).join(','))]
}

function validateHints({ forZones, forNodes }: Fields, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const lists = [
    { list: forZones ?? [], at: path.child('forZones'), rule: isLabelValue },
    { list: forNodes ?? [], at: path.child('forNodes'), rule: isDNS1123Subdomain },
  ]
  for (const { list, at, rule } of lists) {
    if (list.length > limits.hints) return [...errors, tooMany(at, list.length, limits.hints)]
    const names: string[] = list.map(({ name = '' }: Fields) => name)
    for (const [i, name] of names.entries()) {
      const namePath = at.index(i).child('name')
      if (names.indexOf(name) < i) errors.push(duplicate(namePath, name))
      errors.push(...check(rule, name, namePath))
    }
  }
  return errors
}

/** Topology is a field of an older version: it stays only where nothing changes. */
function dropTopology(object: KubeObject, old?: KubeObject): void {
  if (old !== undefined && !differ(object['endpoints'], old['endpoints'])) return
  for (const endpoint of endpointsOf(object)) delete endpoint['deprecatedTopology']
}

function addressWarnings(object: KubeObject): string[] {
  if (trustedManagers.includes(object.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return []
  return endpointsOf(object).flatMap(({ addresses }, i) =>
    (addresses ?? []).flatMap((address: string, j: number) => ipWarnings(address, endpointsPath.index(i).child('addresses').index(j))),
  )
}

export const endpointSlice: Strategy = {
  metadataChecksOnUpdate: ['object'],
  applyDefaults(object) {
    for (const port of object['ports'] ?? []) {
      port.name ??= ''
      port.protocol ??= 'TCP'
    }
  },
  prepareForCreate(object) {
    object.metadata.generation = 1
    dropTopology(object)
  },
  prepareForUpdate(object, old) {
    const { metadata, ...content } = object
    const { metadata: oldMetadata, ...oldContent } = old
    raiseGeneration(object, old, differ(content, oldContent) || differ(metadata.labels, oldMetadata.labels))
    dropTopology(object, old)
  },
  validate: (object) => validate(object),
  validateUpdate: (object, old) => [...validate(object, old), ...validateImmutable(object['addressType'], old['addressType'], typePath)],
  warningsOnCreate: (object) => [
    ...(object['addressType'] === 'FQDN' ? [`${fieldPath('spec').child('addressType')}: FQDN endpoints are deprecated`] : []),
    ...addressWarnings(object),
  ],
  warningsOnUpdate: addressWarnings,
}

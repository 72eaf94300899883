import { type FieldError, type FieldPath, fieldPath, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import {
  check,
  checkNumber,
  type Fields,
  ipWarnings,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidPortNum,
  semanticEqual,
  validateDNS1123Label,
  validateEndpointIP,
  validateLegacyIP,
  validateRequiredOneOf,
} from '../../apimachinery/validation/index.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { validateMetadataAgain } from './metadata.ts'

function validateSubsets({ subsets = [] }: KubeObject): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }: Fields, i: number) => {
    const at = fieldPath('subsets').index(i)
    const each = (list: Fields[], field: string) => list.flatMap((address, j) => validateAddress(address, at.child(field).index(j)))
    return [
      ...(addresses.length + notReadyAddresses.length === 0 ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...each(addresses, 'addresses'),
      ...each(notReadyAddresses, 'notReadyAddresses'),
      ...ports.flatMap((port: Fields, j: number) => validatePort(port, ports.length > 1, at.child('ports').index(j))),
    ]
  })
}

function validateAddress({ ip = '', hostname = '', nodeName }: Fields, path: FieldPath): FieldError[] {
  return [
    ...validateLegacyIP(ip, path.child('ip')),
    ...(hostname === '' ? [] : validateDNS1123Label(hostname, path.child('hostname'))),
    ...(nodeName === undefined ? [] : check(isDNS1123Subdomain, nodeName, path.child('nodeName'))),
    ...validateEndpointIP(ip, path.child('ip')),
  ]
}

function validatePort({ name = '', port = 0, protocol, appProtocol }: Fields, nameRequired: boolean, path: FieldPath): FieldError[] {
  const at = path.child('name')
  return [
    ...(name === '' ? (nameRequired ? [required(at)] : []) : validateDNS1123Label(name, at)),
    ...checkNumber(isValidPortNum, port, path.child('port')),
    ...validateRequiredOneOf(protocol, ['SCTP', 'TCP', 'UDP'], path.child('protocol')),
    ...(appProtocol === undefined ? [] : check(isQualifiedName, appProtocol, path.child('appProtocol'))),
  ]
}

/** The controller's own endpoints are not warned of. */
function warnings({ metadata, subsets = [] }: KubeObject): string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return []
  return subsets.flatMap((subset: Fields, i: number) =>
    ['addresses', 'notReadyAddresses'].flatMap((field) =>
      (subset[field] ?? []).flatMap(({ ip = '' }: Fields, j: number) =>
        ipWarnings(ip, fieldPath('subsets').index(i).child(field).index(j).child('ip')),
      ),
    ),
  )
}

export const endpointsStrategy: Strategy = {
  applyDefaults({ subsets }) {
    for (const { ports = [] } of (subsets ?? []) as Fields[]) for (const port of ports) port.protocol ||= 'TCP'
  },
  validate: (endpoints) => [...validateKubeFinalizers(endpoints.metadata), ...validateSubsets(endpoints)],
  validateUpdate: (endpoints, old) => [
    ...validateKubeFinalizers(endpoints.metadata),
    ...validateMetadataAgain(endpoints),
    ...(semanticEqual(endpoints['subsets'], old['subsets']) ? [] : validateSubsets(endpoints)),
  ],
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  allowCreateOnUpdate: true,
}

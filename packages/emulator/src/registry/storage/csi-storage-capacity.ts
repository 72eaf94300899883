/** CSIStorageCapacities (apis/storage, registry/storage/csistoragecapacity). */
import { type FieldError, fieldPath } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { validateDNS1123Subdomain, validateImmutable, validateLabelSelector } from '../../apimachinery/validation/index.ts'
import { nodeLabelDeprecation, nodeSelectorTermWarnings } from '../core/pod/node-labels.ts'
import { validateNonNegativeQuantity } from '../core/resource-names.ts'
import { isUsableSelector, showSelector } from '../field-checks.ts'
import type { Strategy } from '../strategy.ts'

const [topologyPath, classPath] = [fieldPath('nodeTopology'), fieldPath('storageClassName')]

const validate = ({ nodeTopology, storageClassName = '', capacity }: KubeObject, allowInvalidValues = false): FieldError[] => [
  ...validateLabelSelector(nodeTopology, topologyPath, { allowInvalidValues }),
  ...validateDNS1123Subdomain(storageClassName, classPath),
  ...(capacity === undefined ? [] : validateNonNegativeQuantity(capacity, fieldPath('capacity'))),
]

function warnings({ nodeTopology }: KubeObject): string[] {
  if (!nodeTopology) return []
  const labels = Object.keys(nodeTopology.matchLabels ?? {}).flatMap((key) => {
    const text = nodeLabelDeprecation(key)
    return text === undefined ? [] : [`${topologyPath.child('matchLabels').child(key)}: ${text}`]
  })
  return [...nodeSelectorTermWarnings(nodeTopology, topologyPath, false), ...labels]
}

export const csiStorageCapacity: Strategy = {
  metadataChecksOnUpdate: ['object', 'update'],
  allowUnconditionalUpdate: false,
  validate: (object) => validate(object),
  validateUpdate: (object, old) => [
    ...validate(object, !isUsableSelector(old['nodeTopology'], topologyPath)),
    ...validateImmutable(showSelector(object['nodeTopology']), showSelector(old['nodeTopology']), topologyPath),
    ...validateImmutable(object['storageClassName'], old['storageClassName'], classPath),
  ],
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
}

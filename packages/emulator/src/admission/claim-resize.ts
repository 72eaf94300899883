import type { KubeObject } from '../apimachinery/object.ts'
import { compareQuantities, parseQuantity } from '../apimachinery/quantity.ts'
import { type AdmissionPlugin, type AdmissionSource, isFor, refusal } from './plugin.ts'

const sizeOf = ({ spec }: KubeObject) => parseQuantity(spec?.resources?.requests?.storage ?? '0')
const classOf = ({ metadata, spec }: KubeObject): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''

/** Claims grow once they are bound, and where their class lets them (the PersistentVolumeClaimResize plugin). */
export function claimResizePlugin({ lookup }: AdmissionSource): AdmissionPlugin {
  const mayGrow = (claim: KubeObject, old: KubeObject): boolean => {
    const name = classOf(claim)
    if (name === '' || name !== classOf(old)) return false
    return lookup({ group: 'storage.k8s.io', resource: 'storageclasses' }, '', name)?.['allowVolumeExpansion'] === true
  }
  return {
    validate(attributes) {
      const { object, oldObject, operation } = attributes
      if (object === undefined || operation !== 'UPDATE' || !isFor(attributes, '', 'persistentvolumeclaims')) return
      if (compareQuantities(sizeOf(object), sizeOf(oldObject!)) <= 0) return
      if (oldObject!['status']?.phase !== 'Bound') throw refusal(attributes, 'Only bound persistent volume claims can be expanded')
      if (mayGrow(object, oldObject!)) return
      const why = 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
      throw refusal(attributes, why)
    },
  }
}

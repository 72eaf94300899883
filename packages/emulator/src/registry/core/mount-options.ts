/** Options of a volume that its old annotation gives (volume/validation). */
import { type FieldError, fieldPath, forbidden } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'

const mountOptions = 'volume.beta.kubernetes.io/mount-options'
const mountable = [
  ...['gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'nfs', 'rbd', 'quobyte', 'iscsi', 'cinder', 'cephfs', 'azureFile'],
  ...['vsphereVolume', 'azureDisk', 'photonPersistentDisk'],
]

/** Only volumes of these types have options that this old annotation may give. */
export function validateMountOptions({ metadata, spec }: KubeObject): FieldError[] {
  if (metadata.annotations?.[mountOptions] === undefined || mountable.some((type) => spec[type])) return []
  return [forbidden(fieldPath('metadata').child('annotations', mountOptions), 'may not specify mount options for this volume type')]
}

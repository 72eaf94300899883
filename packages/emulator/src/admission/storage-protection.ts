import { type AdmissionPlugin, isFor } from './plugin.ts'

/** By group and resource. */
const finalizers: Record<string, string> = {
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
}

/** Volumes, claims and attributes that are in use wait with their deletion (the StorageObjectInUseProtection plugin). */
export const storageProtectionPlugin: AdmissionPlugin = {
  admit(attributes) {
    const { definition, object, operation } = attributes
    const finalizer = finalizers[`${definition.group}/${definition.resource}`]
    if (object === undefined || operation !== 'CREATE' || finalizer === undefined) return
    if (!isFor(attributes, definition.group, definition.resource)) return
    const { metadata } = object
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
  },
}

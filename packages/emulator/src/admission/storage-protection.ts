import { type AdmissionPlugin, isFor } from './plugin.ts'

const finalizers: Record<string, string> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
}

/** Volumes and claims that are in use wait with their deletion (the StorageObjectInUseProtection plugin). */
export const storageProtectionPlugin: AdmissionPlugin = {
  admit(attributes) {
    const { definition, object, operation } = attributes
    const finalizer = finalizers[definition.resource]
    if (object === undefined || operation !== 'CREATE' || finalizer === undefined || !isFor(attributes, '', definition.resource)) return
    const { metadata } = object
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
  },
}

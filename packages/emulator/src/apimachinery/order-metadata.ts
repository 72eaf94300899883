import type { ObjectMeta } from './object.ts'

/** The fields of metadata in the order of meta/v1 ObjectMeta. */
const order = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const

/** Metadata as the server writes it; custom resources have their fields by name. */
export function orderMetadata(metadata: ObjectMeta, byName: boolean): ObjectMeta {
  const names = byName ? [...order].sort() : order
  return Object.fromEntries(names.filter((name) => metadata[name] !== undefined).map((name) => [name, metadata[name]]))
}

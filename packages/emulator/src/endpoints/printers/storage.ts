import type { KubeObject } from '../../apimachinery/object.ts'
import { formatAmount, unset } from './cell-text.ts'
import { ageOf, named, nameOf, type RowPrinters } from './row-printer.ts'

export const storagePrinters: RowPrinters = {
  persistentvolumes: {
    cells: (object, ages) => {
      const { spec = {}, status = {} } = object
      return [
        nameOf(object),
        formatAmount(spec.capacity?.storage),
        formatAccessModes(spec.accessModes),
        spec.persistentVolumeReclaimPolicy ?? '',
        phaseOf(object),
        spec.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
        classOf(object),
        spec.volumeAttributesClassName ?? unset,
        status.reason ?? '',
        ageOf(object, ages),
        spec.volumeMode ?? unset,
      ]
    },
  },
  persistentvolumeclaims: {
    cells: (object, ages) => {
      const { spec = {}, status = {} } = object
      const volume = spec.volumeName ?? ''
      return [
        nameOf(object),
        phaseOf(object),
        volume,
        volume === '' ? '' : formatAmount(status.capacity?.storage),
        volume === '' ? '' : formatAccessModes(status.accessModes),
        classOf(object),
        spec.volumeAttributesClassName ?? unset,
        ageOf(object, ages),
        spec.volumeMode ?? unset,
      ]
    },
  },
  'storageclasses.storage.k8s.io': {
    cells: (object, ages) => {
      const isDefault = defaultAnnotations.some((name) => object.metadata.annotations?.[name] === 'true')
      return [
        isDefault ? `${nameOf(object)} (default)` : nameOf(object),
        object['provisioner'] ?? '',
        object['reclaimPolicy'] ?? 'Delete',
        object['volumeBindingMode'] ?? 'Immediate',
        object['allowVolumeExpansion'] ?? false,
        ageOf(object, ages),
      ]
    },
  },
  'csinodes.storage.k8s.io': named(({ spec }) => [(spec?.drivers ?? []).length]),
  'csidrivers.storage.k8s.io': named(({ spec = {} }) => [
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    spec.tokenRequests?.map(({ audience = '' }: { audience?: string }) => audience).join(',') ?? unset,
    spec.requiresRepublish ?? false,
    (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
  ]),
  'volumeattachments.storage.k8s.io': named(({ spec = {}, status = {} }) => [
    spec.attacher ?? '',
    spec.source?.persistentVolumeName ?? '',
    spec.nodeName ?? '',
    status.attached ?? false,
  ]),
  'volumeattributesclasses.storage.k8s.io': named(({ driverName }) => [driverName ?? '']),
}

const defaultAnnotations = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

const phaseOf = ({ metadata, status }: KubeObject): string =>
  metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating'

const classOf = ({ metadata, spec }: KubeObject): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''

const shortModes = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }

const formatAccessModes = (modes: readonly string[] = []) =>
  Object.entries(shortModes)
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',')

import type { Strategy } from '../strategy.ts'
import { csiDriver } from './csi-driver.ts'
import { csiNode } from './csi-node.ts'
import { csiStorageCapacity } from './csi-storage-capacity.ts'
import { storageClass } from './storage-class.ts'
import { volumeAttachment } from './volume-attachment.ts'
import { volumeAttributesClass } from './volume-attributes-class.ts'

/** Strategies of the group storage.k8s.io, by resource. */
export const storageStrategies: Record<string, Strategy> = {
  storageclasses: storageClass,
  csidrivers: csiDriver,
  csinodes: csiNode,
  csistoragecapacities: csiStorageCapacity,
  volumeattachments: volumeAttachment,
  volumeattributesclasses: volumeAttributesClass,
}

import type { Fields } from '../../../apimachinery/validation/index.ts'
import { roundUpToMilli } from '../quantities.ts'
import { defaultPullPolicy } from './image-name.ts'

const fileMode = 0o644

/** Defaults of a volume's source, by the name of its field. A missing field and '' are alike. */
const sourceDefaults: Record<string, Fields> = {
  secret: { defaultMode: fileMode },
  configMap: { defaultMode: fileMode },
  downwardAPI: { defaultMode: fileMode },
  projected: { defaultMode: fileMode },
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
}
/** Pointers: '' is a value there. */
const pointerFields = new Set(['cachingMode', 'kind', 'type'])

export function applyVolumeSourceDefaults(source: Fields): void {
  for (const [type, defaults] of Object.entries(sourceDefaults)) {
    if (!source[type]) continue
    for (const [field, value] of Object.entries(defaults)) {
      const current = source[type][field]
      if (current === undefined || (current === '' && !pointerFields.has(field) && type !== 'azureDisk')) source[type][field] = value
    }
  }
}

export function applyVolumeDefaults(volume: Fields): void {
  if (Object.keys(volume).every((field) => field === 'name' || volume[field] === undefined)) volume.emptyDir = {}
  applyVolumeSourceDefaults(volume)
  for (const file of volume.downwardAPI?.items ?? []) applyFileDefaults(file)
  for (const source of volume.projected?.sources ?? []) {
    for (const file of source.downwardAPI?.items ?? []) applyFileDefaults(file)
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600
  }
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? '')
  const claim = volume.ephemeral?.volumeClaimTemplate
  if (!claim) return
  claim.spec ??= {}
  applyClaimSpecDefaults(claim.spec)
}

function applyFileDefaults({ fieldRef }: Fields): void {
  if (fieldRef) fieldRef.apiVersion ||= 'v1'
}

/** The defaults of a PersistentVolumeClaim's spec, also in templates. */
export function applyClaimSpecDefaults(spec: Fields): void {
  spec.volumeMode ??= 'Filesystem'
  for (const list of [spec.resources?.limits, spec.resources?.requests]) {
    for (const [name, quantity] of Object.entries(list ?? {})) list[name] = roundUpToMilli(quantity as string)
  }
}

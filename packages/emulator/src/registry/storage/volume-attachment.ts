/** VolumeAttachments (apis/storage, registry/storage/volumeattachment). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required, tooLong } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { byteLength, type Fields, rangeError, validateDNS1123Subdomain, validateImmutable } from '../../apimachinery/validation/index.ts'
import { validateInlineVolume } from '../core/persistent-volume.ts'
import { applyVolumeSourceDefaults } from '../core/pod/volume-defaults.ts'
import { roundUpToMilli } from '../core/quantities.ts'
import { showInternal } from '../internal-values.ts'
import { specAndStatus, statusWithoutMetadata } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { maxMapBytes, validateDriverName, validateMapSize } from './provisioner.ts'

const [specPath, statusPath] = [fieldPath('spec'), fieldPath('status')]
const maxErrorBytes = 1024

function validate({ spec = {}, status = {} }: KubeObject): FieldError[] {
  const { attacher, source = {}, nodeName = '' } = spec
  const volume = source.persistentVolumeName
  return [
    ...validateDriverName(attacher, specPath.child('attacher')),
    ...validateSource(source, specPath.child('source')),
    ...validateDNS1123Subdomain(nodeName, specPath.child('nodeName')),
    ...validateMapSize(status.attachmentMetadata, statusPath.child('attachmentMetadata')),
    ...validateVolumeError(status.attachError, statusPath.child('attachError')),
    ...validateVolumeError(status.detachError, statusPath.child('detachError')),
    ...(volume === undefined ? [] : validateDNS1123Subdomain(volume, specPath.child('source', 'persistentVolumeName'))),
  ]
}

function validateSource({ persistentVolumeName: volume, inlineVolumeSpec }: Fields, path: FieldPath): FieldError[] {
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (volume === undefined && !inlineVolumeSpec) return [required(path, exactlyOne)]
  if (volume !== undefined && inlineVolumeSpec) return [forbidden(path, exactlyOne)]
  if (inlineVolumeSpec) return validateInlineVolume(inlineVolumeSpec, path.child('inlineVolumeSpec'))
  return volume === '' ? [required(path.child('persistentVolumeName'), 'must specify non empty persistentVolumeName')] : []
}

function validateVolumeError(error: Fields | undefined, path: FieldPath): FieldError[] {
  const { message = '', errorCode = 0 } = error ?? {}
  return [
    ...(byteLength(message) > maxErrorBytes ? [tooLong(path.child('message'), maxMapBytes)] : []),
    ...(errorCode < 0 ? [invalid(path.child('errorCode'), errorCode, rangeError(0, 2 ** 31 - 1))] : []),
  ]
}

const show = ({ spec }: KubeObject) => showInternal('storage.VolumeAttachmentSpec', spec)

const validateUpdate = (object: KubeObject, old: KubeObject) => [
  ...validate(object),
  ...validateImmutable(show(object), show(old), specPath),
]

/** The volume has the defaults of its source alone, not those of a PersistentVolume. */
function applyDefaults({ spec }: KubeObject): void {
  const inline: Fields | undefined = spec?.source?.inlineVolumeSpec
  if (!inline) return
  for (const [name, quantity] of Object.entries(inline['capacity'] ?? {})) inline['capacity'][name] = roundUpToMilli(quantity as string)
  applyVolumeSourceDefaults(inline)
}

export const volumeAttachment: Strategy = {
  applyDefaults,
  metadataChecksOnUpdate: ['object'],
  allowUnconditionalUpdate: false,
  returnsDeletedObject: true,
  ...specAndStatus({ emptyStatus: { attached: false }, withoutGeneration: true }),
  validate,
  validateUpdate,
  status: { metadataChecksOnUpdate: ['object'], ...statusWithoutMetadata, validateUpdate },
}

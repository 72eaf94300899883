import { duplicate, type FieldError, type FieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import type { ObjectMeta } from '../../../apimachinery/object.ts'
import { quote } from '../../../apimachinery/quote.ts'
import {
  byteLength,
  type Fields,
  isDNS1123Subdomain,
  validateDNS1123Label,
  validatePresent,
  validateRequiredOneOf,
} from '../../../apimachinery/validation/index.ts'
import { validateClaimTemplate } from '../persistent-volume-claim/spec.ts'
import { isNegative } from '../quantities.ts'
import type { PodValidationOptions } from './options.ts'
import { validateDescendingPath, validateFileMode } from './paths.ts'
import { validateDownwardAPI, validateKeysToPaths, validateProjected } from './projected-volumes.ts'
import { requireFields, type SourceValidator, sharedSources } from './volume-sources.ts'

interface VolumeContext {
  name: string
  podName: string
  options: PodValidationOptions
}

type VolumeValidator = (source: Fields, path: FieldPath, context: VolumeContext) => FieldError[]

const severalTypes = 'may not specify more than 1 volume type'

function validateSecretSource({ secretName, defaultMode, items }: Fields, path: FieldPath): FieldError[] {
  return [
    ...validatePresent(secretName, path.child('secretName')),
    ...validateFileMode(defaultMode, path.child('defaultMode')),
    ...validateKeysToPaths(items, path.child('items')),
  ]
}

function validateConfigMapSource({ name, defaultMode, items }: Fields, path: FieldPath): FieldError[] {
  return [
    ...validatePresent(name, path.child('name')),
    ...validateFileMode(defaultMode, path.child('defaultMode')),
    ...validateKeysToPaths(items, path.child('items')),
  ]
}

function validateEphemeral({ volumeClaimTemplate }: Fields, path: FieldPath): FieldError[] {
  const at = path.child('volumeClaimTemplate')
  return volumeClaimTemplate ? validateClaimTemplate(volumeClaimTemplate, at) : [required(at)]
}

/** Above the path of the volume itself: the claim that would be made for it needs a valid name too. */
function validateEphemeralClaimName(path: FieldPath, { name, podName }: VolumeContext): FieldError[] {
  if (podName === '' || name === '') return []
  const claim = `${podName}-${name}`
  return isDNS1123Subdomain(claim).map((text) => invalid(path.child('name'), name, `PVC name ${quote(claim)}: ${text}`))
}

const shared = (name: string): [string, SourceValidator] => [name, sharedSources[name] as SourceValidator]

/** In the order in which they are looked at: of several types the first is validated, the others are forbidden. */
const sources: [string, VolumeValidator][] = [
  shared('hostPath'),
  [
    'gitRepo',
    (source, path) => [
      ...requireFields('repository')(source, path),
      ...validateDescendingPath(source.directory ?? '', path.child('directory')),
    ],
  ],
  shared('gcePersistentDisk'),
  shared('awsElasticBlockStore'),
  ['secret', validateSecretSource],
  shared('nfs'),
  shared('iscsi'),
  shared('glusterfs'),
  shared('flocker'),
  ['persistentVolumeClaim', requireFields('claimName')],
  shared('rbd'),
  shared('cinder'),
  shared('cephfs'),
  shared('quobyte'),
  ['downwardAPI', validateDownwardAPI],
  shared('fc'),
  shared('flexVolume'),
  ['configMap', validateConfigMapSource],
  shared('azureFile'),
  shared('vsphereVolume'),
  shared('photonPersistentDisk'),
  shared('portworxVolume'),
  shared('azureDisk'),
  shared('storageos'),
  ['projected', (source, path, { options }) => validateProjected(source, path, options)],
  shared('scaleIO'),
  shared('csi'),
  ['ephemeral', validateEphemeral],
  ['image', validateImage],
]
/** Fields whose errors stand at another name than the field's own. */
const validatedAt: Record<string, string> = { gcePersistentDisk: 'persistentDisk' }
const forbiddenAt: Record<string, string> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

function validateImage({ reference, pullPolicy }: Fields, path: FieldPath, { options }: VolumeContext): FieldError[] {
  return [
    ...(options.isPod ? validatePresent(reference, path.child('reference')) : []),
    ...validateRequiredOneOf(pullPolicy, ['Always', 'IfNotPresent', 'Never'], path.child('pullPolicy')),
  ]
}

function validateSource(volume: Fields, path: FieldPath, context: VolumeContext): FieldError[] {
  const errors: FieldError[] = []
  let found = 0
  if (volume.emptyDir) {
    found++
    if (volume.emptyDir.sizeLimit !== undefined && isNegative(volume.emptyDir.sizeLimit)) {
      errors.push(forbidden(path.child('emptyDir', 'sizeLimit'), 'SizeLimit field must be a valid resource quantity'))
    }
  }
  for (const [type, validate] of sources) {
    const source = volume[type]
    if (!source) continue
    if (found++ > 0) errors.push(forbidden(path.child(forbiddenAt[type] ?? type), severalTypes))
    else {
      errors.push(...validate(source, path.child(validatedAt[type] ?? type), context))
      if (type === 'ephemeral') errors.push(...validateEphemeralClaimName(path, context))
    }
    if (type === 'iscsi' && source.initiatorName !== undefined && byteLength(`${context.name}:${source.targetPortal}`) > 64) {
      errors.push(invalid(path.child('name'), context.name, longISCSIName))
    }
  }
  return found === 0 ? [...errors, required(path, 'must specify a volume type')] : errors
}

export const longISCSIName =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'

/** Also gives the valid volumes by name: what mounts may refer to. `meta`: the Pod's, absent for a template. */
export function validateVolumes(
  volumes: readonly Fields[],
  meta: ObjectMeta | undefined,
  path: FieldPath,
  options: PodValidationOptions,
): { errors: FieldError[]; byName: Map<string, Fields> } {
  const podName = meta?.name ?? ''
  const created = new Set(podName === '' ? [] : volumes.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${podName}-${name}`))
  const byName = new Map<string, Fields>()
  const errors: FieldError[] = []
  for (const [i, volume] of volumes.entries()) {
    const at = path.index(i)
    const { name = '' } = volume
    const own = validateSource(volume, at, { name, podName, options })
    own.push(...(name === '' ? [required(at.child('name'))] : validateDNS1123Label(name, at.child('name'))))
    if (byName.has(name)) own.push(duplicate(at.child('name'), name))
    if (own.length === 0) byName.set(name, volume)
    errors.push(...own)
    const claim = volume.persistentVolumeClaim?.claimName
    if (created.has(claim)) {
      const text = 'must not reference a PVC that gets created for an ephemeral volume'
      errors.push(invalid(at.child('persistentVolumeClaim', 'claimName'), claim, text))
    }
  }
  return { errors, byName }
}

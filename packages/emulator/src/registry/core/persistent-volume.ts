import { formatTime } from '../../apimachinery/clock.ts'
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import {
  byteLength,
  type Fields,
  isDNS1123Label,
  nameIsDNSSubdomain,
  semanticEqual,
  validateDNS1123Label,
  validateDNS1123Subdomain,
  validateImmutable,
  validateOneOf,
  validatePresent,
} from '../../apimachinery/validation/index.ts'
import { showInternal } from '../internal-values.ts'
import { keepField } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { validateMetadataAgain } from './metadata.ts'
import { validateMountOptions } from './mount-options.ts'
import { validateAccessModes, validatePositiveQuantity, volumeModes } from './persistent-volume-claim/spec.ts'
import { hasInvalidNodeSelectorValue, validateNodeSelector } from './pod/affinity.ts'
import { nodeSelectorTermWarnings } from './pod/node-labels.ts'
import { validateNoBacksteps } from './pod/paths.ts'
import { applyVolumeSourceDefaults } from './pod/volume-defaults.ts'
import { requireFields, type SourceValidator, sharedSources, validateCSIDriverName, validateISCSI } from './pod/volume-sources.ts'
import { longISCSIName } from './pod/volumes.ts'
import { isNegative, roundUpToMilli, wholeUnits } from './quantities.ts'
import { diffValues } from './unified-diff.ts'

const specPath = fieldPath('spec')

/** A Secret of any namespace: both parts of its name are needed. */
const secretReference = (source: Fields, path: FieldPath) =>
  source['secretRef'] ? requireFields('name', 'namespace')(source['secretRef'], path.child('secretRef')) : []

const shared = (name: string) => sharedSources[name] as SourceValidator

function validateGlusterfs(source: Fields, path: FieldPath): FieldError[] {
  const errors = requireFields('endpoints', 'path')(source, path)
  const namespace: string | undefined = source['endpointsNamespace']
  if (namespace === undefined) return errors
  const at = path.child('endpointsNamespace')
  const texts = namespace === '' ? ['if the endpointnamespace is set, it must be a valid namespace name'] : isDNS1123Label(namespace)
  return [...errors, ...texts.map((text) => invalid(at, namespace, text))]
}

const secretReferences = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef']

function validateCSI(source: Fields, path: FieldPath): FieldError[] {
  const errors = [...validateCSIDriverName(source['driver'] ?? '', path.child('driver')), ...requireFields('volumeHandle')(source, path)]
  for (const field of secretReferences) {
    if (!source[field]) continue
    const { name = '', namespace = '' } = source[field]
    const at = path.child(field)
    errors.push(...(name === '' ? [required(at.child('name'))] : validateDNS1123Subdomain(name, at.child('name'))))
    errors.push(...(namespace === '' ? [required(at.child('namespace'))] : validateDNS1123Label(namespace, at.child('namespace'))))
  }
  return errors
}

function validateAzureFile(source: Fields, path: FieldPath): FieldError[] {
  const errors = requireFields('secretName', 'shareName')(source, path)
  // A field of Go that is written as null when it has no value.
  return (source['secretNamespace'] ?? undefined) === undefined ? errors : [...errors, ...requireFields('secretNamespace')(source, path)]
}

function validateLocal({ path: local = '' }: Fields, path: FieldPath): FieldError[] {
  return local === '' ? [required(path.child('path'))] : validateNoBacksteps(local, path.child('path'))
}

function validateISCSISource(source: Fields, path: FieldPath): FieldError[] {
  const errors = validateISCSI('must be valid format')(source, path)
  return source['secretRef'] ? [...errors, ...requireFields('name')(source['secretRef'], path.child('secretRef'))] : errors
}

/** In the order in which they are looked at. */
const sources: [string, SourceValidator][] = [
  ['hostPath', shared('hostPath')],
  ['gcePersistentDisk', (source, path) => shared('gcePersistentDisk')(source, siblingOf(path, 'persistentDisk'))],
  ['awsElasticBlockStore', shared('awsElasticBlockStore')],
  ['glusterfs', validateGlusterfs],
  ['flocker', shared('flocker')],
  ['nfs', shared('nfs')],
  ['rbd', shared('rbd')],
  ['quobyte', shared('quobyte')],
  ['cephfs', shared('cephfs')],
  ['iscsi', validateISCSISource],
  ['cinder', (source, path) => [...requireFields('volumeID')(source, path), ...secretReference(source, path)]],
  ['fc', shared('fc')],
  ['flexVolume', shared('flexVolume')],
  ['azureFile', validateAzureFile],
  ['vsphereVolume', shared('vsphereVolume')],
  ['photonPersistentDisk', shared('photonPersistentDisk')],
  ['portworxVolume', shared('portworxVolume')],
  ['azureDisk', shared('azureDisk')],
  ['scaleIO', shared('scaleIO')],
  ['local', validateLocal],
  ['storageos', (source, path) => [...shared('storageos')({ ...source, secretRef: undefined }, path), ...secretReference(source, path)]],
  ['csi', validateCSI],
]
const sourceNames = sources.map(([name]) => name)

const siblingOf = (path: FieldPath, name: string) => fieldPath(`${String(path).replace(/[^.]+$/, '')}${name}`)

function applyDefaults(volume: KubeObject): void {
  volume['spec'] ??= {}
  volume['status'] ??= {}
  volume['status'].phase ||= 'Pending'
  const { spec } = volume
  spec.persistentVolumeReclaimPolicy ||= 'Retain'
  spec.volumeMode ??= 'Filesystem'
  for (const [name, quantity] of Object.entries(spec.capacity ?? {})) spec.capacity[name] = roundUpToMilli(quantity as string)
  applyVolumeSourceDefaults(spec)
}

function validateSpec(spec: Fields, name: string, options: { allowInvalidNodeAffinity?: boolean }): FieldError[] {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy = '', storageClassName = '', volumeMode, nodeAffinity } = spec
  const errors = [
    ...validatePresent(accessModes, specPath.child('accessModes')),
    ...validateAccessModes(accessModes, specPath.child('accessModes')),
    ...validateCapacity(spec),
    ...(policy === '' ? [] : validateOneOf(policy, ['Delete', 'Recycle', 'Retain'], specPath.child('persistentVolumeReclaimPolicy'))),
  ]
  if (nodeAffinity) {
    const at = specPath.child('nodeAffinity', 'required')
    errors.push(
      ...(nodeAffinity.required
        ? validateNodeSelector(nodeAffinity.required, at, options.allowInvalidNodeAffinity)
        : [required(at, 'must specify required node constraints')]),
    )
  }
  errors.push(...validateSources(spec, name, specPath))
  if (spec['hostPath'] && isRoot(spec['hostPath'].path ?? '') && policy === 'Recycle') {
    errors.push(forbidden(specPath.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"))
  }
  if (storageClassName !== '') errors.push(...validateDNS1123Subdomain(storageClassName, specPath.child('storageClassName')))
  if (volumeMode !== undefined) errors.push(...validateOneOf(volumeMode, volumeModes, specPath.child('volumeMode')))
  return [...errors, ...validateAttributesClass(spec)]
}

const isRoot = (path: string) => path.startsWith('/') && path.split('/').every((part) => part === '' || part === '.')

function validateCapacity(spec: Fields): FieldError[] {
  const { capacity = {} } = spec
  const path = specPath.child('capacity')
  const names = Object.keys(capacity)
  const unsupported = capacity.storage === undefined || names.length > 1
  const shown = names.length === 0 ? emptiedMember(spec, 'capacity') : Object.fromEntries(Object.entries(capacity).sort())
  return [
    ...(names.length === 0 ? [required(path)] : []),
    ...(unsupported ? [notSupported(path, shown, ['storage'])] : []),
    ...Object.entries<string>(capacity).flatMap(([name, quantity]) => [
      ...(isNegative(quantity) ? [invalid(path.key(name), Number(wholeUnits(quantity)), 'must be a valid resource quantity')] : []),
      ...validatePositiveQuantity(quantity, path.key(name)),
    ]),
  ]
}

function validateSources(spec: Fields, name: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  let found = 0
  for (const [type, validate] of sources) {
    const source = spec[type]
    if (!source) continue
    if (found++ > 0 && type !== 'flexVolume') {
      errors.push(forbidden(path.child(type === 'cephfs' ? 'cephFS' : type), 'may not specify more than 1 volume type'))
      continue
    }
    if (type === 'iscsi' && source.initiatorName !== undefined && byteLength(`${name}:${source.targetPortal}`) > 64) {
      errors.push(invalid(path.child('iscsi', 'targetportal'), source.targetPortal, longISCSIName))
    }
    errors.push(...validate(source, path.child(type)))
    if (type === 'local' && (path !== specPath || !spec['nodeAffinity']))
      errors.push(required(path.child('nodeAffinity'), 'Local volume requires node affinity'))
  }
  return found === 0 ? [...errors, required(path, 'must specify a volume type')] : errors
}

const notInline = 'may not be specified in the context of inline volumes'

/** The spec of a volume that stands in a VolumeAttachment instead of having an object of its own. */
export function validateInlineVolume(spec: Fields, path: FieldPath): FieldError[] {
  const { accessModes = [], capacity = {}, persistentVolumeReclaimPolicy: policy = '', storageClassName = '', volumeMode } = spec
  const unless = (holds: boolean, name: string, text = notInline) => (holds ? [] : [forbidden(path.child(name), text)])
  return [
    ...unless(!spec['claimRef'], 'claimRef'),
    ...unless(Object.keys(capacity).length === 0, 'capacity'),
    ...(spec['csi'] ? [] : [required(path.child('csi'), 'has to be specified in the context of inline volumes')]),
    ...validatePresent(accessModes, path.child('accessModes')),
    ...validateAccessModes(accessModes, path.child('accessModes')),
    ...unless(policy === '' || policy === 'Retain', 'persistentVolumeReclaimPolicy', 'may only be Retain in the context of inline volumes'),
    ...unless(!spec['nodeAffinity'], 'nodeAffinity'),
    ...validateSources(spec, '', path),
    ...unless(
      !(spec['hostPath'] && isRoot(spec['hostPath'].path ?? '') && policy === 'Recycle'),
      'persistentVolumeReclaimPolicy',
      "may not be 'recycle' for a hostPath mount of '/'",
    ),
    ...unless(storageClassName === '', 'storageClassName'),
    ...unless(
      volumeMode === undefined || volumeMode === 'Filesystem',
      'volumeMode',
      'may not specify volumeMode other than Filesystem in the context of inline volumes',
    ),
  ]
}

function validateAttributesClass({ volumeAttributesClassName: name, csi }: Fields): FieldError[] {
  if (name === undefined) return []
  const at = specPath.child('volumeAttributesClassName')
  return [
    ...(name === '' ? [required(at, 'an empty string is disallowed')] : validateDNS1123Subdomain(name, at)),
    ...(csi ? [] : [required(specPath.child('csi'), 'has to be specified when using volumeAttributesClassName')]),
  ]
}

/** Of the spec the source, the mode and the nodes stay. The server looks at all of a changed volume twice. */
function validateUpdate(volume: KubeObject, old: KubeObject): FieldError[] {
  const spec: Fields = volume['spec']
  const before: Fields = old['spec']
  const options = { allowInvalidNodeAffinity: hasInvalidNodeSelectorValue(before['nodeAffinity']?.required) }
  const specErrors = validateSpec(spec, volume.metadata.name ?? '', options)
  const metadataErrors = validateMetadataAgain(volume, nameIsDNSSubdomain, false)
  const errors = [
    ...metadataErrors,
    ...specErrors,
    ...validateMountOptions(volume),
    ...metadataErrors,
    ...specErrors,
    ...validateSameSource(spec, before),
  ]
  errors.push(...validateImmutable(spec['volumeMode'], before['volumeMode'], fieldPath('volumeMode')))
  if (before['nodeAffinity'] && !semanticEqual(withCurrentLabels(before['nodeAffinity'], spec['nodeAffinity']), spec['nodeAffinity'])) {
    const text = 'field is immutable, except for updating from beta label to GA'
    errors.push(invalid('nodeAffinity', showInternal('*core.VolumeNodeAffinity', spec['nodeAffinity']), text))
  }
  const dropped = before['volumeAttributesClassName'] !== undefined && spec['volumeAttributesClassName'] === undefined
  if (dropped) errors.push(forbidden(specPath.child('volumeAttributesClassName'), 'update from non-nil value to nil is forbidden'))
  return errors
}

function validateSameSource(spec: Fields, old: Fields): FieldError[] {
  const pick = (of: Fields): Fields => Object.fromEntries(sourceNames.filter((name) => of[name]).map((name) => [name, { ...of[name] }]))
  const [source, before] = [pick(spec), pick(old)]
  if (before['csi'] && source['csi'] && !before['csi'].controllerExpandSecretRef) delete source['csi'].controllerExpandSecretRef
  if (semanticEqual(source, before)) return []
  const show = (of: Fields) => showInternal('core.PersistentVolumeSource', of)
  const text = `spec.persistentvolumesource is immutable after creation\n${diffValues(show(before), show(source))}`
  return [forbidden(specPath.child('persistentvolumesource'), text)]
}

const currentLabels: Record<string, string> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
}

/** The old affinity, its labels renamed where the new one has renamed them. */
function withCurrentLabels(old: Fields, affinity: Fields | undefined): Fields {
  const terms: Fields[] = old['required']?.nodeSelectorTerms ?? []
  const renamed = terms.map((term, i) => ({
    ...term,
    matchExpressions: (term['matchExpressions'] ?? []).map((expression: Fields, j: number) => {
      const renamed = affinity?.['required']?.nodeSelectorTerms?.[i]?.matchExpressions?.[j]
      // A label without another name has the empty one.
      return renamed && (currentLabels[expression['key']] ?? '') === (renamed.key ?? '') ? { ...expression, key: renamed.key } : expression
    }),
  }))
  return { ...old, required: { ...old['required'], nodeSelectorTerms: renamed } }
}

const oldAnnotations: Record<string, string> = {
  'volume.beta.kubernetes.io/storage-class': 'deprecated since v1.8; use "storageClassName" attribute instead',
  'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
}
const oldSources: [string, string, string][] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]
const recycling = 'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'

function warnings({ metadata, spec = {} }: KubeObject): string[] {
  const termsPath = specPath.child('nodeAffinity', 'required', 'nodeSelectorTerms')
  return [
    ...Object.entries(oldAnnotations)
      .filter(([key]) => metadata.annotations?.[key] !== undefined)
      .map(([key, text]) => `metadata.annotations[${key}]: ${text}`),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [`spec.persistentVolumeReclaimPolicy: ${recycling}`] : []),
    ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term: Fields, i: number) =>
      nodeSelectorTermWarnings(term, termsPath.index(i), false),
    ),
    ...oldSources.filter(([field]) => spec[field]).map(([, shown, text]) => `${specPath.child(shown)}: ${text}`),
  ]
}

export const persistentVolumeStrategy: Strategy = {
  metadataChecksOnUpdate: [],
  applyDefaults,
  prepareForCreate(volume, { clock }) {
    volume['status'] = { phase: 'Pending', lastPhaseTransitionTime: formatTime(clock.now()) }
  },
  prepareForUpdate: (volume, old) => keepField(volume, old, 'status'),
  validate: (volume) => [
    ...validateKubeFinalizers(volume.metadata),
    ...validateSpec(volume['spec'], volume.metadata.name ?? '', {}),
    ...validateMountOptions(volume),
  ],
  validateUpdate,
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  returnsDeletedObject: true,
  status: {
    prepareForUpdate(volume, old, { clock }) {
      keepField(volume, old, 'spec')
      volume['status'] ??= {}
      const { status } = volume
      const before: Fields = old['status'] ?? {}
      const samePhase = status.phase === before['phase']
      if (samePhase && status.lastPhaseTransitionTime === undefined) keepField(status, before, 'lastPhaseTransitionTime')
      const sameTime = [undefined, before['lastPhaseTransitionTime']].includes(status.lastPhaseTransitionTime)
      if (!samePhase && sameTime) status.lastPhaseTransitionTime = formatTime(clock.now())
    },
    validateUpdate: ({ metadata }) => [
      ...validateKubeFinalizers(metadata),
      ...(metadata.resourceVersion ? [] : [required('resourceVersion')]),
    ],
  },
}

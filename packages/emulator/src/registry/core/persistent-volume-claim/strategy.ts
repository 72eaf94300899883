import { deepCopy } from '../../../apimachinery/deep-copy.ts'
import { type FieldError, fieldPath, forbidden, invalid, notSupported, required } from '../../../apimachinery/field-error.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { copyDecoded } from '../../../apimachinery/scheme/emptied.ts'
import {
  check,
  type Fields,
  isQualifiedName,
  semanticEqual,
  validateImmutable,
  validateLabelSelector,
} from '../../../apimachinery/validation/index.ts'
import { showInternal } from '../../internal-values.ts'
import { keepField } from '../../spec-and-status.ts'
import type { Strategy } from '../../strategy.ts'
import { validateKubeFinalizers } from '../finalizers.ts'
import { validateMetadataAgain } from '../metadata.ts'
import { applyPersistentVolumeClaimDefaults } from '../persistent-volume-claim.ts'
import { compareQuantities, isNegative, wholeUnits } from '../quantities.ts'
import { isNativeName } from '../resource-names.ts'
import { diffValues } from '../unified-diff.ts'
import { type ClaimOptions, validateClaimSpec } from './spec.ts'
import { claimSpecWarnings } from './warnings.ts'

const specPath = fieldPath('spec')
const storageClassAnnotation = 'volume.beta.kubernetes.io/storage-class'

/** Sources of other kinds than claims and snapshots stand in dataSourceRef; those two stand in both fields. */
function normalizeDataSources(spec: Fields, old: Fields | undefined): void {
  const { dataSourceRef: reference } = spec
  if (reference?.namespace && !old?.['dataSourceRef']) delete spec['dataSourceRef']
  if (!old?.['dataSource'] && !old?.['dataSourceRef'] && !spec['dataSourceRef'] && !isClaimOrSnapshot(spec['dataSource']))
    delete spec['dataSource']
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) spec['dataSourceRef'] = { ...dataSource }
  else if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { namespace: _, ...local } = dataSourceRef
    spec['dataSource'] = local
  }
}

const isClaimOrSnapshot = ({ kind, apiGroup }: Fields = {}) =>
  (kind === 'PersistentVolumeClaim' && !apiGroup) || (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')

function optionsFor(old: KubeObject): ClaimOptions {
  const { dataSource, dataSourceRef, selector } = old['spec'] ?? {}
  return {
    allowInvalidDataSourceGroup: [dataSource, dataSourceRef].some((source) => (source?.apiGroup ?? null) !== null),
    allowInvalidSelectorValues: validateLabelSelector(selector, specPath).length > 0,
  }
}

function validateUpdate(claim: KubeObject, old: KubeObject): FieldError[] {
  return [
    ...validateKubeFinalizers(claim.metadata),
    ...validateMetadataAgain(claim),
    ...validateClaimSpec(claim['spec'], specPath, optionsFor(old)),
    ...validateUnchanged(claim, old),
    ...validateSize(claim, old),
    ...validateImmutable(claim['spec'].volumeMode, old['spec'].volumeMode, fieldPath('volumeMode')),
    ...validateAttributesClass(claim, old),
  ]
}

/** A bound claim may grow and change its attributes class; one that is not bound gets its volume and its class once. */
function validateUnchanged(claim: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const munged: Fields = copyDecoded(claim['spec'])
  const before: Fields = deepCopy(old['spec'])
  if (!before['volumeName']) keepField(before, munged, 'volumeName')
  const annotation = claim.metadata.annotations?.[storageClassAnnotation]
  const oldAnnotation = old.metadata.annotations?.[storageClassAnnotation]
  const fromAnnotation =
    oldAnnotation !== undefined &&
    before['storageClassName'] === undefined &&
    munged['storageClassName'] === oldAnnotation &&
    (annotation === undefined || annotation === oldAnnotation)
  if (fromAnnotation) delete munged['storageClassName']
  else {
    const at = fieldPath('metadata').child('annotations', storageClassAnnotation)
    if ((annotation ?? '') !== (oldAnnotation ?? '')) errors.push(invalid(at, annotation ?? '', 'field is immutable'))
    const fromNil = munged['storageClassName'] !== undefined && before['storageClassName'] === undefined
    if (fromNil && (oldAnnotation === undefined || munged['storageClassName'] === oldAnnotation)) delete munged['storageClassName']
  }
  if (claim['status']?.phase === 'Bound') {
    if (munged['resources']?.requests) keepField(munged['resources'].requests, before['resources']?.requests ?? {}, 'storage')
    keepField(munged, before, 'volumeAttributesClassName')
  }
  if (semanticEqual(munged, before)) return errors
  const show = (spec: Fields) => showInternal('core.PersistentVolumeClaimSpec', spec)
  const text = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
  return [...errors, forbidden(specPath, `${text}\n${diffValues(show(before), show(munged))}`)]
}

/** Growth that failed may be taken back as far as what the volume has got. */
function validateSize(claim: KubeObject, old: KubeObject): FieldError[] {
  const size = ({ spec }: KubeObject): string => spec.resources?.requests?.storage ?? '0'
  if (compareQuantities(size(claim), size(old)) >= 0) return []
  if (compareQuantities(size(claim), old['status']?.capacity?.storage ?? '0') > 0) return []
  return [forbidden(specPath.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity')]
}

function validateAttributesClass(claim: KubeObject, old: KubeObject): FieldError[] {
  const name: string | undefined = claim['spec'].volumeAttributesClassName
  if (name === old['spec'].volumeAttributesClassName || old['status']?.currentVolumeAttributesClassName === undefined) return []
  if (name !== undefined && name !== '') return []
  const what = name === undefined ? 'nil' : 'empty string'
  const text = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`
  return [forbidden(specPath.child('volumeAttributesClassName'), text)]
}

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort()

function validateStatus({ metadata, spec, status = {} }: KubeObject): FieldError[] {
  const path = fieldPath('status')
  const errors = validateKubeFinalizers(metadata)
  if (!metadata.resourceVersion) errors.push(required('resourceVersion'))
  if (!spec.accessModes?.length) errors.push(required('Spec.accessModes'))
  for (const [name, quantity] of Object.entries<string>(status.capacity ?? {})) {
    errors.push(...validateCapacity(quantity, path.child('capacity').key(name)))
  }
  const states = path.child('allocatedResourceStatuses')
  for (const [name, state] of Object.entries<string>(status.allocatedResourceStatuses ?? {})) {
    errors.push(...validateKey(name, states))
    if (!resizeStates.includes(state)) errors.push(notSupported(states, name, resizeStates))
  }
  const allocated = path.child('allocatedResources')
  for (const [name, quantity] of Object.entries<string>(status.allocatedResources ?? {})) {
    const keyErrors = validateKey(name, allocated)
    if (keyErrors.length > 0) errors.push(...keyErrors)
    else errors.push(...validateCapacity(quantity, allocated.key(name)))
  }
  return errors
}

const validateCapacity = (quantity: string, path: { toString(): string }) =>
  isNegative(quantity) ? [invalid(String(path), Number(wholeUnits(quantity)), 'must be a valid resource quantity')] : []

function validateKey(name: string, path: ReturnType<typeof fieldPath>): FieldError[] {
  const errors = check(isQualifiedName, name, path)
  if (errors.length > 0 || !isNativeName(name) || name === 'storage') return errors
  return [notSupported(path, name, ['storage'])]
}

function warnings({ metadata, spec }: KubeObject): string[] {
  const old = metadata.annotations?.[storageClassAnnotation] !== undefined
  const text = `metadata.annotations[${storageClassAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`
  return [...(old ? [text] : []), ...claimSpecWarnings(spec, specPath)]
}

export const persistentVolumeClaimStrategy: Strategy = {
  applyDefaults: applyPersistentVolumeClaimDefaults,
  prepareForCreate(claim) {
    claim['status'] = { phase: 'Pending' }
    normalizeDataSources(claim['spec'], undefined)
  },
  prepareForUpdate(claim, old) {
    keepField(claim, old, 'status')
    normalizeDataSources(claim['spec'], old['spec'])
  },
  validate: (claim) => [...validateKubeFinalizers(claim.metadata), ...validateClaimSpec(claim['spec'], specPath)],
  validateUpdate,
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  returnsDeletedObject: true,
  status: {
    prepareForUpdate: (claim, old) => keepField(claim, old, 'spec'),
    validateUpdate: validateStatus,
  },
}

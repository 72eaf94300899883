import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import {
  check,
  type Fields,
  isDNS1123Label,
  isDNS1123Subdomain,
  validateAnnotations,
  validateLabelSelector,
  validateLabels,
  validateOneOf,
  validatePresent,
} from '../../../apimachinery/validation/index.ts'
import { isPositive, showQuantity } from '../quantities.ts'

export interface ClaimOptions {
  allowInvalidSelectorValues?: boolean
  allowInvalidDataSourceGroup?: boolean
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const volumeModes = ['Block', 'Filesystem']

export function validateAccessModes(modes: readonly string[], path: FieldPath): FieldError[] {
  const errors = modes.flatMap((mode) => validateOneOf(mode, accessModes, path))
  const known = modes.filter((mode) => accessModes.includes(mode))
  if (!known.includes('ReadWriteOncePod') || known.every((mode) => mode === 'ReadWriteOncePod')) return errors
  return [...errors, forbidden(path, 'may not use ReadWriteOncePod with other access modes')]
}

export function validatePositiveQuantity(quantity: string, path: FieldPath): FieldError[] {
  return isPositive(quantity) ? [] : [invalid(path, showQuantity(quantity), 'must be greater than zero')]
}

/** The spec of a PersistentVolumeClaim, also in templates. */
export function validateClaimSpec(spec: Fields, path: FieldPath, options: ClaimOptions = {}): FieldError[] {
  const { accessModes: modes = [], storageClassName, volumeMode, dataSource, dataSourceRef, volumeAttributesClassName } = spec
  const storage = spec.resources?.requests?.storage
  const storagePath = path.child('resources').key('storage')
  return [
    ...validatePresent(modes, path.child('accessModes'), 'at least 1 access mode is required'),
    ...validateLabelSelector(spec.selector, path.child('selector'), { allowInvalidValues: options.allowInvalidSelectorValues === true }),
    ...validateAccessModes(modes, path.child('accessModes')),
    ...(storage === undefined ? [required(storagePath)] : validatePositiveQuantity(storage, storagePath)),
    ...(storageClassName ? check(isDNS1123Subdomain, storageClassName, path.child('storageClassName')) : []),
    ...(volumeMode === undefined ? [] : validateOneOf(volumeMode, volumeModes, path.child('volumeMode'))),
    ...(dataSource ? validateDataSource(dataSource, path.child('dataSource'), options) : []),
    ...(dataSourceRef ? validateDataSource(dataSourceRef, path.child('dataSourceRef'), options) : []),
    ...validateDataSources(spec, path),
    ...(volumeAttributesClassName ? check(isDNS1123Subdomain, volumeAttributesClassName, path.child('volumeAttributesClassName')) : []),
  ]
}

function validateDataSource({ name, kind = '', namespace = '', ...source }: Fields, path: FieldPath, options: ClaimOptions): FieldError[] {
  const apiGroup: string = source['apiGroup'] ?? ''
  const errors = [...validatePresent(name, path.child('name')), ...validatePresent(kind, path.child('kind'))]
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    errors.push(invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  }
  if (apiGroup !== '' && !options.allowInvalidDataSourceGroup) errors.push(...check(isDNS1123Subdomain, apiGroup, path.child('apiGroup')))
  return namespace === '' ? errors : [...errors, ...check(isDNS1123Label, namespace, path.child('namespace'))]
}

/** The two ways to name a source, given both, must agree. */
function validateDataSources({ dataSource, dataSourceRef }: Fields, path: FieldPath): FieldError[] {
  if (!dataSource || !dataSourceRef) return []
  // The API server shows the path itself in place of a value: an object without visible fields.
  const refuse = (text: string) => [invalid(path, {}, text)]
  if (dataSourceRef.namespace) return refuse('may not be specified when dataSourceRef.namespace is specified')
  const same = (field: string) => (dataSource[field] ?? null) === (dataSourceRef[field] ?? null)
  return ['apiGroup', 'kind', 'name'].every(same) ? [] : refuse('must match dataSourceRef')
}

const refusedTemplateFields = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'deletionTimestamp']

/** A claim that the server makes for a Pod's ephemeral volume. */
export function validateClaimTemplate({ metadata = {}, spec = {} }: Fields, path: FieldPath): FieldError[] {
  const at = path.child('metadata')
  const refused = [...refusedTemplateFields, 'deletionGracePeriodSeconds', 'ownerReferences', 'finalizers', 'managedFields']
  return [
    ...validateAnnotations(metadata.annotations, at.child('annotations')),
    ...validateLabels(metadata.labels, at.child('labels')),
    ...refused
      .filter((field) => metadata[field] !== undefined)
      .map((field) => forbidden(at.child(field === 'uid' ? 'uID' : field), 'cannot be set')),
    ...validateClaimSpec(spec, path.child('spec')),
  ]
}

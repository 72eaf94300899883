/** Checks of metadata that every kind shares (apimachinery, api/validation/objectmeta.go). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required, tooLong } from '../field-error.ts'
import { parseGroupVersion } from '../group-version.ts'
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../object.ts'
import { isQualifiedName, validateAnnotations, validateLabels } from './labels.ts'
import { isDNS1123Label, type NameRule } from './names.ts'
import { byteLength } from './text.ts'
import { validateImmutable, validateNonNegative } from './values.ts'

/** Metadata of an object to be created, its name generated already, with the kind's own rule for names (`nameRule` of its strategy). */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  nameRule: NameRule,
  path: FieldPath = fieldPath('metadata'),
): FieldError[] {
  return [
    ...validateNames(meta, nameRule, path),
    ...validateNamespace(meta.namespace ?? '', namespaced, path.child('namespace')),
    ...validateCommon(meta, path),
  ]
}

/** The part of it that a name's rule decides: once all is valid by the kind's own, the registry asks again by `pathSegmentName`. */
export function validateNames(
  { name = '', generateName = '' }: ObjectMeta,
  nameRule: NameRule,
  path = fieldPath('metadata'),
): FieldError[] {
  const errors: FieldError[] = []
  if (generateName !== '')
    for (const text of nameRule(generateName, true)) errors.push(invalid(path.child('generateName'), generateName, text))
  if (name === '') errors.push(required(path.child('name'), 'name or generateName is required'))
  else for (const text of nameRule(name, false)) errors.push(invalid(path.child('name'), name, text))
  return errors
}

function validateNamespace(namespace: string, namespaced: boolean, path: FieldPath): FieldError[] {
  if (!namespaced) return namespace === '' ? [] : [forbidden(path, 'not allowed on this type')]
  if (namespace === '') return [required(path)]
  return isDNS1123Label(namespace).map((text) => invalid(path, namespace, text))
}

function validateCommon(meta: ObjectMeta, path: FieldPath): FieldError[] {
  const { generation, labels, annotations, ownerReferences, finalizers, managedFields } = meta
  const errors: FieldError[] = []
  if (generation) errors.push(...validateNonNegative(generation, path.child('generation')))
  if (labels) errors.push(...validateLabels(labels, path.child('labels')))
  if (annotations) errors.push(...validateAnnotations(annotations, path.child('annotations')))
  if (ownerReferences) errors.push(...validateOwnerReferences(ownerReferences, path.child('ownerReferences')))
  if (finalizers) errors.push(...validateFinalizers(finalizers, path.child('finalizers')))
  if (managedFields) errors.push(...validateManagedFields(managedFields, path.child('managedFields')))
  return errors
}

/** What an update may not do to metadata. The registry adds `validateObjectMeta` with `pathSegmentName` before it. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path: FieldPath = fieldPath('metadata')): FieldError[] {
  const errors =
    old.deletionTimestamp === undefined ? [] : validateNoNewFinalizers(meta.finalizers, old.finalizers, path.child('finalizers'))
  // Shown as a string here; kinds that forbid unconditional updates show the number 0 before this is reached.
  if (!meta.resourceVersion) errors.push(invalid(path.child('resourceVersion'), '', 'must be specified for an update'))
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid(path.child('generation'), meta.generation ?? 0, 'must not be decremented'))
  }
  for (const field of ['name', 'namespace', 'uid'] as const) {
    errors.push(...validateImmutable(meta[field] ?? '', old[field] ?? '', path.child(field)))
  }
  for (const field of ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    errors.push(...validateImmutable(meta[field], old[field], path.child(field)))
  }
  return [
    ...errors,
    ...validateLabels(meta.labels, path.child('labels')),
    ...validateAnnotations(meta.annotations, path.child('annotations')),
    ...validateOwnerReferences(meta.ownerReferences ?? [], path.child('ownerReferences')),
    ...validateManagedFields(meta.managedFields ?? [], path.child('managedFields')),
  ]
}

function validateOwnerReferences(references: readonly OwnerReference[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  let controller = ''
  for (const reference of references) {
    errors.push(...validateOwnerReference(reference, path))
    if (reference.controller !== true) continue
    const current = `${reference.kind ?? ''}/${reference.name ?? ''}`
    if (controller === '') controller = current
    else {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`
      errors.push(invalid(path, references, text))
    }
  }
  return errors
}

function validateOwnerReference(reference: OwnerReference, path: FieldPath): FieldError[] {
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference
  const errors: FieldError[] = []
  const groupVersion = parseGroupVersion(apiVersion)
  if (!groupVersion?.version) errors.push(invalid(path.child('apiVersion'), apiVersion, 'version must not be empty'))
  for (const [field, value] of Object.entries({ kind, name, uid })) {
    if (value === '') errors.push(invalid(path.child(field), value, 'must not be empty'))
  }
  if (apiVersion === 'v1' && kind === 'Event') errors.push(invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner'))
  return errors
}

export function validateFinalizerName(name: string, path: FieldPath): FieldError[] {
  return isQualifiedName(name).map((text) => invalid(path, name, text))
}

function validateFinalizers(finalizers: readonly string[], path: FieldPath): FieldError[] {
  const errors = finalizers.flatMap((name) => validateFinalizerName(name, path))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
  return errors
}

/** Once an object is being deleted, finalizers may only go. */
function validateNoNewFinalizers(finalizers: readonly string[] = [], old: readonly string[] = [], path: FieldPath): FieldError[] {
  const added = [...new Set(finalizers)].filter((name) => !old.includes(name)).sort()
  if (added.length === 0) return []
  const shown = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`
  return [forbidden(path, `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`)]
}

function validateManagedFields(entries: readonly ManagedFieldsEntry[], path: FieldPath): FieldError[] {
  return entries.flatMap((entry, i) => {
    const at = path.index(i)
    const errors: FieldError[] = []
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      errors.push(invalid(at.child('operation'), entry.operation ?? '', 'must be `Apply` or `Update`'))
    }
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') {
      errors.push(invalid(at.child('fieldsType'), entry.fieldsType, 'must be `FieldsV1`'))
    }
    errors.push(...validateFieldManager(entry.manager ?? '', at.child('manager')))
    if (byteLength(entry.subresource ?? '') > 256) errors.push(tooLong(at.child('subresource'), 256))
    return errors
  })
}

/** The name of a field manager: short, and printable. */
export function validateFieldManager(manager: string, path: FieldPath): FieldError[] {
  const errors = byteLength(manager) > 128 ? [tooLong(path, 128)] : []
  if (/^[\w .-]*$/.test(manager)) return errors
  let position = 0
  for (const character of manager) {
    if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) {
      errors.push(invalid(path, manager, `invalid character ${showCodePoint(character)} (at position ${position})`))
    }
    position += byteLength(character)
  }
  return errors
}

/** Go's %#U of a character that cannot be printed. */
const showCodePoint = (character: string) => `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`

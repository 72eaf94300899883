import { type FieldError, type FieldPath, forbidden, invalid, notFound } from '../../../apimachinery/field-error.ts'
import { type Fields, validateOneOf, validatePresent } from '../../../apimachinery/validation/index.ts'
import { validateDescendingPath, validateNoBacksteps } from './paths.ts'

type Volumes = ReadonlyMap<string, Fields>

export function validateVolumeMounts(container: Fields, volumes: Volumes, path: FieldPath): FieldError[] {
  const devices: Fields[] = container.volumeDevices ?? []
  const errors: FieldError[] = []
  const mounted = new Set<string>()
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const at = path.index(i)
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount
    errors.push(...validatePresent(name, at.child('name')))
    if (!volumes.has(name)) errors.push(notFound(at.child('name'), name))
    errors.push(...validatePresent(mountPath, at.child('mountPath')))
    if (mounted.has(mountPath)) errors.push(invalid(at.child('mountPath'), mountPath, 'must be unique'))
    mounted.add(mountPath)
    if (devices.some((device) => (device.name ?? '') === name)) {
      errors.push(invalid(at.child('name'), name, 'must not already exist in volumeDevices'))
    }
    if (devices.some((device) => (device.devicePath ?? '') === mountPath)) {
      errors.push(invalid(at.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'))
    }
    // The errors of paths and modes inside a mount stand at the list, not at its item.
    if (subPath !== '') errors.push(...validateDescendingPath(subPath, path.child('subPath')))
    if (subPathExpr !== '') {
      if (subPath !== '') errors.push(invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      errors.push(...validateDescendingPath(subPathExpr, path.child('subPathExpr')))
    }
    errors.push(...validatePropagation(mount, container, path.child('mountPropagation')), ...validateRecursiveReadOnly(mount, path))
  }
  return errors
}

function validatePropagation({ mountPropagation }: Fields, container: Fields, path: FieldPath): FieldError[] {
  if (mountPropagation === undefined) return []
  const errors = validateOneOf(mountPropagation, ['Bidirectional', 'HostToContainer', 'None'], path)
  if (mountPropagation !== 'Bidirectional' || container.securityContext?.privileged === true) return errors
  return [...errors, forbidden(path, 'Bidirectional mount propagation is available only to privileged containers')]
}

function validateRecursiveReadOnly({ recursiveReadOnly, readOnly, mountPropagation }: Fields, list: FieldPath): FieldError[] {
  const path = list.child('recursiveReadOnly')
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return []
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') {
    return validateOneOf(recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'], path)
  }
  const errors = readOnly ? [] : [forbidden(path, 'may only be specified when readOnly is true')]
  if (mountPropagation === undefined || mountPropagation === 'None') return errors
  return [...errors, forbidden(path, 'may only be specified when mountPropagation is None or not specified')]
}

export function validateVolumeDevices(container: Fields, volumes: Volumes, path: FieldPath): FieldError[] {
  const mounts: Fields[] = container.volumeMounts ?? []
  const errors: FieldError[] = []
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [i, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const at = path.index(i)
    const volume = volumes.get(name)
    errors.push(...validatePresent(name, at.child('name')))
    if (names.has(name)) errors.push(invalid(at.child('name'), name, 'must be unique'))
    if (volume !== undefined && !volume.persistentVolumeClaim && !volume.ephemeral) {
      const text = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      errors.push(invalid(at.child('name'), name, text))
    }
    if (volume === undefined) errors.push(notFound(at.child('name'), name))
    errors.push(...validatePresent(devicePath, at.child('devicePath')))
    if (paths.has(devicePath)) errors.push(invalid(at.child('devicePath'), devicePath, 'must be unique'))
    if (validateNoBacksteps(devicePath, at).length > 0) {
      errors.push(invalid(at.child('devicePath'), devicePath, "can not contain backsteps ('..')"))
    } else paths.add(devicePath)
    if (mounts.some((mount) => (mount.name ?? '') === name)) {
      errors.push(invalid(at.child('name'), name, 'must not already exist in volumeMounts'))
    }
    if (mounts.some((mount) => (mount.mountPath ?? '') === devicePath)) {
      errors.push(invalid(at.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts'))
    }
    if (name !== '') names.add(name)
  }
  return errors
}

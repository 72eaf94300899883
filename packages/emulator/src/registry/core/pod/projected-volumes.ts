/** Volumes of files that the kubelet projects: keys of ConfigMaps and Secrets, the downward API, service account tokens. */
import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import { type Fields, validatePresent } from '../../../apimachinery/validation/index.ts'
import { validateFieldRef, validateResourceFieldRef, volumeFieldPaths } from './field-references.ts'
import type { PodValidationOptions } from './options.ts'
import { validateFileMode, validateRelativePath } from './paths.ts'

export function validateKeysToPaths(items: readonly Fields[] = [], path: FieldPath): FieldError[] {
  return items.flatMap((item, i) => validateKeyToPath(item, path.index(i)))
}

function validateKeyToPath({ key, path: file = '', mode }: Fields, path: FieldPath): FieldError[] {
  return [
    ...validatePresent(key, path.child('key')),
    ...validatePresent(file, path.child('path')),
    ...validateRelativePath(file, path.child('path')),
    ...validateFileMode(mode, path.child('mode')),
  ]
}

function validateDownwardFile(file: Fields, path: FieldPath): FieldError[] {
  const { path: name = '', fieldRef, resourceFieldRef, mode } = file
  const errors = [...validatePresent(name, path.child('path')), ...validateRelativePath(name, path.child('path'))]
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, volumeFieldPaths, path.child('fieldRef')))
    if (resourceFieldRef) errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  } else if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, path.child('resourceFieldRef'), true))
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...validateFileMode(mode, path.child('mode'))]
}

export function validateDownwardAPI({ defaultMode, items = [] }: Fields, path: FieldPath): FieldError[] {
  // The files' errors stand at the source itself, without an index.
  return [...validateFileMode(defaultMode, path.child('defaultMode')), ...items.flatMap((file: Fields) => validateDownwardFile(file, path))]
}

export function validateProjected(source: Fields, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const errors = validateFileMode(source.defaultMode, path.child('defaultMode'))
  const taken = new Set<string>()
  const claim = (file: string, shown: string) => {
    if (file === '') return
    if (taken.has(file)) errors.push(invalid(path, shown, 'conflicting duplicate paths'))
    taken.add(file)
  }
  for (const [i, projection] of (source.sources ?? []).entries()) {
    const at = path.child('sources').index(i)
    for (const type of ['secret', 'configMap']) {
      if (!projection[type]) continue
      const { name = '', items = [] } = projection[type]
      errors.push(...validatePresent(name, at.child(type, 'name')))
      items.forEach((item: Fields, j: number) => {
        errors.push(...validateKeyToPath(item, at.child(type, 'items').index(j)))
        claim(item.path ?? '', name)
      })
    }
    for (const file of projection.downwardAPI?.items ?? []) {
      errors.push(...validateDownwardFile(file, at.child('downwardAPI')))
      claim(file.path ?? '', file.path ?? '')
    }
    if (projection.serviceAccountToken)
      errors.push(...validateToken(projection.serviceAccountToken, path, at.child('serviceAccountToken'), options))
    const types = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate']
    if (types.filter((type) => projection[type]).length > 1)
      errors.push(forbidden(at, 'may not specify more than 1 volume type per source'))
  }
  return errors
}

function validateToken(
  { expirationSeconds = 0, path: file = '' }: Fields,
  volume: FieldPath,
  at: FieldPath,
  options: PodValidationOptions,
): FieldError[] {
  const errors: FieldError[] = []
  const seconds = at.child('expirationSeconds')
  if (expirationSeconds < 600) errors.push(invalid(seconds, expirationSeconds, 'may not specify a duration less than 10 minutes'))
  if (expirationSeconds > 2 ** 32) errors.push(invalid(seconds, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'))
  if (file === '') return [...errors, required(volume.child('path'))]
  return options.allowNonLocalTokenPaths ? errors : [...errors, ...validateRelativePath(file, volume.child('path'))]
}

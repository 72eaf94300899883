/** Annotations of Pods that the API server reads: those that came before fields (AppArmor, seccomp, tolerations) and the deletion cost. */
import { type FieldError, type FieldPath, forbidden, invalid } from '../../../apimachinery/field-error.ts'
import { quote } from '../../../apimachinery/quote.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'
import { allContainers } from './containers.ts'
import type { PodValidationOptions } from './options.ts'
import { validateDescendingPath } from './paths.ts'
import { validateTolerations } from './tolerations.ts'

export const mirrorPodAnnotation = 'kubernetes.io/config.mirror'
export const appArmorAnnotationPrefix = 'container.apparmor.security.beta.kubernetes.io/'
export const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompContainerAnnotationPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/tolerations'
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

type Annotations = Record<string, string> | undefined

/** True also without the annotation: a 32-bit integer in plain spelling is all that is asked. */
export function isDeletionCost(annotations: Annotations): boolean {
  const cost = annotations?.[deletionCostAnnotation]
  if (cost === undefined) return true
  return /^(-\d+|0|[1-9]\d*)$/.test(cost) && Number(cost) >= -(2 ** 31) && Number(cost) < 2 ** 31
}

export function validatePodAnnotations(
  annotations: Annotations,
  spec: Fields,
  path: FieldPath,
  options: PodValidationOptions,
): FieldError[] {
  if (annotations === undefined) return []
  const errors: FieldError[] = []
  const mirror = annotations[mirrorPodAnnotation]
  if (mirror !== undefined && !spec.nodeName) {
    errors.push(invalid(path.key(mirrorPodAnnotation), mirror, 'must set spec.nodeName if mirror pod annotation is set'))
  }
  errors.push(...validateTolerationsAnnotation(annotations, path, options))
  if (!options.allowInvalidDeletionCost && !isDeletionCost(annotations)) {
    errors.push(invalid(path.key(deletionCostAnnotation), annotations[deletionCostAnnotation], 'must be a 32bit integer'))
  }
  return [...errors, ...validateSeccompAnnotations(annotations, path), ...validateAppArmorAnnotations(annotations, spec, path)]
}

function validateTolerationsAnnotation(annotations: Record<string, string>, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const text = annotations[tolerationsAnnotation]
  if (!text) return []
  try {
    const tolerations = JSON.parse(text)
    return Array.isArray(tolerations) ? validateTolerations(tolerations, path.child(tolerationsAnnotation), options) : []
  } catch (cause) {
    return [invalid(path, tolerationsAnnotation, (cause as Error).message)]
  }
}

function validateSeccompAnnotations(annotations: Record<string, string>, path: FieldPath): FieldError[] {
  return Object.entries(annotations)
    .filter(([key]) => key === seccompPodAnnotation || key.startsWith(seccompContainerAnnotationPrefix))
    .flatMap(([key, profile]) => validateSeccompProfileName(profile, path.child(key)))
}

function validateSeccompProfileName(profile: string, path: FieldPath): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return []
  if (profile.startsWith('localhost/')) return validateDescendingPath(profile.slice('localhost/'.length), path)
  return [invalid(path, profile, 'must be a valid seccomp profile')]
}

function validateAppArmorAnnotations(annotations: Record<string, string>, spec: Fields, path: FieldPath): FieldError[] {
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(appArmorAnnotationPrefix))
    .flatMap(([key, profile]) => {
      const name = key.slice(appArmorAnnotationPrefix.length)
      const known = allContainers(spec).some(({ container }) => container.name === name)
      const valid = ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith('localhost/')
      return [
        ...(known ? [] : [invalid(path.key(key), name, 'container not found')]),
        ...(valid ? [] : [invalid(path.key(key), profile, `invalid AppArmor profile name: ${quote(profile)}`)]),
      ]
    })
}

/** Annotations that an update may neither add, change nor remove. */
export function validatePodAnnotationsUpdate(pod: Fields, old: Fields, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const annotations: Record<string, string> = pod.metadata.annotations ?? {}
  const before: Record<string, string> = old.metadata.annotations ?? {}
  const guarded = (key: string) =>
    key.startsWith(appArmorAnnotationPrefix) ? 'AppArmor annotations' : key === mirrorPodAnnotation ? 'mirror pod annotation' : undefined
  const errors: FieldError[] = []
  for (const key of Object.keys(before)) {
    const name = guarded(key)
    if (name !== undefined && annotations[key] !== before[key]) errors.push(forbidden(path.key(key), `may not remove or update ${name}`))
  }
  for (const key of Object.keys(annotations)) {
    const name = guarded(key)
    if (name !== undefined && !(key in before)) errors.push(forbidden(path.key(key), `may not add ${name}`))
  }
  return [...errors, ...validatePodAnnotations(annotations, pod.spec, path, options)]
}

/** Where an old annotation and the field that replaced it are both given, they must say the same. */
export function validateProfilesMatch(annotations: Annotations, spec: Fields, specPath: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const compare = (kind: string, profile: Fields | undefined, key: string, path: FieldPath, runtimeDefaults: string[]) => {
    const annotation = annotations?.[key]
    if (annotation === undefined || !profile) return
    const mismatch = (field: string, what: string) =>
      errors.push(forbidden(path.child(field), `${kind} ${what} in annotation and field must match`))
    if (profile.type === 'Unconfined' && annotation !== 'unconfined') mismatch('type', 'type')
    if (profile.type === 'RuntimeDefault' && !runtimeDefaults.includes(annotation)) mismatch('type', 'type')
    if (profile.type !== 'Localhost') return
    if (!annotation.startsWith('localhost/')) mismatch('type', 'type')
    else if (annotation.slice('localhost/'.length) !== profile.localhostProfile) mismatch('localhostProfile', 'profile')
  }
  const seccomp = (profile: Fields | undefined, key: string, path: FieldPath) =>
    compare('seccomp', profile, key, path.child('securityContext', 'seccompProfile'), ['runtime/default', 'docker/default'])
  seccomp(spec.securityContext?.seccompProfile, seccompPodAnnotation, specPath)
  const containers = allContainers(spec, specPath)
  for (const { container, path } of containers) {
    seccomp(container.securityContext?.seccompProfile, `${seccompContainerAnnotationPrefix}${container.name}`, path)
  }
  if (spec.os?.name === 'windows') return errors
  for (const { container, path } of containers) {
    const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile
    const at = path.child('securityContext', 'appArmorProfile')
    compare('apparmor', profile, `${appArmorAnnotationPrefix}${container.name}`, at, ['runtime/default'])
  }
  return errors
}

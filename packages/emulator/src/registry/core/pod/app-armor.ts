/** AppArmor profiles in the annotations that came before the field. */
import { fieldPath } from '../../../apimachinery/field-error.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'
import { appArmorAnnotationPrefix } from './annotations.ts'
import { allContainers } from './containers.ts'
import { validateAppArmorProfile } from './security-context.ts'

/** The field that says what the annotation says; undefined if it says nothing valid. */
export function appArmorProfileOf(annotation: string): Fields | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const profile = annotation.startsWith('localhost/') ? annotation.slice('localhost/'.length) : ''
  return profile === '' ? undefined : { type: 'Localhost', localhostProfile: profile }
}

export const sameAppArmorProfile = (a: Fields | undefined, b: Fields | undefined) =>
  a?.['type'] === b?.['type'] && a?.['localhostProfile'] === b?.['localhostProfile']

/** A new Pod's annotations become fields of its containers, with a warning. */
export function applyAppArmorAnnotations(pod: Fields, warn: (text: string) => void): void {
  const { spec, metadata } = pod as { spec: Fields; metadata: Fields }
  if (spec['os']?.name === 'windows') return
  for (const { container } of allContainers(spec)) {
    const key = `${appArmorAnnotationPrefix}${container['name']}`
    const annotation = metadata['annotations']?.[key]
    if (annotation === undefined || container['securityContext']?.appArmorProfile) continue
    const parsed = appArmorProfileOf(annotation)
    const profile = validateAppArmorProfile(parsed, fieldPath()).length === 0 ? parsed : undefined
    const sameAsPod = profile !== undefined && sameAppArmorProfile(profile, spec['securityContext']?.appArmorProfile)
    if (sameAsPod) continue
    if (profile !== undefined) container['securityContext'] = { ...container['securityContext'], appArmorProfile: profile }
    warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`)
  }
}

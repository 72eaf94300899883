import type { KubeObject } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { applyClaimSpecDefaults } from './pod/volume-defaults.ts'

export { validateClaimSpec as validatePersistentVolumeClaimSpec } from './persistent-volume-claim/spec.ts'
export { claimSpecWarnings as persistentVolumeClaimSpecWarnings } from './persistent-volume-claim/warnings.ts'

/** The defaults of a claim, by itself or as a template of claims. */
export function applyPersistentVolumeClaimDefaults(claim: KubeObject | Fields): void {
  claim['spec'] ??= {}
  claim['status'] ??= {}
  applyClaimSpecDefaults(claim['spec'])
  claim['status'].phase ||= 'Pending'
}

import type { Clock } from '../apimachinery/clock.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { ResourceDefinition } from './resource.ts'

/** What a write carries through admission and the registry. */
export interface WriteContext {
  readonly user: UserInfo
  readonly namespace: string
  readonly dryRun: boolean
  readonly clock: Clock
  warn(text: string): void
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** What admission decides about (apiserver, admission.Attributes). */
export interface AdmissionAttributes {
  readonly definition: ResourceDefinition
  readonly operation: Operation
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** Absent for deletions. Mutating plugins change it in place. */
  readonly object: KubeObject | undefined
  readonly oldObject: KubeObject | undefined
  readonly dryRun: boolean
  readonly user: UserInfo
  /** CreateOptions, UpdateOptions or DeleteOptions of the request. */
  readonly options: Readonly<Record<string, unknown>>
  warn(text: string): void
}

/** Admission: `admit` may change the object, `validate` only refuses. Both throw StatusErrors. */
export interface Admission {
  admit(attributes: AdmissionAttributes): void | Promise<void>
  validate(attributes: AdmissionAttributes): void | Promise<void>
}

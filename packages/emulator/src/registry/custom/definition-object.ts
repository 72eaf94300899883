import type { KubeObject } from '../../apimachinery/object.ts'
import type { ClientConfig } from '../webhook-call.ts'
import type { JsonSchema } from './schema/types.ts'

/** The parts of a CustomResourceDefinition that serving it looks at. */
export interface DefinitionSpec {
  group: string
  scope: 'Namespaced' | 'Cluster'
  names: DefinitionNames
  versions: readonly DefinitionVersion[]
  conversion?: {
    strategy: string
    webhook?: { clientConfig?: ClientConfig; conversionReviewVersions?: readonly string[] }
  }
  preserveUnknownFields?: boolean
}

export interface DefinitionNames {
  plural: string
  singular?: string
  kind: string
  listKind?: string
  shortNames?: readonly string[]
  categories?: readonly string[]
}

export interface DefinitionVersion {
  name: string
  served: boolean
  storage: boolean
  deprecated?: boolean
  deprecationWarning?: string
  schema?: { openAPIV3Schema?: JsonSchema }
  subresources?: { status?: object; scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string } }
  additionalPrinterColumns?: readonly PrinterColumn[]
  selectableFields?: readonly { jsonPath: string }[]
}

export interface PrinterColumn {
  name: string
  type: string
  format?: string
  description?: string
  priority?: number
  jsonPath: string
}

export interface Condition {
  type: string
  status: string
  reason: string
  message: string
  lastTransitionTime?: string
}

export type NewCondition = Omit<Condition, 'lastTransitionTime'>

export interface DefinitionStatus {
  conditions?: Condition[] | null
  acceptedNames: DefinitionNames
  storedVersions?: string[]
}

/** A CustomResourceDefinition as it is stored. */
export interface CustomResourceDefinition extends KubeObject {
  spec: DefinitionSpec
  status: DefinitionStatus
}

export const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

export const findCondition = ({ status }: CustomResourceDefinition, type: string): Condition | undefined =>
  status?.conditions?.find((each) => each.type === type)

export const isConditionTrue = (definition: CustomResourceDefinition, type: string): boolean =>
  findCondition(definition, type)?.status === 'True'

/** Sets a condition in place; its time stays while its status does. `now`: RFC 3339. */
export function setCondition(definition: CustomResourceDefinition, condition: NewCondition, now: string): void {
  const { type, status, reason, message } = condition
  definition.status ??= { acceptedNames: { plural: '', kind: '' } }
  definition.status.conditions ??= []
  const { conditions } = definition.status
  const found = conditions.find((each) => each.type === type)
  if (found === undefined) conditions.push({ type, status, lastTransitionTime: now, reason, message })
  else {
    if (found.status !== status || found.lastTransitionTime === undefined) found.lastTransitionTime = now
    Object.assign(found, { status, reason, message })
  }
}

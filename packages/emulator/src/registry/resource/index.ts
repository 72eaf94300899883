import type { Strategy } from '../strategy.ts'
import { deviceClass, resourceClaim, resourceClaimTemplate } from './resource-claim.ts'
import { resourceSlice } from './resource-slice.ts'

/** Strategies of the group resource.k8s.io, by resource. */
export const resourceStrategies: Record<string, Strategy> = {
  resourceclaims: resourceClaim,
  resourceclaimtemplates: resourceClaimTemplate,
  deviceclasses: deviceClass,
  resourceslices: resourceSlice,
}

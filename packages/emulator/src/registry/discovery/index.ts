import type { Strategy } from '../strategy.ts'
import { endpointSlice } from './endpoint-slice.ts'

/** Strategies of the group discovery.k8s.io, by resource. */
export const discoveryStrategies: Record<string, Strategy> = { endpointslices: endpointSlice }

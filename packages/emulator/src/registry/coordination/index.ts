import type { Strategy } from '../strategy.ts'
import { lease } from './lease.ts'

/** Strategies of the group coordination.k8s.io, by resource. */
export const coordinationStrategies: Record<string, Strategy> = { leases: lease }

import type { Strategy } from '../strategy.ts'
import { runtimeClass } from './runtime-class.ts'

/** Strategies of the group node.k8s.io, by resource. */
export const nodeStrategies: Record<string, Strategy> = { runtimeclasses: runtimeClass }

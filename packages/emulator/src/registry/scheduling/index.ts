import type { Strategy } from '../strategy.ts'
import { priorityClass } from './priority-class.ts'

/** Strategies of the group scheduling.k8s.io, by resource. */
export const schedulingStrategies: Record<string, Strategy> = { priorityclasses: priorityClass }

import type { Strategy } from '../strategy.ts'
import { podDisruptionBudget } from './pod-disruption-budget.ts'

/** Strategies of the group policy, by resource. */
export const policyStrategies: Record<string, Strategy> = { poddisruptionbudgets: podDisruptionBudget }

import type { Strategy } from '../strategy.ts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'

/** Strategies of the group autoscaling, by resource. */
export const autoscalingStrategies: Record<string, Strategy> = { horizontalpodautoscalers: horizontalPodAutoscaler }

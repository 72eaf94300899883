import type { Strategy } from '../strategy.ts'
import { flowSchema } from './flow-schema.ts'
import { priorityLevelConfiguration } from './priority-level-configuration.ts'

/** Strategies of the group flowcontrol.apiserver.k8s.io, by resource. */
export const flowcontrolStrategies: Record<string, Strategy> = {
  flowschemas: flowSchema,
  prioritylevelconfigurations: priorityLevelConfiguration,
}

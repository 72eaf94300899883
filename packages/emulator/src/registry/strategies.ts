/** The strategies of all built-in resources. */
import { appsStrategies } from './apps/index.ts'
import { batchStrategies } from './batch/index.ts'
import { rbacStrategies } from './rbac/index.ts'
import type { Strategy } from './strategy.ts'

const groups: Record<string, Readonly<Record<string, Strategy>>> = {
  apps: appsStrategies,
  batch: batchStrategies,
  'rbac.authorization.k8s.io': rbacStrategies,
}

/** How a resource differs from the generic store; undefined if it does not, or is no built-in resource. */
export const strategyFor = (group: string, resource: string): Strategy | undefined => groups[group]?.[resource]

/** The strategies of all built-in resources. */
import { admissionregistrationStrategies } from './admissionregistration/index.ts'
import { apiextensionsStrategies } from './apiextensions/index.ts'
import { apiregistrationStrategies } from './apiregistration/index.ts'
import { appsStrategies } from './apps/index.ts'
import { autoscalingStrategies } from './autoscaling/index.ts'
import { batchStrategies } from './batch/index.ts'
import { certificatesStrategies } from './certificates/index.ts'
import { coordinationStrategies } from './coordination/index.ts'
import { createCoreStrategies } from './core/index.ts'
import { discoveryStrategies } from './discovery/index.ts'
import { eventsStrategies } from './events/index.ts'
import { flowcontrolStrategies } from './flowcontrol/index.ts'
import { networkingStrategies } from './networking/index.ts'
import { nodeStrategies } from './node/index.ts'
import { policyStrategies } from './policy/index.ts'
import { rbacStrategies } from './rbac/index.ts'
import { resourceStrategies } from './resource/index.ts'
import { schedulingStrategies } from './scheduling/index.ts'
import { storageStrategies } from './storage/index.ts'
import type { Strategy } from './strategy.ts'

const groups: Record<string, Readonly<Record<string, Strategy>>> = {
  '': createCoreStrategies(),
  'admissionregistration.k8s.io': admissionregistrationStrategies,
  'apiextensions.k8s.io': apiextensionsStrategies,
  'apiregistration.k8s.io': apiregistrationStrategies,
  apps: appsStrategies,
  autoscaling: autoscalingStrategies,
  batch: batchStrategies,
  'certificates.k8s.io': certificatesStrategies,
  'coordination.k8s.io': coordinationStrategies,
  'discovery.k8s.io': discoveryStrategies,
  'events.k8s.io': eventsStrategies,
  'flowcontrol.apiserver.k8s.io': flowcontrolStrategies,
  'networking.k8s.io': networkingStrategies,
  'node.k8s.io': nodeStrategies,
  policy: policyStrategies,
  'rbac.authorization.k8s.io': rbacStrategies,
  'resource.k8s.io': resourceStrategies,
  'scheduling.k8s.io': schedulingStrategies,
  'storage.k8s.io': storageStrategies,
}

/** How a resource differs from the generic store; undefined if it does not, or is no built-in resource. */
export const strategyFor = (group: string, resource: string): Strategy | undefined => groups[group]?.[resource]

import { withPodTemplate } from '../pod-template.ts'
import type { Strategy } from '../strategy.ts'
import { controllerRevision } from './controller-revision.ts'
import { daemonSet } from './daemon-set.ts'
import { deployment } from './deployment.ts'
import { replicaSet } from './replica-set.ts'
import { statefulSet } from './stateful-set.ts'

/** Strategies of the group apps, by resource. */
export const appsStrategies: Record<string, Strategy> = {
  deployments: withPodTemplate(deployment),
  replicasets: withPodTemplate(replicaSet),
  statefulsets: withPodTemplate(statefulSet),
  daemonsets: withPodTemplate(daemonSet),
  controllerrevisions: controllerRevision,
}

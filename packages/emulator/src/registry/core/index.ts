/** The strategies of the core group, by resource. */
import { pathSegmentName } from '../../apimachinery/validation/index.ts'
import { coreEvent } from '../events/event.ts'
import type { Strategy } from '../strategy.ts'
import { configMapStrategy } from './config-map.ts'
import { endpointsStrategy } from './endpoints.ts'
import { limitRangeStrategy } from './limit-range.ts'
import { namespaceStrategy } from './namespace.ts'
import { nodeStrategy } from './node.ts'
import { persistentVolumeStrategy } from './persistent-volume.ts'
import { persistentVolumeClaimStrategy } from './persistent-volume-claim/strategy.ts'
import { validateBinding } from './pod/status.ts'
import { podStrategy } from './pod/strategy.ts'
import { podTemplateStrategy } from './pod-template.ts'
import { replicationControllerStrategy } from './replication-controller.ts'
import { resourceQuotaStrategy } from './resource-quota.ts'
import { secretStrategy } from './secret.ts'
import { defaultServiceAllocation, type ServiceAllocation } from './service/allocate.ts'
import { createServiceStrategy } from './service/strategy.ts'
import { serviceAccountStrategy } from './service-account.ts'

/** `allocation`: the ranges of Services' addresses and ports, and the source of chance. */
export function createCoreStrategies(allocation: ServiceAllocation = defaultServiceAllocation): Readonly<Record<string, Strategy>> {
  return {
    // A Binding is never stored; only its target is looked at.
    bindings: { validate: validateBinding },
    configmaps: configMapStrategy,
    endpoints: endpointsStrategy,
    // Events may bear any name that fits into a path.
    events: { ...coreEvent, nameRule: pathSegmentName },
    limitranges: limitRangeStrategy,
    namespaces: namespaceStrategy,
    nodes: nodeStrategy,
    persistentvolumeclaims: persistentVolumeClaimStrategy,
    persistentvolumes: persistentVolumeStrategy,
    pods: podStrategy,
    podtemplates: podTemplateStrategy,
    replicationcontrollers: replicationControllerStrategy,
    resourcequotas: resourceQuotaStrategy,
    secrets: secretStrategy,
    serviceaccounts: serviceAccountStrategy,
    services: createServiceStrategy(allocation),
  }
}

export const coreStrategies = createCoreStrategies()

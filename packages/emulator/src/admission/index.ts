import type { Authorizer } from '../authorization/attributes.ts'
import type { Admission } from '../registry/context.ts'
import type { Registry } from '../registry/registry.ts'
import { certificatesPlugin } from './certificates.ts'
import { claimResizePlugin } from './claim-resize.ts'
import { defaultIngressClassPlugin, defaultStorageClassPlugin } from './default-class.ts'
import { defaultTolerationSecondsPlugin } from './default-toleration-seconds.ts'
import { limitRangerPlugin } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import type { AdmissionPlugin, AdmissionSource } from './plugin.ts'
import { podResizePlugin } from './pod-resize.ts'
import { podSecurityPlugin } from './pod-security/plugin.ts'
import { podTopologyLabelsPlugin } from './pod-topology-labels.ts'
import { priorityPlugin } from './priority.ts'
import { type QuotaAccess, resourceQuotaPlugin } from './resource-quota.ts'
import { runtimeClassPlugin } from './runtime-class.ts'
import { serviceAccountPlugin } from './service-account.ts'
import { storageProtectionPlugin } from './storage-protection.ts'
import { taintNodesPlugin } from './taint-nodes.ts'

/** The admission plugins of a server, in its order: all mutate, then all validate. */
export function createAdmission(registry: () => Registry, authorizer: () => Authorizer): Admission {
  const source: AdmissionSource = {
    lookup: (...question) => registry().lookup(...question),
    lookupAll: (...question) => registry().lookupAll(...question),
  }
  const plugins: AdmissionPlugin[] = [
    { admit: namespaceLifecycle(registry) },
    limitRangerPlugin(source),
    serviceAccountPlugin(source),
    taintNodesPlugin,
    podSecurityPlugin(source),
    priorityPlugin(source),
    defaultTolerationSecondsPlugin,
    defaultStorageClassPlugin(source),
    storageProtectionPlugin,
    claimResizePlugin(source),
    runtimeClassPlugin(source),
    certificatesPlugin(authorizer),
    defaultIngressClassPlugin(source),
    podTopologyLabelsPlugin(source),
    podResizePlugin(source),
    resourceQuotaPlugin(quotaAccess(registry, source)),
  ]
  const run = (phase: keyof AdmissionPlugin) => {
    const steps = plugins.flatMap((plugin) => plugin[phase] ?? [])
    return async (attributes: Parameters<Admission['admit']>[0]) => {
      for (const step of steps) {
        const pending = step(attributes)
        if (pending !== undefined) await pending
      }
    }
  }
  return { admit: run('admit'), validate: run('validate') }
}

function quotaAccess(registry: () => Registry, source: AdmissionSource): QuotaAccess {
  return {
    ...source,
    now: () => registry().clock.now(),
    setUsed(namespace, name, used) {
      const { collection, key, definition } = registry().storeOf('', 'resourcequotas')!
      const found = collection.get(key(namespace, name))
      if (found === undefined) return
      const object = { ...found.object, status: { ...found.object['status'], used } }
      collection.update(found.key, found.revision, definition.codec.normalize(object))
    },
  }
}

import type { Authorizer } from '../authorization/attributes.ts'
import type { Admission } from '../registry/context.ts'
import type { Registry } from '../registry/registry.ts'
import { certificatesPlugin } from './certificates.ts'
import { defaultTolerationSecondsPlugin } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import type { AdmissionPlugin, AdmissionSource } from './plugin.ts'
import { priorityPlugin } from './priority.ts'
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
    serviceAccountPlugin(source),
    taintNodesPlugin,
    priorityPlugin(source),
    defaultTolerationSecondsPlugin,
    storageProtectionPlugin,
    certificatesPlugin(authorizer),
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

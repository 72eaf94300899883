import type { SchemaNode } from '../apimachinery/patch/schema.ts'
import type { Authorizer } from '../authorization/attributes.ts'
import type { Admission } from '../registry/context.ts'
import type { Registry } from '../registry/registry.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import { certificatesPlugin } from './certificates.ts'
import { claimResizePlugin } from './claim-resize.ts'
import { defaultIngressClassPlugin, defaultStorageClassPlugin } from './default-class.ts'
import { defaultTolerationSecondsPlugin } from './default-toleration-seconds.ts'
import { limitRangerPlugin } from './limit-ranger.ts'
import type { MatchSource } from './matching.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import type { AdmissionPlugin, AdmissionSource, Reinvocation } from './plugin.ts'
import { podResizePlugin } from './pod-resize.ts'
import { podSecurityPlugin } from './pod-security/plugin.ts'
import { podTopologyLabelsPlugin } from './pod-topology-labels.ts'
import { mutatingPoliciesPlugin } from './policies/mutating.ts'
import { type PolicyDependencies, validatingPoliciesPlugin } from './policies/validating.ts'
import { priorityPlugin } from './priority.ts'
import { type QuotaAccess, resourceQuotaPlugin } from './resource-quota.ts'
import { runtimeClassPlugin } from './runtime-class.ts'
import { serviceAccountPlugin } from './service-account.ts'
import { storageProtectionPlugin } from './storage-protection.ts'
import { taintNodesPlugin } from './taint-nodes.ts'
import { mutatingWebhooksPlugin, validatingWebhooksPlugin, type WebhookDependencies } from './webhooks/plugin.ts'

/** The admission plugins of a server, in its order: all mutate, then all validate. */
export function createAdmission(
  registry: () => Registry,
  authorizer: () => Authorizer,
  schemaOf: (definition: ResourceDefinition) => SchemaNode,
): Admission {
  const source: AdmissionSource = {
    lookup: (...question) => registry().lookup(...question),
    lookupAll: (...question) => registry().lookupAll(...question),
  }
  const matching: MatchSource = { ...source, served: (definition) => servedAs(registry(), definition) }
  const webhooks: WebhookDependencies = {
    ...matching,
    async conditionsHold(conditions, attributes, asked, failurePolicy) {
      const { webhookConditionsHold } = await import('./cel/conditions.ts')
      return webhookConditionsHold(conditions, { attributes, asked, namespace: undefined, authorizer: authorizer() }, failurePolicy)
    },
  }
  const policies: PolicyDependencies = { ...matching, catalog: () => registry().catalog, authorizer }
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
    mutatingPoliciesPlugin({ ...policies, schemaOf }),
    mutatingWebhooksPlugin(webhooks),
    validatingPoliciesPlugin(policies),
    validatingWebhooksPlugin(webhooks),
    resourceQuotaPlugin(quotaAccess(registry, source)),
  ]
  const mutators = plugins.flatMap(({ admit }) => admit ?? [])
  const validators = plugins.flatMap(({ validate }) => validate ?? [])
  return {
    async admit(attributes) {
      const round = createRound()
      for (const again of [false, true]) {
        if (again && !round.requested()) return
        const reinvocation = round.reinvocation(again)
        for (const admit of mutators) {
          const pending = admit(attributes, reinvocation)
          if (pending !== undefined) await pending
        }
      }
    },
    async validate(attributes) {
      for (const validate of validators) {
        const pending = validate(attributes)
        if (pending !== undefined) await pending
      }
    },
  }
}

function createRound() {
  const states = new Map<string, unknown>()
  let requested = false
  const request = () => {
    requested = true
  }
  const stateOf = <T>(plugin: string, make: () => T): T => {
    if (!states.has(plugin)) states.set(plugin, make())
    return states.get(plugin) as T
  }
  return { requested: () => requested, reinvocation: (again: boolean): Reinvocation => ({ again, request, stateOf }) }
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

/** All that is kept under the same keys is the same, whatever it is served as. */
function servedAs({ catalog }: Registry, { keyPrefix }: ResourceDefinition): ResourceDefinition[] {
  return [...catalog.groups()].flatMap(({ versions }) =>
    versions.flatMap(({ resources }) => resources.filter((each) => each.keyPrefix === keyPrefix)),
  )
}

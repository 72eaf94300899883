import type { KubeObject } from '../apimachinery/object.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { type Evaluator, evaluatorOf, inScopes } from '../registry/quota/evaluators.ts'
import { add, compare, equalLists, formatList, pick, type ResourceList, subtract, withoutZeros } from '../registry/quota/resource-list.ts'
import { attributesClassesOf } from '../registry/quota/scopes.ts'
import { retryOnConflict } from '../storage/storage.ts'
import { type AdmissionPlugin, type AdmissionSource, refusal } from './plugin.ts'

export interface QuotaAccess extends AdmissionSource {
  /** In milliseconds. */
  now(): number
  /** Writes how much is used, at once. */
  setUsed(namespace: string, name: string, used: ResourceList): void
}

interface Charge {
  quota: KubeObject
  used: ResourceList
}

/**
 * Lets objects in as far as their namespace's quotas allow, and counts them (the ResourceQuota plugin). The last of all, and without a
 * pause between looking and counting, so that requests at the same time cannot share what is left.
 */
export function resourceQuotaPlugin({ lookup, lookupAll, now, setUsed }: QuotaAccess): AdmissionPlugin {
  return {
    validate(attributes) {
      const { definition, namespace, operation, object } = attributes
      if (namespace === '' || !definition.namespaced || object === undefined) return
      if (operation !== 'CREATE' && operation !== 'UPDATE') return
      const quotas = lookupAll({ group: '', resource: 'resourcequotas' }, namespace)
      if (quotas.length === 0) return
      const evaluator = evaluatorOf({ group: definition.storageKind.group, resource: definition.resource })
      if (evaluator === undefined || !handles(attributes)) return
      const chargeOf = (quota: KubeObject) => charge(evaluator, attributes, quota, now())
      const charges = quotas.flatMap((quota) => chargeOf(quota) ?? [])
      if (attributes.dryRun) return
      for (const { quota } of charges) {
        const { name = '' } = quota.metadata
        retryOnConflict(() => {
          const current = lookup({ group: '', resource: 'resourcequotas' }, namespace, name)
          const due = current && chargeOf(current)
          if (due !== undefined) setUsed(namespace, name, due.used)
        })
      }
    },
  }
}

/** Most objects only count when they are made. */
function handles({ definition: { group, resource }, operation, subresource, object, oldObject }: AdmissionAttributes): boolean {
  const update = operation === 'UPDATE'
  switch (`${group}/${resource}/${subresource}`) {
    case '/pods/':
      return !update || hasDeadline(object!) !== hasDeadline(oldObject!)
    case '/pods/resize':
      return update
    case '/services/':
    case '/persistentvolumeclaims/':
      return true
    case '/persistentvolumeclaims/status':
      return replenishes(object!, oldObject!)
    default:
      return subresource === '' && !update
  }
}

const hasDeadline = ({ spec }: KubeObject) => (spec.activeDeadlineSeconds ?? -1) >= 0
const replenishes = (claim: KubeObject, old: KubeObject) =>
  claim['status']?.allocatedResources?.storage !== old['status']?.allocatedResources?.storage ||
  attributesClassesOf(claim).join() !== attributesClassesOf(old).join()

/** What a quota has used once the object is in; undefined if it does not matter to the quota. */
function charge(evaluator: Evaluator, attributes: AdmissionAttributes, quota: KubeObject, now: number): Charge | undefined {
  const { object, oldObject, operation, subresource } = attributes
  const name = quota.metadata.name!
  const hard: ResourceList = quota['status']?.hard ?? {}
  const used: ResourceList = quota['status']?.used ?? {}
  const limited = Object.keys(hard).filter((each) => evaluator.limits(each))
  if (limited.length === 0 || !inScopes(evaluator, quota, object!)) return undefined
  const unspecified = evaluator.unspecified?.(object!, limited)
  if (unspecified !== undefined) throw refusal(attributes, `failed quota: ${name}: ${unspecified}`)
  if (limited.some((each) => used[each] === undefined)) {
    throw refusal(attributes, `status unknown for quota: ${name}, resources: ${[...limited].sort().join(',')}`)
  }
  const whole = evaluator.usage(object!, now)
  const counted = operation === 'UPDATE' && inScopes(evaluator, quota, oldObject!)
  const delta = withoutZeros(counted ? subtract(whole, evaluator.usage(oldObject!, now)) : whole)
  const requested = pick(delta, (each) => hard[each] !== undefined)
  const after = add(used, requested)
  const exceeded = (each: string) => requested[each] !== undefined && compare(after[each]!, hard[each]!) > 0
  if (subresource !== 'status' && Object.keys(requested).some(exceeded)) {
    const [wanted, spent, limit] = [requested, used, hard].map((list) => formatList(pick(list, exceeded)))
    throw refusal(attributes, `exceeded quota: ${name}, requested: ${wanted}, used: ${spent}, limited: ${limit}`)
  }
  return equalLists(used, after) ? undefined : { quota, used: after }
}

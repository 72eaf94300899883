import { type Clock, formatTime } from '../../apimachinery/clock.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../apimachinery/object.ts'
import { aggregatedRules, aggregationManager } from '../../authorization/rbac/aggregation.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const clusterRoles = { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }

/** Keeps the rules of ClusterRoles that are made of others as those say. */
export function clusterRoleAggregation(client: SystemClient, clock: Clock): Controller {
  return {
    changed({ group, resource }) {
      if (group !== clusterRoles.group || resource !== clusterRoles.resource) return
      const all = client.list(clusterRoles, '')
      for (const role of all) {
        if (aggregatedRules(role, all) === undefined) continue
        client.update(clusterRoles, '', role.metadata.name!, (object) => {
          const rules = aggregatedRules(object, client.list(clusterRoles, ''))
          if (rules === undefined) return false
          object.rules = rules
          object.metadata.managedFields = takeRules(object, formatTime(clock.now()))
          return true
        })
      }
    },
  }
}

/** As server-side apply with force leaves it: the rules are the controller's alone. */
function takeRules({ apiVersion, metadata }: KubeObject, time: string): ManagedFieldsEntry[] {
  const others = (metadata.managedFields ?? []).filter(({ manager }) => manager !== aggregationManager)
  const without = others.map((entry) => {
    const { 'f:rules': _, ...fieldsV1 } = entry.fieldsV1 ?? {}
    return { ...entry, fieldsV1 }
  })
  const own = { manager: aggregationManager, operation: 'Apply', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: { 'f:rules': {} } }
  return [own, ...without.filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0)]
}

import type { KubeObject } from '../../apimachinery/object.ts'
import { type LabelSelectorObject, labelSelectorFromObject } from '../../apimachinery/selectors/label-selector.ts'
import { semanticEqual } from '../../apimachinery/validation/index.ts'
import type { PolicyRule } from './policy-rule.ts'

/** Who writes the rules of aggregated ClusterRoles, by server-side apply. */
export const aggregationManager = 'clusterrole-aggregation-controller'

/**
 * The rules that an aggregated ClusterRole is to have (the controller of that name): of all roles that its selectors match, in the order
 * of names, each rule once. Undefined if the role aggregates nothing, or has these rules already.
 */
export function aggregatedRules(role: KubeObject, all: Iterable<KubeObject>): PolicyRule[] | undefined {
  if (role.aggregationRule === undefined || role.aggregationRule === null) return undefined
  const others = [...all].filter(({ metadata }) => metadata.name !== role.metadata.name).sort(byName)
  const rules: PolicyRule[] = []
  for (const object of (role.aggregationRule.clusterRoleSelectors ?? []) as LabelSelectorObject[]) {
    const selector = labelSelectorFromObject(object)
    for (const other of others) {
      if (!selector.matches(other.metadata.labels)) continue
      for (const rule of (other.rules ?? []) as PolicyRule[]) if (!rules.some((seen) => semanticEqual(seen, rule))) rules.push(rule)
    }
  }
  return semanticEqual(rules, role.rules ?? []) ? undefined : rules
}

const byName = (a: KubeObject, b: KubeObject) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)

/** All ClusterRoles with their aggregated rules filled in, for where no controller does it. */
export function aggregateAll(roles: readonly KubeObject[]): KubeObject[] {
  let current = [...roles]
  // An aggregated role may itself be part of another one: at most as many rounds as there are roles.
  for (let round = 0; round < roles.length; round++) {
    const next = current.map((role) => {
      const rules = aggregatedRules(role, current)
      return rules === undefined ? role : { ...role, rules }
    })
    if (next.every((role, i) => role === current[i])) return current
    current = next
  }
  return current
}

import type { KubeObject } from '../../apimachinery/object.ts'
import { type LabelSelector, semanticEqual } from '../../apimachinery/validation/index.ts'
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
  for (const selector of (role.aggregationRule.clusterRoleSelectors ?? []) as LabelSelector[]) {
    for (const other of others) {
      if (!matchesSelector(selector, other.metadata.labels ?? {})) continue
      for (const rule of (other.rules ?? []) as PolicyRule[]) if (!rules.some((seen) => semanticEqual(seen, rule))) rules.push(rule)
    }
  }
  return semanticEqual(rules, role.rules ?? []) ? undefined : rules
}

const byName = (a: KubeObject, b: KubeObject) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)

/** An empty selector matches everything. */
function matchesSelector({ matchLabels, matchExpressions }: LabelSelector, labels: Record<string, string>): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (matchExpressions ?? []).every(({ key = '', operator, values }) => {
      const has = Object.hasOwn(labels, key)
      if (operator === 'Exists') return has
      if (operator === 'DoesNotExist') return !has
      const listed = has && (values ?? []).includes(labels[key]!)
      return operator === 'In' ? listed : operator === 'NotIn' && !listed
    })
  )
}

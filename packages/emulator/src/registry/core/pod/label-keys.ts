import type { KubeObject } from '../../../apimachinery/object.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'

/** matchLabelKeys and mismatchLabelKeys mean the new Pod's own labels: its selectors get requirements with their values. */
export function addLabelKeysToSelectors({ metadata: { labels = {} }, spec }: KubeObject): void {
  const { affinity, topologySpreadConstraints = [] } = spec as Fields
  for (const kind of [affinity?.podAffinity, affinity?.podAntiAffinity]) {
    for (const { podAffinityTerm } of kind?.preferredDuringSchedulingIgnoredDuringExecution ?? []) addToSelector(podAffinityTerm, labels)
    for (const term of kind?.requiredDuringSchedulingIgnoredDuringExecution ?? []) addToSelector(term, labels)
  }
  for (const constraint of topologySpreadConstraints) addToSelector(constraint, labels)
}

function addToSelector(term: Fields | undefined, labels: Record<string, string>): void {
  if (!term?.['labelSelector']) return
  for (const [field, operator] of [
    ['matchLabelKeys', 'In'],
    ['mismatchLabelKeys', 'NotIn'],
  ] as const) {
    for (const key of term[field] ?? []) {
      if (labels[key] === undefined) continue
      term['labelSelector'].matchExpressions ??= []
      term['labelSelector'].matchExpressions.push({ key, operator, values: [labels[key]] })
    }
  }
}

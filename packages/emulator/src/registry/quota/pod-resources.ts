/** What a Pod as a whole requests, and may use (component-helpers, resource). */
import type { Fields } from '../../apimachinery/validation/index.ts'
import { add, maximum, type ResourceList } from './resource-list.ts'

export type ResourceKind = 'requests' | 'limits'

const isPodLevel = (name: string) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** Resources that are set for the Pod as a whole. */
function podLevelResources({ resources }: Fields, kind: ResourceKind): ResourceList {
  return Object.fromEntries(Object.entries<string>(resources?.[kind] ?? {}).filter(([name]) => isPodLevel(name)))
}

export const hasPodLevelResources = (spec: Fields): boolean =>
  (['requests', 'limits'] as const).some((kind) => Object.keys(podLevelResources(spec, kind)).length > 0)

/** Of all containers together: sidecars run beside the others, other init containers one after the other before them. */
function sumOfContainers(spec: Fields, resourcesOf: (container: Fields) => ResourceList): ResourceList {
  let total = ((spec['containers'] ?? []) as Fields[]).map(resourcesOf).reduce(add, {})
  let sidecars: ResourceList = {}
  let atOnce: ResourceList = {}
  for (const container of (spec['initContainers'] ?? []) as Fields[]) {
    const own = resourcesOf(container)
    if (container['restartPolicy'] === 'Always') {
      total = add(total, own)
      sidecars = add(sidecars, own)
      atOnce = maximum(atOnce, sidecars)
    } else atOnce = maximum(atOnce, add(own, sidecars))
  }
  return maximum(total, atOnce)
}

/** By the spec alone, without overhead. */
export const specResources = (spec: Fields, kind: ResourceKind): ResourceList => ({
  ...sumOfContainers(spec, ({ resources }) => resources?.[kind] ?? {}),
  ...podLevelResources(spec, kind),
})

/** What the Pod counts for: resizes that are under way count by the larger size, and the overhead of its runtime counts too. */
export function podResources({ spec, status = {} }: Fields, kind: ResourceKind): ResourceList {
  const statuses: Fields[] = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]
  const infeasible = (status.conditions ?? []).some(({ type, reason }: Fields) => type === 'PodResizePending' && reason === 'Infeasible')
  const regular = new Set(((spec.containers ?? []) as Fields[]).map(({ name }) => name))
  const total = sumOfContainers(spec, ({ name, resources, restartPolicy }) => {
    const wanted: ResourceList = resources?.[kind] ?? {}
    const found = statuses.find((each) => each['name'] === name)
    if (found?.['resources'] === undefined || !(regular.has(name) || restartPolicy === 'Always')) return wanted
    const actual: ResourceList = found['resources'][kind] ?? {}
    const allocated: ResourceList = kind === 'requests' ? (found['allocatedResources'] ?? {}) : {}
    return maximum(maximum(infeasible ? {} : wanted, actual), allocated)
  })
  const own = { ...total, ...podLevelResources(spec, kind) }
  const overhead: ResourceList = spec.overhead ?? {}
  if (kind === 'requests') return add(own, overhead)
  return add(own, Object.fromEntries(Object.entries(overhead).filter(([name]) => own[name] !== undefined && own[name] !== '0')))
}

import type { Fields } from '../../../apimachinery/validation/index.ts'
import { addQuantities, compareQuantities, isPositive } from '../quantities.ts'

type ResourceList = Record<string, string>

const resources = ['cpu', 'memory']
const counted = (list: ResourceList | undefined): ResourceList =>
  Object.fromEntries(Object.entries(list ?? {}).filter(([name, quantity]) => resources.includes(name) && isPositive(quantity)))

/** How the kubelet treats a Pod when memory runs short: by what its containers, or the Pod as a whole, request and may use. */
export function qosClass(spec: Fields): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const parts: Fields[] = spec['resources']
    ? [spec['resources']]
    : [...(spec['containers'] ?? []), ...(spec['initContainers'] ?? [])].map((container) => container.resources ?? {})
  const requests = sum(parts.map((part) => counted(part['requests'])))
  const limits = sum(parts.map((part) => counted(part['limits'])))
  // A Pod's own resources without limits say nothing against a guarantee, but then the limits below are missing.
  const judged = spec['resources'] ? parts.filter((part) => Object.keys(part['limits'] ?? {}).length > 0) : parts
  const complete = judged.every((part) => resources.every((name) => counted(part['limits'])[name] !== undefined))
  if (Object.keys(requests).length === 0 && Object.keys(limits).length === 0) return 'BestEffort'
  const names = Object.keys(requests)
  const equal = names.every((name) => limits[name] !== undefined && compareQuantities(limits[name], requests[name]!) === 0)
  return complete && equal && names.length === Object.keys(limits).length ? 'Guaranteed' : 'Burstable'
}

function sum(lists: readonly ResourceList[]): ResourceList {
  const total: ResourceList = {}
  for (const list of lists) {
    for (const [name, quantity] of Object.entries(list)) {
      total[name] = total[name] === undefined ? quantity : addQuantities(total[name], quantity)
    }
  }
  return total
}

/** What objects count for in a ResourceQuota (Go: pkg/quota/v1/evaluator/core). */
import type { KubeObject } from '../../apimachinery/object.ts'
import { formatQuantity, parseQuantity, quantityValue } from '../../apimachinery/quantity.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { hasPodLevelResources, podResources } from './pod-resources.ts'
import { add, compare, pick, type ResourceList } from './resource-list.ts'
import { claimInScope, podInScope, scopesOf } from './scopes.ts'

export interface Evaluator {
  /** Whether a resource that a quota limits is of these objects. */
  limits(name: string): boolean
  /** @param now in milliseconds */
  usage(object: KubeObject, now: number): ResourceList
  inScope?(requirement: ReturnType<typeof scopesOf>[number], object: KubeObject): boolean
  /** What an object fails to say although it is limited, such as `cpu for: app`. */
  unspecified?(object: KubeObject, limited: readonly string[]): string | undefined
}

export interface QuotaSubject {
  group: string
  resource: string
}

/** Objects that no quota counts. */
const ignored = new Set([
  '/bindings',
  '/componentstatuses',
  '/events',
  'events.k8s.io/events',
  'authentication.k8s.io/tokenreviews',
  'authentication.k8s.io/selfsubjectreviews',
  ...['subjectaccessreviews', 'selfsubjectaccessreviews', 'localsubjectaccessreviews', 'selfsubjectrulesreviews'].map(
    (name) => `authorization.k8s.io/${name}`,
  ),
])

export const countName = ({ group, resource }: QuotaSubject): string => `count/${resource}${group === '' ? '' : `.${group}`}`

const podNames = new Set([
  'count/pods',
  'pods',
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
])
const isExtended = (name: string) =>
  name.startsWith('requests.') &&
  ((name.includes('/') && !name.includes('kubernetes.io/')) || name.startsWith('requests.deviceclass.resource.kubernetes.io/'))

const pods: Evaluator = {
  limits: (name) => podNames.has(name) || name.startsWith('hugepages-') || name.startsWith('requests.hugepages-') || isExtended(name),
  inScope: podInScope,
  usage(pod, now) {
    const counted = { 'count/pods': '1' }
    if (!isLive(pod, now)) return counted
    return { ...counted, ...podUsage(podResources(pod, 'requests'), podResources(pod, 'limits')) }
  },
  unspecified({ spec }, limited) {
    if (hasPodLevelResources(spec)) return undefined
    const required = limited.filter((name) => /^(requests\.|limits\.)?(cpu|memory)$/.test(name)).sort()
    const containers: Fields[] = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
    const missing = required.flatMap((name) => {
      const silent = containers
        .filter(({ resources }) => podUsage(resources?.requests ?? {}, resources?.limits ?? {})[name] === undefined)
        .map((container) => container['name'])
      return silent.length === 0 ? [] : [`${name} for: ${[...new Set(silent)].sort().join(',')}`]
    })
    return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`
  },
}

function podUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage: Record<string, string> = { pods: '1' }
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    if (requests[name] !== undefined) usage[name] = usage[`requests.${name}`] = requests[name]
    if (limits[name] !== undefined) usage[`limits.${name}`] = limits[name]
  }
  for (const [name, quantity] of Object.entries(requests)) {
    if (name.startsWith('hugepages-')) usage[name] = quantity
    if (name.startsWith('hugepages-') || (name.includes('/') && !name.startsWith('kubernetes.io/'))) usage[`requests.${name}`] = quantity
  }
  return usage
}

/** Pods that have ended, or should have, use nothing. */
function isLive({ metadata, status }: KubeObject, now: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false
  if (metadata.deletionTimestamp === undefined || metadata.deletionGracePeriodSeconds === undefined) return true
  return now <= Date.parse(metadata.deletionTimestamp) + metadata.deletionGracePeriodSeconds * 1000
}

const serviceNames = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']

const services: Evaluator = {
  limits: (name) => serviceNames.includes(name),
  usage({ spec }) {
    const ports: Fields[] = spec?.ports ?? []
    const balanced = spec?.type === 'LoadBalancer'
    const allocated = balanced && spec.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort) : ports
    return {
      'count/services': '1',
      services: '1',
      'services.nodeports': String(balanced || spec?.type === 'NodePort' ? allocated.length : 0),
      'services.loadbalancers': balanced ? '1' : '0',
    }
  },
}

const storageClassInfix = '.storageclass.storage.k8s.io/'
const claimNames = ['persistentvolumeclaims', 'requests.storage']

const claims: Evaluator = {
  limits: (name) =>
    name === 'count/persistentvolumeclaims' ||
    claimNames.includes(name) ||
    claimNames.some((suffix) => name.endsWith(storageClassInfix + suffix)),
  inScope: claimInScope,
  usage(claim) {
    const { metadata, spec = {} } = claim
    const storage = storageOf(claim)
    const usage: Record<string, string> = {
      persistentvolumeclaims: '1',
      ...(storage === undefined ? {} : { 'requests.storage': storage }),
    }
    const storageClass = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''
    if (storageClass !== '') for (const name of Object.keys(usage)) usage[storageClass + storageClassInfix + name] = usage[name]!
    return { ...usage, 'count/persistentvolumeclaims': '1' }
  },
}

/** In whole bytes: what is asked for, or what has been allocated if that is more. */
function storageOf({ spec, status }: KubeObject): string | undefined {
  const asked: string | undefined = spec?.resources?.requests?.storage
  if (asked === undefined) return undefined
  const allocated: string = status?.allocatedResources?.storage ?? '0'
  return roundUp(compare(allocated, asked) > 0 ? allocated : asked)
}

function roundUp(text: string): string {
  const quantity = parseQuantity(text)
  return quantity.scale >= 0 ? text : formatQuantity({ value: quantityValue(quantity), scale: 0, format: quantity.format })
}

const special: Readonly<Record<string, Evaluator>> = { '/pods': pods, '/services': services, '/persistentvolumeclaims': claims }
const plainNames = new Set(['/configmaps', '/resourcequotas', '/replicationcontrollers', '/secrets'])

/** Undefined for objects that no quota counts. */
export function evaluatorOf(subject: QuotaSubject): Evaluator | undefined {
  const path = `${subject.group}/${subject.resource}`
  if (ignored.has(path)) return undefined
  const found = special[path]
  if (found !== undefined) return found
  const names = [countName(subject), ...(plainNames.has(path) ? [subject.resource] : [])]
  return { limits: (name) => names.includes(name), usage: () => Object.fromEntries(names.map((name) => [name, '1'])) }
}

/** Whether a quota's scopes let it count an object. */
export const inScopes = ({ inScope }: Evaluator, quota: KubeObject, object: KubeObject): boolean =>
  scopesOf(quota).every((requirement) => inScope?.(requirement, object) === true)

/** How much of what a quota limits is used. */
export function usageOf(
  quota: KubeObject,
  subjects: Iterable<QuotaSubject>,
  list: (subject: QuotaSubject) => readonly KubeObject[],
  now: number,
): ResourceList {
  const limited = Object.keys(quota['spec']?.hard ?? {})
  let used: ResourceList = {}
  for (const subject of subjects) {
    const evaluator = evaluatorOf(subject)
    const names = evaluator === undefined ? [] : limited.filter((name) => evaluator.limits(name))
    if (evaluator === undefined || names.length === 0) continue
    used = add(used, Object.fromEntries(names.map((name) => [name, '0'])))
    for (const object of list(subject)) if (inScopes(evaluator, quota, object)) used = add(used, evaluator.usage(object, now))
  }
  return pick(used, (name) => limited.includes(name))
}

/** What the API server fills into Pods and Pod templates (Go: apis/core/v1/defaults.go). */
import { emptiedMember, noteEmptied } from '../../../apimachinery/scheme/emptied.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'
import { addQuantities, compareQuantities, roundUpToMilli } from '../quantities.ts'
import { isHugePageName, isOvercommitAllowed, isPodLevelName } from '../resource-names.ts'
import { applyContainerDefaults } from './container-defaults.ts'
import { allContainers } from './containers.ts'
import { applyVolumeDefaults } from './volume-defaults.ts'

const defaultOf = (object: Fields, field: string, value: unknown) => {
  if (object[field] === undefined || object[field] === '') object[field] = value
}

/** The defaults of a Pod's spec wherever it stands: in a Pod or in any template. Changes it in place. */
export function applyPodSpecDefaults(spec: Fields): void {
  defaultOf(spec, 'dnsPolicy', 'ClusterFirst')
  defaultOf(spec, 'restartPolicy', 'Always')
  defaultOf(spec, 'securityContext', {})
  defaultOf(spec, 'terminationGracePeriodSeconds', 30)
  defaultOf(spec, 'schedulerName', 'default-scheduler')
  mirrorServiceAccountName(spec)
  for (const volume of spec.volumes ?? []) applyVolumeDefaults(volume)
  for (const { container } of allContainers(spec)) applyContainerDefaults(container)
  for (const list of [spec.overhead, spec.resources?.limits, spec.resources?.requests]) roundResources(list)
}

/** `serviceAccount` is the old name of `serviceAccountName`; the API shows both, with the same value. */
export function mirrorServiceAccountName(spec: Fields): void {
  const name = spec.serviceAccountName || spec.serviceAccount
  if (name) Object.assign(spec, { serviceAccountName: name, serviceAccount: name })
}

/** A template: metadata's annotations are left alone, the spec gets its defaults. */
export function applyPodTemplateDefaults(template: Fields | undefined): void {
  if (template?.spec !== undefined) applyPodSpecDefaults(template.spec)
}

/** The defaults that Pods alone have, not templates. */
export function applyPodDefaults(pod: Fields): void {
  pod.spec ??= {}
  const { spec } = pod
  applyPodSpecDefaults(spec)
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) requestLimits(container)
  applyPodLevelResources(spec)
  defaultOf(spec, 'enableServiceLinks', true)
  if (spec.hostNetwork === true) publishHostPorts(spec)
}

function roundResources(list: Record<string, string> | undefined): void {
  for (const [name, quantity] of Object.entries(list ?? {})) list![name] = roundUpToMilli(quantity)
}

/** Without a request, the limit is requested. */
function requestLimits({ resources }: Fields): void {
  if (resources === undefined || resources === null) return
  if (resources.limits === undefined) {
    if (resources.requests === undefined && emptiedMember(resources, 'limits') !== undefined) noteEmptied(resources, 'requests', 'map')
    return
  }
  resources.requests = { ...resources.limits, ...resources.requests }
  if (Object.keys(resources.requests).length === 0) delete resources.requests
}

function publishHostPorts(spec: Fields): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort
  }
}

type ResourceList = Record<string, string>

/** What a Pod as a whole requests and may use, as far as it says something of that and its containers tell the rest. */
export function applyPodLevelResources(spec: Fields): void {
  const { resources } = spec
  if (resources === undefined) return
  const count = (list: ResourceList | undefined) => Object.keys(list ?? {}).length
  if (count(resources.limits) + count(resources.requests) > 0) {
    const limits = { ...resources.limits }
    for (const [name, limit] of Object.entries(aggregateResources(spec, 'limits'))) {
      if (isHugePageName(name) && resources.requests?.[name] === undefined) limits[name] ??= limit
    }
    if (count(limits) > 0) resources.limits = limits
  }
  if (count(resources.limits) === 0) return
  const requests = { ...resources.requests }
  for (const [name, request] of Object.entries(aggregateResources(spec, 'requests'))) {
    if (isPodLevelName(name) && isOvercommitAllowed(name)) requests[name] ??= request
  }
  for (const [name, limit] of Object.entries(resources.limits as ResourceList)) if (isPodLevelName(name)) requests[name] ??= limit
  if (count(requests) > 0) resources.requests = requests
}

/** What a Pod's containers need together: the sum of those that run side by side, or more where an init container needs more. */
export function aggregateResources(spec: Fields, field: 'limits' | 'requests'): ResourceList {
  const of = (container: Fields): ResourceList => container.resources?.[field] ?? {}
  let total: ResourceList = {}
  for (const container of spec.containers ?? []) total = addLists(total, of(container))
  let sidecars: ResourceList = {}
  let peak: ResourceList = {}
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      total = addLists(total, of(container))
      sidecars = addLists(sidecars, of(container))
      peak = maxLists(peak, sidecars)
    } else {
      peak = maxLists(peak, addLists(of(container), sidecars))
    }
  }
  return maxLists(total, peak)
}

function addLists(a: ResourceList, b: ResourceList): ResourceList {
  const sum = { ...a }
  for (const [name, quantity] of Object.entries(b)) sum[name] = sum[name] === undefined ? quantity : addQuantities(sum[name], quantity)
  return sum
}

function maxLists(a: ResourceList, b: ResourceList): ResourceList {
  const max = { ...a }
  for (const [name, quantity] of Object.entries(b)) {
    if (max[name] === undefined || compareQuantities(quantity, max[name]) > 0) max[name] = quantity
  }
  return max
}

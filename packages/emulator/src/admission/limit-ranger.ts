import { aggregateErrors } from '../apimachinery/aggregate-errors.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { own } from '../apimachinery/own.ts'
import { formatQuantity, parseQuantity, quantityValue } from '../apimachinery/quantity.ts'
import type { Fields } from '../apimachinery/validation/index.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { applyPodLevelResources } from '../registry/core/pod/defaults.ts'
import { type ResourceKind, specResources } from '../registry/quota/pod-resources.ts'
import { compare, type ResourceList } from '../registry/quota/resource-list.ts'
import { type AdmissionPlugin, type AdmissionSource, refusal } from './plugin.ts'

const annotation = 'kubernetes.io/limit-ranger'

/** Fills in what containers request and may use, and holds them and claims to a namespace's limits (the LimitRanger plugin). */
export function limitRangerPlugin({ lookupAll }: AdmissionSource): AdmissionPlugin {
  const limitsOf = ({ namespace }: AdmissionAttributes): Fields[][] =>
    lookupAll({ group: '', resource: 'limitranges' }, namespace).map(({ spec }) => spec?.limits ?? [])

  return {
    admit(attributes) {
      if (!applies(attributes) || attributes.definition.resource !== 'pods') return
      for (const limits of limitsOf(attributes)) fillIn(attributes.object!, limits)
    },
    validate(attributes) {
      if (!applies(attributes)) return
      const check = attributes.definition.resource === 'pods' ? checkPod : checkClaim
      for (const limits of limitsOf(attributes)) {
        const errors = limits.flatMap((limit) => check(attributes.object!, limit))
        if (errors.length > 0) throw refusal(attributes, aggregateErrors(errors))
      }
    },
  }
}

/** New Pods and those that are resized; claims always. */
function applies({ definition: { group, resource }, subresource, operation, object, oldObject }: AdmissionAttributes): boolean {
  if (group !== '' || object === undefined || oldObject?.metadata.deletionTimestamp !== undefined) return false
  if (operation !== 'CREATE' && operation !== 'UPDATE') return false
  if (resource === 'pods') return operation === 'CREATE' ? subresource === '' : subresource === 'resize'
  return resource === 'persistentvolumeclaims' && subresource === ''
}

function fillIn(pod: KubeObject, limits: readonly Fields[]): void {
  const ofContainers = limits.filter(({ type }) => type === 'Container')
  const defaults: Record<ResourceKind, ResourceList> = {
    requests: Object.assign({}, ...ofContainers.map(({ defaultRequest }) => defaultRequest)),
    limits: Object.assign({}, ...ofContainers.map((limit) => limit['default'])),
  }
  const changes = [
    ...(pod['spec'].containers ?? []).flatMap((container: Fields) => fillInContainer(container, defaults, 'container')),
    ...(pod['spec'].initContainers ?? []).flatMap((container: Fields) => fillInContainer(container, defaults, 'init container')),
  ]
  if (changes.length === 0) return
  // Defaults come again when the object is read from the store.
  applyPodLevelResources(pod['spec'])
  pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${changes.join('; ')}` }
}

/** What was filled in, as the annotation tells it. */
function fillInContainer(container: Fields, defaults: Record<ResourceKind, ResourceList>, what: string): string[] {
  return (['requests', 'limits'] as const).flatMap((kind) => {
    const present: ResourceList = container['resources']?.[kind] ?? {}
    const missing = Object.keys(defaults[kind])
      .filter((name) => own(present, name) === undefined)
      .sort()
    if (missing.length === 0) return []
    const added = Object.fromEntries(missing.map((name) => [name, defaults[kind][name]]))
    container['resources'] = { ...container['resources'], [kind]: { ...present, ...added } }
    return [`${missing.join(', ')} ${kind === 'requests' ? 'request' : 'limit'} for ${what} ${container['name']}`]
  })
}

interface Usage {
  requests: ResourceList
  limits: ResourceList
}

const show = (quantity: string) => formatQuantity(parseQuantity(quantity))
const constraints = (list: ResourceList | undefined) => Object.entries(list ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

function checkPod({ spec }: KubeObject, limit: Fields): string[] {
  if (limit['type'] === 'Pod')
    return checkUsage({ requests: specResources(spec, 'requests'), limits: specResources(spec, 'limits') }, limit)
  if (limit['type'] !== 'Container') return []
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ resources }: Fields) =>
    checkUsage({ requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }, limit),
  )
}

const checkUsage = (usage: Usage, { type, min, max, maxLimitRequestRatio }: Fields): string[] => [
  ...constraints(min).flatMap(([name, bound]) => tooSmall(usage, type, name, bound) ?? []),
  ...constraints(max).flatMap(([name, bound]) => tooLarge(usage, type, name, bound) ?? []),
  ...constraints(maxLimitRequestRatio).flatMap(([name, bound]) => tooUneven(usage, type, name, bound) ?? []),
]

function checkClaim({ spec }: KubeObject, { type, min, max }: Fields): string[] {
  if (type !== 'PersistentVolumeClaim') return []
  const requests: ResourceList = spec.resources?.requests ?? {}
  return [
    ...constraints(min).flatMap(([name, bound]) => tooSmall({ requests, limits: {} }, type, name, bound) ?? []),
    ...constraints(max).flatMap(([name, bound]) => {
      const text = `maximum ${name} usage per ${type} is ${show(bound)}`
      const request = own(requests, name)
      if (request === undefined) return [`${text}.  No request is specified`]
      return compare(request, bound) > 0 ? [`${text}, but request is ${show(request)}`] : []
    }),
  ]
}

function tooSmall({ requests, limits }: Usage, type: string, name: string, bound: string): string | undefined {
  const text = `minimum ${name} usage per ${type} is ${show(bound)}`
  const [request, limit] = [own(requests, name), own(limits, name)]
  if (request === undefined) return `${text}.  No request is specified`
  if (compare(request, bound) < 0) return `${text}, but request is ${show(request)}`
  if (limit !== undefined && compare(limit, bound) < 0) return `${text}, but limit is ${show(limit)}`
  return undefined
}

function tooLarge({ requests, limits }: Usage, type: string, name: string, bound: string): string | undefined {
  const text = `maximum ${name} usage per ${type} is ${show(bound)}`
  const [request, limit] = [own(requests, name), own(limits, name)]
  if (limit === undefined) return `${text}.  No limit is specified`
  if (compare(limit, bound) > 0) return `${text}, but limit is ${show(limit)}`
  if (request !== undefined && compare(request, bound) > 0) return `${text}, but request is ${show(request)}`
  return undefined
}

const milliUnits = (quantity: string) => Number(quantityValue(parseQuantity(quantity), -3))

function tooUneven({ requests, limits }: Usage, type: string, name: string, bound: string): string | undefined {
  const text = `${name} max limit to request ratio per ${type} is ${show(bound)}`
  const [request, limit] = [milliUnits(own(requests, name) ?? '0'), milliUnits(own(limits, name) ?? '0')]
  if (request === 0) return `${text}, but no request is specified or request is 0`
  if (limit === 0) return `${text}, but no limit is specified or limit is 0`
  const ratio = limit / request
  return ratio * 1000 > milliUnits(bound) ? `${text}, but provided ratio is ${ratio.toFixed(6)}` : undefined
}

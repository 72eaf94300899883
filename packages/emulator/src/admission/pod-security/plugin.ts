import { deepEqual } from '../../apimachinery/deep-copy.ts'
import type { KubeObject, ObjectMeta } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import { newForbidden, newInvalid } from '../../apimachinery/status-error.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import type { AdmissionAttributes } from '../../registry/context.ts'
import type { AdmissionPlugin, AdmissionSource } from '../plugin.ts'
import { formatViolations, violationsOf } from './evaluate.ts'
import { compareLevels, formatLevel, type LevelVersion, policyOf } from './policy.ts'

interface PodLike {
  metadata?: ObjectMeta
  spec?: Fields
}

/** Where workloads have the template of their Pods, by group and resource. */
const templates: Readonly<Record<string, (object: KubeObject) => PodLike | undefined>> = {
  '/replicationcontrollers': ({ spec }) => spec?.template,
  '/podtemplates': ({ template }) => template,
  'apps/replicasets': ({ spec }) => spec?.template,
  'apps/deployments': ({ spec }) => spec?.template,
  'apps/statefulsets': ({ spec }) => spec?.template,
  'apps/daemonsets': ({ spec }) => spec?.template,
  'batch/jobs': ({ spec }) => spec?.template,
  'batch/cronjobs': ({ spec }) => spec?.jobTemplate?.spec?.template,
}

const ignoredPodSubresources = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'])
const maxPodsToCheck = 3000

/** Holds Pods to what their namespace's labels ask for, and warns of workloads that would not be (the PodSecurity plugin). */
export function podSecurityPlugin({ lookup, lookupAll }: AdmissionSource): AdmissionPlugin {
  const policyOfNamespace = (namespace: string) =>
    policyOf(lookup({ group: '', resource: 'namespaces' }, '', namespace)?.metadata.labels).policy

  const warn = (attributes: AdmissionAttributes, level: LevelVersion, { spec = {}, metadata = {} }: PodLike) => {
    const violations = violationsOf(level, spec, metadata)
    if (violations.length > 0) {
      attributes.warn(`would violate PodSecurity ${quote(formatLevel(level))}: ${formatViolations(violations)}`)
    }
  }

  const validatePod = (attributes: AdmissionAttributes) => {
    const { definition, object, oldObject, subresource, namespace, name, operation } = attributes
    if (ignoredPodSubresources.has(subresource) || object === undefined) return
    if (operation === 'UPDATE' && !changesImages(object, oldObject!)) return
    const { enforce, warn: warned } = policyOfNamespace(namespace)
    const violations = violationsOf(enforce, object['spec'], object.metadata)
    if (violations.length > 0) {
      throw newForbidden(definition, name, `violates PodSecurity ${quote(formatLevel(enforce))}: ${formatViolations(violations)}`)
    }
    warn(attributes, warned, object)
  }

  const validateNamespace = (attributes: AdmissionAttributes) => {
    const { object, oldObject, subresource, name, operation } = attributes
    if (subresource !== '' || object === undefined) return
    const { policy, errors } = policyOf(object.metadata.labels)
    const before = operation === 'UPDATE' ? policyOf(oldObject!.metadata.labels) : undefined
    if (errors.length > 0 && !(before !== undefined && deepEqual(errors, before.errors))) {
      throw newInvalid({ group: '', kind: 'Namespace' }, name, errors)
    }
    if (before === undefined || !isStricter(policy.enforce, before.policy.enforce)) return
    const pods = lookupAll({ group: '', resource: 'pods' }, name)
    for (const text of warningsOfPods(pods, name, policy.enforce)) attributes.warn(text)
  }

  return {
    validate(attributes) {
      const { definition, object, operation, subresource, namespace } = attributes
      if (operation !== 'CREATE' && operation !== 'UPDATE') return
      const path = `${definition.group}/${definition.resource}`
      if (path === '/pods') validatePod(attributes)
      else if (path === '/namespaces') validateNamespace(attributes)
      else if (subresource === '' && object !== undefined) {
        const template = templates[path]?.(object)
        if (template !== undefined) warn(attributes, policyOfNamespace(namespace).warn, template)
      }
    },
  }
}

function isStricter(now: LevelVersion, before: LevelVersion): boolean {
  if (now.level === 'privileged' || deepEqual(now, before)) return false
  return now.version !== before.version || compareLevels(now.level, before.level) > 0
}

/** Images are all that matters among what an update may change; more containers are new ones. */
function changesImages({ spec }: KubeObject, { spec: old }: KubeObject): boolean {
  const images = (containers: Fields[] = []) => containers.map(({ image }) => image)
  if (!deepEqual(images(spec.containers), images(old.containers))) return true
  if (!deepEqual(images(spec.initContainers), images(old.initContainers))) return true
  return (spec.ephemeralContainers ?? []).some(
    ({ name, image }: Fields) => !(old.ephemeralContainers ?? []).some((each: Fields) => each['name'] === name && each['image'] === image),
  )
}

/** Pods of one controller are alike: of each controller, one is looked at before all others. */
function prioritize(pods: readonly KubeObject[]): KubeObject[] {
  const seen = new Set<string>()
  const [first, rest]: [KubeObject[], KubeObject[]] = [[], []]
  for (const pod of pods) {
    const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true)?.uid
    if (controller !== undefined && seen.has(controller)) rest.push(pod)
    else first.push(pod)
    if (controller !== undefined) seen.add(controller)
  }
  return [...first, ...rest]
}

function warningsOfPods(pods: readonly KubeObject[], namespace: string, enforce: LevelVersion): string[] {
  const checked = prioritize(pods).slice(0, maxPodsToCheck)
  const podsByReason = new Map<string, string[]>()
  for (const { metadata, spec } of checked) {
    const reason = violationsOf(enforce, spec, metadata)
      .map((each) => each.reason)
      .join(', ')
    if (reason !== '') podsByReason.set(reason, [...(podsByReason.get(reason) ?? []), metadata.name!])
  }
  const lines = [...podsByReason].map(([reason, names]) => `${[...names].sort()[0]}${others(names.length - 1)}: ${reason}`).sort()
  return [
    ...(checked.length < pods.length
      ? [`new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`]
      : []),
    ...(lines.length > 0
      ? [`existing pods in namespace ${quote(namespace)} violate the new PodSecurity enforce level ${quote(formatLevel(enforce))}`]
      : []),
    ...lines,
  ]
}

const others = (count: number) => (count === 0 ? '' : ` (and ${count} other pod${count === 1 ? '' : 's'})`)

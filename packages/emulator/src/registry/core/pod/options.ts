import { fieldPath } from '../../../apimachinery/field-error.ts'
import type { ObjectMeta } from '../../../apimachinery/object.ts'
import { type Fields, selectorHasInvalidValue, validateLabelSelector } from '../../../apimachinery/validation/index.ts'
import { hugePagesDivide, isHugePageName } from '../resource-names.ts'
import { hasInvalidNodeSelectorValue } from './affinity.ts'
import { isDeletionCost } from './annotations.ts'
import { allContainers } from './containers.ts'
import { validateRelativePath } from './paths.ts'
import { isHostSysctl } from './security-context.ts'
import { hasInvalidLabelKeys } from './topology.ts'

/**
 * What validation of a Pod's spec lets pass: an update may keep what the stored object has, even where a newer server would refuse it
 * (Go: PodValidationOptions).
 */
export interface PodValidationOptions {
  /** A Pod itself, not a template. */
  isPod?: boolean
  allowInvalidDeletionCost?: boolean
  allowIndivisibleHugePages?: boolean
  allowInvalidAffinitySelectors?: boolean
  allowInvalidNodeAffinityValues?: boolean
  allowInvalidSpreadSelectors?: boolean
  allowInvalidSpreadKeys?: boolean
  allowNonLocalTokenPaths?: boolean
  allowHostSysctls?: boolean
  allowRestartOfInitContainers?: boolean
  allowDevicesInUserNamespaces?: boolean
  allowUserNamespaceOnHostNetwork?: boolean
  allowAnySELinuxChangePolicy?: boolean
  allowComparingTolerations?: boolean
}

/** The options for an update of a Pod or template that holds `old`; without it, those for a new object: none. */
export function podValidationOptions(old?: { metadata?: ObjectMeta; spec?: Fields }): PodValidationOptions {
  if (old?.spec === undefined) return {}
  const { spec } = old
  const containers = allContainers(spec).map(({ container }) => container)
  const userNamespace = spec.hostUsers === false
  return {
    allowInvalidDeletionCost: !isDeletionCost(old.metadata?.annotations),
    allowIndivisibleHugePages: [spec.overhead, ...containers.flatMap(({ resources }) => [resources?.limits, resources?.requests])].some(
      (list) => Object.entries(list ?? {}).some(([name, quantity]) => isHugePageName(name) && !hugePagesDivide(name, quantity as string)),
    ),
    allowInvalidAffinitySelectors: affinityTerms(spec).some(hasInvalidSelector),
    allowInvalidNodeAffinityValues: hasInvalidNodeSelectorValue(
      spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    ),
    allowInvalidSpreadSelectors: (spec.topologySpreadConstraints ?? []).some(
      (constraint: Fields) => validateLabelSelector(constraint.labelSelector, fieldPath()).length > 0,
    ),
    allowInvalidSpreadKeys: (spec.topologySpreadConstraints ?? []).some(hasInvalidLabelKeys),
    allowNonLocalTokenPaths: tokenPaths(spec).some((path) => validateRelativePath(path, fieldPath()).length > 0),
    allowHostSysctls: (spec.securityContext?.sysctls ?? []).some(({ name = '' }: Fields) => isHostSysctl(name, spec) !== undefined),
    allowRestartOfInitContainers: (spec.initContainers ?? []).some(
      (container: Fields) =>
        container.restartPolicy !== 'Always' &&
        (container.resizePolicy ?? []).some((policy: Fields) => policy.restartPolicy === 'RestartContainer'),
    ),
    allowDevicesInUserNamespaces: userNamespace && containers.some(({ volumeDevices }) => volumeDevices?.length > 0),
    allowUserNamespaceOnHostNetwork: userNamespace && spec.hostNetwork === true,
    allowAnySELinuxChangePolicy: spec.securityContext?.seLinuxChangePolicy !== undefined,
    allowComparingTolerations: (spec.tolerations ?? []).some(({ operator }: Fields) => operator === 'Lt' || operator === 'Gt'),
  }
}

function affinityTerms({ affinity }: Fields): Fields[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((kind) => [
    ...(kind?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(kind?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((term: Fields) => term.podAffinityTerm),
  ])
}

const hasInvalidSelector = ({ labelSelector, namespaceSelector }: Fields) =>
  [labelSelector, namespaceSelector].some(
    (selector) => selectorHasInvalidValue(selector) || validateLabelSelector(selector, fieldPath()).length > 0,
  )

function tokenPaths({ volumes = [] }: Fields): string[] {
  return volumes
    .flatMap((volume: Fields) => volume.projected?.sources ?? [])
    .filter((source: Fields) => source.serviceAccountToken)
    .map((source: Fields) => source.serviceAccountToken.path ?? '')
}

/** Which Pods and claims a quota is about. */
import { type LabelSelectorObject, labelSelectorFromObject } from '../../apimachinery/selectors/label-selector.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { qosClass } from '../core/pod/qos.ts'

interface ScopeRequirement {
  scopeName: string
  operator: string
  values?: string[]
}

/** A quota's scopes, in either spelling. */
export function scopesOf({ spec }: Fields): ScopeRequirement[] {
  return [
    ...(spec?.scopes ?? []).map((scopeName: string) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ]
}

const isTerminating = ({ spec }: Fields) => (spec.activeDeadlineSeconds ?? -1) >= 0
const isBestEffort = ({ spec, status }: Fields) => (status?.qosClass || qosClass(spec)) === 'BestEffort'

function crossesNamespaces({ spec: { affinity } }: Fields): boolean {
  const terms: Fields[] = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((each?: Fields) => [
    ...(each?.['requiredDuringSchedulingIgnoredDuringExecution'] ?? []),
    ...(each?.['preferredDuringSchedulingIgnoredDuringExecution'] ?? []).map(({ podAffinityTerm }: Fields) => podAffinityTerm),
  ])
  return terms.some(({ namespaces, namespaceSelector }) => (namespaces ?? []).length > 0 || namespaceSelector !== undefined)
}

const selects = ({ scopeName, operator, values }: ScopeRequirement, value: string | undefined): boolean => {
  const selector: LabelSelectorObject = { matchExpressions: [{ key: scopeName, operator, values: values ?? [] }] }
  return labelSelectorFromObject(selector).matches(value === undefined ? {} : { [scopeName]: value })
}

export function podInScope(requirement: ScopeRequirement, pod: Fields): boolean {
  switch (requirement.scopeName) {
    case 'Terminating':
      return isTerminating(pod)
    case 'NotTerminating':
      return !isTerminating(pod)
    case 'BestEffort':
      return isBestEffort(pod)
    case 'NotBestEffort':
      return !isBestEffort(pod)
    case 'PriorityClass':
      return selects(requirement, pod['spec'].priorityClassName || undefined)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    default:
      return false
  }
}

export function claimInScope(requirement: ScopeRequirement, claim: Fields): boolean {
  if (requirement.scopeName !== 'VolumeAttributesClass') return false
  const names = attributesClassesOf(claim)
  return names.length === 0 ? selects(requirement, undefined) : names.some((name) => selects(requirement, name))
}

/** The classes that a claim has, wants, or is on its way to. */
export function attributesClassesOf({ spec, status }: Fields): string[] {
  const names = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ]
  return [...new Set(names.filter(Boolean))].sort()
}

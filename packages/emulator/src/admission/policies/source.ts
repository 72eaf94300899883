/** Policies with their bindings, as the API server has them in force (apiserver, admission/plugin/policy/generic). */
import type { KubeObject } from '../../apimachinery/object.ts'
import { type LabelSelectorObject, labelSelectorFromObject } from '../../apimachinery/selectors/label-selector.ts'
import type { MatchResources, Rule } from '../matching.ts'
import type { AdmissionSource } from '../plugin.ts'

export interface Policy {
  name: string
  object: KubeObject
  match: MatchResources
  bindings: readonly Binding[]
}

export interface Binding {
  name: string
  object: KubeObject
  match: MatchResources
}

const group = 'admissionregistration.k8s.io'

/** Policies without a binding have no say. */
export function createPolicySource({ lookupAll }: Pick<AdmissionSource, 'lookupAll'>, kind: 'validating' | 'mutating'): () => Policy[] {
  const policies = { group, resource: `${kind}admissionpolicies` }
  const bindings = { group, resource: `${kind}admissionpolicybindings` }
  const matches = new WeakMap<KubeObject, MatchResources>()
  const matchOf = (object: KubeObject, constraints: Record<string, unknown> | undefined) => {
    let match = matches.get(object)
    if (match === undefined) {
      match = compileMatch(constraints)
      matches.set(object, match)
    }
    return match
  }

  return () => {
    const all = lookupAll(policies, '')
    if (all.length === 0) return []
    const bound = lookupAll(bindings, '')
    return all.flatMap((object) => {
      const name = object.metadata.name!
      const own = bound
        .filter(({ spec }) => spec?.policyName === name)
        .map((binding) => ({ name: binding.metadata.name!, object: binding, match: matchOf(binding, binding['spec'].matchResources) }))
      return own.length === 0 ? [] : [{ name, object, match: matchOf(object, object['spec']?.matchConstraints), bindings: own }]
    })
  }
}

function compileMatch(constraints: Record<string, unknown> = {}): MatchResources {
  const rules = (constraints['resourceRules'] ?? []) as Rule[]
  const selector = (field: string) => labelSelectorFromObject((constraints[field] ?? {}) as LabelSelectorObject)
  return {
    rules: rules.length === 0 ? 'all' : rules,
    excluded: (constraints['excludeResourceRules'] ?? []) as Rule[],
    equivalent: constraints['matchPolicy'] === 'Equivalent',
    namespaces: selector('namespaceSelector'),
    objects: selector('objectSelector'),
  }
}

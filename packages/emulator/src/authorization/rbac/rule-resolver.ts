import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import { type AppliedBinding, type BindingIndex, createBindingIndex } from './binding-index.ts'
import { type PolicyRule, type RoleRef, rbacGroup } from './policy-rule.ts'

export const rbacResources = ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'] as const
export type RbacResource = (typeof rbacResources)[number]

/** Where the RBAC objects come from: all of a resource, in a namespace or ('') everywhere. */
export interface RbacSource {
  list(resource: { group: string; resource: string }, namespace: string): Iterable<KubeObject>
}

/** The role that a binding names and nobody has. */
export interface MissingRole {
  roleRef: RoleRef
  /** '' for a ClusterRole. */
  namespace: string
}

export interface ResolvedBinding extends AppliedBinding {
  /** Undefined if the role is missing. */
  rules: readonly PolicyRule[] | undefined
}

/** Follows bindings to rules; kept up to date by `objectChanged`. */
export interface RuleResolver {
  /** An object was written, or (undefined) deleted. Other resources than RBAC's are ignored. */
  objectChanged(resource: string, namespace: string, name: string, object: KubeObject | undefined): void
  /** Everything may have changed: reads the source again at the next question. */
  reload(): void
  /** Changes with each change of an RBAC object. */
  generation(): number
  /** The bindings for a user, cluster-wide ones first, each group in the order of names. */
  bindingsFor(user: UserInfo, namespace: string): readonly ResolvedBinding[]
  /** The rules that a reference stands for in the namespace of its binding; undefined if there is no such role. */
  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined
  /** All rules of a user in a namespace and, as RBAC words it, what could not be resolved. */
  rulesFor(user: UserInfo, namespace: string): { rules: PolicyRule[]; missing: MissingRole[] }
}

export function createRuleResolver(source: RbacSource): RuleResolver {
  let bindings: BindingIndex | undefined
  let roles = new Map<string, readonly PolicyRule[]>()
  let generation = 0

  const change = (resource: RbacResource, namespace: string, name: string, object: KubeObject | undefined) => {
    if (resource === 'clusterrolebindings' || resource === 'rolebindings') {
      if (object === undefined) bindings!.delete(namespace, name)
      else bindings!.set(object)
    } else if (object === undefined) roles.delete(`${namespace}/${name}`)
    else roles.set(`${namespace}/${name}`, object.rules ?? [])
  }

  const load = (): BindingIndex => {
    if (bindings !== undefined) return bindings
    bindings = createBindingIndex()
    roles = new Map()
    for (const resource of rbacResources) {
      for (const object of source.list({ group: rbacGroup, resource }, ''))
        change(resource, object.metadata.namespace ?? '', object.metadata.name ?? '', object)
    }
    return bindings
  }

  const rulesOf = (roleRef: RoleRef, namespace: string) => {
    load()
    if (roleRef.kind === 'ClusterRole') return roles.get(`/${roleRef.name}`)
    return namespace === '' ? undefined : roles.get(`${namespace}/${roleRef.name}`)
  }

  const bindingsFor = (user: UserInfo, namespace: string): ResolvedBinding[] => {
    const index = load()
    const applied = [...index.appliedTo(user, ''), ...(namespace === '' ? [] : index.appliedTo(user, namespace))]
    return applied.map((one) => ({ ...one, rules: rulesOf(one.binding.roleRef, one.binding.namespace) }))
  }

  return {
    objectChanged(resource, namespace, name, object) {
      if (!isRbacResource(resource)) return
      generation += 1
      if (bindings !== undefined) change(resource, namespace, name, object)
    },
    reload() {
      generation += 1
      bindings = undefined
    },
    generation: () => generation,
    bindingsFor,
    rulesOf,
    rulesFor(user, namespace) {
      const rules: PolicyRule[] = []
      const missing: MissingRole[] = []
      for (const { binding, rules: found } of bindingsFor(user, namespace)) {
        if (found === undefined) missing.push(missingRole(binding.roleRef, binding.namespace))
        else rules.push(...found)
      }
      return { rules, missing }
    },
  }
}

const isRbacResource = (resource: string): resource is RbacResource => (rbacResources as readonly string[]).includes(resource)

export const missingRole = (roleRef: RoleRef, namespace: string): MissingRole => ({
  roleRef,
  namespace: roleRef.kind === 'ClusterRole' ? '' : namespace,
})

/** The authorizer's words for a missing role, such as `role.rbac.authorization.k8s.io "x" not found`. */
export const missingRoleText = ({ roleRef }: MissingRole) =>
  `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${quote(roleRef.name)} not found`

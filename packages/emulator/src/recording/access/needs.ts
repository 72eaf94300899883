import type { Attributes } from '../../authorization/attributes.ts'
import type { RbacWrite } from '../../authorization/rbac/escalation.ts'
import type { PolicyRule, RoleRef } from '../../authorization/rbac/policy-rule.ts'
import type { RuleResolver } from '../../authorization/rbac/rule-resolver.ts'

/** One verb on one resource in one namespace, or on one path, with the names that it was asked for. */
export interface Need extends Pick<Attributes, 'verb' | 'resourceRequest' | 'group' | 'version' | 'resource' | 'subresource' | 'path'> {
  /** '' at cluster scope. */
  namespace: string
  /** Whether a Role can hold it: its namespace is there before the program is. */
  inRole: boolean
  names: Set<string>
  /** Asked for without a name, or for more names than are kept. */
  anyName: boolean
  /** False of what the account only asked about, in a review. */
  requested: boolean
}

/** A role that was written or bound: rights that were handed out, which takes having them, or the verb. */
export interface Grant {
  verb: 'escalate' | 'bind'
  /** `roles` or `clusterroles`. */
  resource: string
  /** Of the write; '' at cluster scope. */
  namespace: string
  inRole: boolean
  /** Of the role that was bound. */
  name?: string
  /** That were handed out; undefined if there is no such role. */
  rules: readonly PolicyRule[] | undefined
}

/** What an account needs, gathered from what it asked for. */
export interface Needs {
  add(attributes: Attributes, about?: { requested: boolean }): void
  /** @param resolver finds what a binding hands out */
  addGrant(write: RbacWrite, resolver: Pick<RuleResolver, 'rulesOf'>): void
  /** Somebody other than the account has made it. */
  knowNamespace(name: string): void
  clear(): void
  all(): readonly Need[]
  grants(): readonly Grant[]
  /** Whether there was more than can be kept. */
  readonly isFull: boolean
}

/** A program that asks for ever new things must not fill the memory. */
const maxNeeds = 10_000
const maxNames = 1_000
const wasRequested = { requested: true }

export function createNeeds(): Needs {
  const needs = new Map<string, Need>()
  const grants = new Map<string, Grant>()
  const namespaces = new Set<string>()
  let isFull = false

  return {
    add(attributes, { requested } = wasRequested) {
      const { verb, group, resource, subresource, namespace, path, resourceRequest, name } = attributes
      const key = resourceRequest ? `${verb} ${group} ${resource}/${subresource} ${namespace}` : `${verb} ${path}`
      let need = needs.get(key)
      if (need === undefined) {
        if (needs.size >= maxNeeds) {
          isFull = true
          return
        }
        const { version } = attributes
        const inRole = namespaces.has(namespace)
        const what = { verb, resourceRequest, group, version, resource, subresource, path, namespace }
        need = { ...what, inRole, names: new Set(), anyName: false, requested }
        needs.set(key, need)
      }
      // Of several versions the first by name is told, in whichever order they come.
      if (requested && (!need.requested || attributes.version < need.version)) {
        Object.assign(need, { requested, version: attributes.version })
      }
      if (name === '' || need.names.size >= maxNames) need.anyName = true
      else need.names.add(name)
    },
    addGrant(write, resolver) {
      const grant = { ...grantOf(write, resolver), inRole: namespaces.has(write.namespace) }
      const key = JSON.stringify(grant)
      if (grants.size < maxNeeds) grants.set(key, grant)
      else isFull = true
    },
    knowNamespace: (name) => void namespaces.add(name),
    clear() {
      needs.clear()
      grants.clear()
      isFull = false
    },
    all: () => [...needs.values()],
    grants: () => [...grants.values()],
    get isFull() {
      return isFull
    },
  }
}

/** What making roles of other roles takes. */
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

function grantOf({ namespace, resource, object }: RbacWrite, resolver: Pick<RuleResolver, 'rulesOf'>): Omit<Grant, 'inRole'> {
  const { roleRef, rules, aggregationRule } = object as { roleRef?: RoleRef; rules?: PolicyRule[]; aggregationRule?: object }
  if (roleRef === undefined) return { verb: 'escalate', resource, namespace, rules: aggregationRule ? everything : (rules ?? []) }
  const boundTo = roleRef.kind === 'Role' ? 'roles' : 'clusterroles'
  return { verb: 'bind', resource: boundTo, namespace, name: roleRef.name, rules: resolver.rulesOf(roleRef, namespace) }
}

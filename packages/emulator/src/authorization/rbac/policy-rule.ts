import type { Attributes } from '../attributes.ts'

/** A rule of a Role or ClusterRole (rbac.authorization.k8s.io/v1 PolicyRule). */
export interface PolicyRule {
  verbs: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
}

export interface RoleRef {
  apiGroup: string
  kind: string
  name: string
}

export interface Subject {
  kind: string
  name: string
  apiGroup?: string
  namespace?: string
}

export const rbacGroup = 'rbac.authorization.k8s.io'

/** Whether a rule covers a request, as the RBAC authorizer decides it: `pods/*` is no pattern, a star before `/scale` is one. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!matches(rule.verbs, attributes.verb)) return false
  if (!attributes.resourceRequest) return (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, attributes.path))
  return matches(rule.apiGroups, attributes.group) && resourceMatches(rule, attributes) && nameMatches(rule, attributes.name)
}

/** True if a list holds the value or `*`. */
export function matches(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(value) || list.includes('*'))
}

export function resourceMatches({ resources = [] }: PolicyRule, { resource, subresource }: Attributes): boolean {
  if (subresource === '') return matches(resources, resource)
  return matches(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`)
}

export function nameMatches({ resourceNames }: PolicyRule, name: string): boolean {
  return resourceNames === undefined || resourceNames.length === 0 || resourceNames.includes(name)
}

/** A URL of a rule may end in any number of `*`, which then match any rest. */
export function urlMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''))
}

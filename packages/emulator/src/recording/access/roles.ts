import type { KubeObject } from '../../apimachinery/object.ts'
import type { PolicyRule } from '../../authorization/rbac/policy-rule.ts'
import { rbacGroup } from '../../authorization/rbac/policy-rule.ts'
import { needLines } from './need-text.ts'
import type { Permission } from './permissions.ts'

/** A rule, and what it is there for. */
export interface ExplainedRule {
  rule: PolicyRule
  /** One line each. */
  reasons: string[]
}

export interface ExplainedRole {
  /** '' of a ClusterRole. */
  namespace: string
  rules: ExplainedRule[]
}

const verbOrder = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function byVerb(a: string, b: string): number {
  const [left, right] = [a, b].map((verb) => (verbOrder.includes(verb) ? verbOrder.indexOf(verb) : verbOrder.length))
  return left! - right! || byText(a, b)
}

/** Permissions in as few rules as say the same, those of the cluster first. */
export function rolesOf(permissions: readonly Permission[]): ExplainedRole[] {
  const places = [...new Set(permissions.map(({ namespace }) => namespace))].sort(byText)
  return places.map((namespace) => ({ namespace, rules: rulesOf(permissions.filter((each) => each.namespace === namespace)) }))
}

interface Part {
  verbs: string[]
  groups: string[]
  resources: string[]
  urls: string[]
  names: readonly string[] | undefined
  permissions: readonly Permission[]
}

function rulesOf(permissions: readonly Permission[]): ExplainedRule[] {
  const parts = permissions.map(
    (each): Part => ({
      verbs: [each.verb],
      groups: [each.group],
      resources: each.url === '' ? [each.resource] : [],
      urls: each.url === '' ? [] : [each.url],
      names: each.names,
      permissions: [each],
    }),
  )
  const joined = (['verbs', 'resources', 'groups', 'urls'] as const).reduce((all: Part[], list) => join(all, list), parts)
  return joined.sort((a, b) => byText(sortKey(a), sortKey(b))).map(explain)
}

/** Joins what differs in one list alone: that gives nothing that was not there. */
function join(parts: readonly Part[], list: 'verbs' | 'groups' | 'resources' | 'urls'): Part[] {
  const joined = new Map<string, Part>()
  for (const part of parts) {
    const { permissions, [list]: own, ...same } = part
    const key = JSON.stringify([same, own.length > 0])
    const seen = joined.get(key)
    const permissionsOfBoth = seen === undefined ? permissions : [...seen.permissions, ...permissions]
    const values = [...new Set([...(seen?.[list] ?? []), ...own])].sort(list === 'verbs' ? byVerb : byText)
    joined.set(key, { ...part, [list]: values, permissions: permissionsOfBoth })
  }
  return [...joined.values()]
}

/** Resources before URLs; by group, then resource. */
const sortKey = ({ urls, groups, resources, verbs, names }: Part) =>
  JSON.stringify([urls.length, urls, groups, resources, names ?? [], verbs])

function explain({ verbs, groups, resources, urls, names, permissions }: Part): ExplainedRule {
  const rule: PolicyRule =
    urls.length > 0
      ? { nonResourceURLs: urls, verbs }
      : { apiGroups: groups, resources, ...(names === undefined ? {} : { resourceNames: names }), verbs }
  return { rule, reasons: reasonsOf(permissions) }
}

/** One line a path, with all its verbs. */
function reasonsOf(permissions: readonly Permission[]): string[] {
  const verbs = new Map<string, Set<string>>()
  for (const { need } of permissions) {
    for (const line of needLines(need)) {
      const what = line.slice(need.verb.length + 1)
      verbs.set(what, (verbs.get(what) ?? new Set()).add(need.verb))
    }
  }
  return [...verbs].sort(([a], [b]) => byText(a, b)).map(([what, of]) => `${[...of].sort(byVerb).join(', ')} ${what}`)
}

/** The Roles, ClusterRoles and bindings that give these rules to a service account. */
export function roleObjects(roles: readonly ExplainedRole[], account: { namespace: string; name: string }): KubeObject[] {
  const apiVersion = `${rbacGroup}/v1`
  const name = `${account.namespace}-${account.name}`
  return roles.flatMap(({ namespace, rules }) => {
    const scope = namespace === '' ? 'Cluster' : ''
    const metadata = namespace === '' ? { name } : { name, namespace }
    return [
      { apiVersion, kind: `${scope}Role`, metadata, rules: rules.map(({ rule }) => rule) },
      {
        apiVersion,
        kind: `${scope}RoleBinding`,
        metadata,
        roleRef: { apiGroup: rbacGroup, kind: `${scope}Role`, name },
        subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
      },
    ]
  })
}

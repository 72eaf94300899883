/**
 * A second evaluator, for tests alone: written from the documentation ("Using RBAC Authorization"), without an index, a cache or any code
 * of the first. It goes through all bindings for each question.
 */
import type { KubeObject } from '../../../apimachinery/object.ts'
import type { UserInfo } from '../../../authentication/user-info.ts'
import type { Attributes } from '../../attributes.ts'

export interface NaiveAnswer {
  allowed: boolean
  /** Any of these may be given as the reason; more than one where several bindings allow. */
  reasons: string[]
}

// biome-ignore lint/suspicious/noExplicitAny: rules, subjects and references are plain JSON here
type Json = any

export function evaluateNaively(objects: readonly KubeObject[], attributes: Attributes): NaiveAnswer {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind)
  const missing = new Set<string>()
  const allowedBy = (bindings: readonly KubeObject[]): string[] =>
    bindings.flatMap((binding) => {
      const subject = (binding.subjects ?? []).find((candidate: Json) => isSubject(candidate, attributes.user, binding.metadata.namespace))
      if (subject === undefined) return []
      const role = ofKind(binding.roleRef.kind).find(
        ({ kind, metadata }) =>
          metadata.name === binding.roleRef.name && (kind === 'ClusterRole' || metadata.namespace === binding.metadata.namespace),
      )
      if (role === undefined) {
        missing.add(`${binding.roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io "${binding.roleRef.name}" not found`)
        return []
      }
      return (role.rules ?? []).some((rule: Json) => allows(rule, attributes)) ? [describe(binding, subject)] : []
    })

  const clusterWide = allowedBy(ofKind('ClusterRoleBinding'))
  if (clusterWide.length > 0) return { allowed: true, reasons: clusterWide }
  const local = ofKind('RoleBinding').filter(({ metadata }) => attributes.namespace !== '' && metadata.namespace === attributes.namespace)
  const inNamespace = allowedBy(local)
  return inNamespace.length > 0 ? { allowed: true, reasons: inNamespace } : { allowed: false, reasons: [...missing] }
}

function isSubject({ kind, name, namespace }: Json, user: UserInfo, home: string | undefined): boolean {
  if (kind === 'User') return user.name === name
  if (kind === 'Group') return user.groups.some((group) => group === name)
  return (namespace || home) !== undefined && user.name === `system:serviceaccount:${namespace || home}:${name}`
}

function allows(rule: Json, { verb, resourceRequest, group, resource, subresource, name, path }: Attributes): boolean {
  const lists = (field: string, ...values: string[]) => (rule[field] ?? []).some((value: string) => value === '*' || values.includes(value))
  if (!lists('verbs', verb)) return false
  if (!resourceRequest) {
    return (rule.nonResourceURLs ?? []).some((url: string) => {
      let prefix = url
      while (prefix.endsWith('*')) prefix = prefix.slice(0, prefix.length - 1)
      return url === path || (url !== prefix && path.indexOf(prefix) === 0)
    })
  }
  const resources = subresource === '' ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`]
  const names: string[] = rule.resourceNames ?? []
  return lists('apiGroups', group) && lists('resources', ...resources) && (names.length === 0 || names.indexOf(name) >= 0)
}

function describe({ kind, metadata, roleRef }: KubeObject, subject: Json): string {
  const binding = kind === 'RoleBinding' ? `${metadata.name}/${metadata.namespace}` : metadata.name
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || metadata.namespace}` : subject.name
  return `RBAC: allowed by ${kind} "${binding}" of ${roleRef.kind} "${roleRef.name}" to ${subject.kind} "${who}"`
}

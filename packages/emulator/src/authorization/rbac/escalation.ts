import { aggregateErrors } from '../../apimachinery/aggregate-errors.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote, quoteList } from '../../apimachinery/quote.ts'
import { newBadRequest, newForbidden, newNotFound, newPlainError, type StatusError } from '../../apimachinery/status-error.ts'
import { pathSegmentName, semanticEqual } from '../../apimachinery/validation/index.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Authorizer } from '../attributes.ts'
import { listPermissions, uncovered } from './covers.ts'
import { type PolicyRule, type RoleRef, rbacGroup } from './policy-rule.ts'
import type { RuleResolver } from './rule-resolver.ts'

/** A create, update or patch of an RBAC object that the registry is about to do. */
export interface RbacWrite {
  user: UserInfo
  group: string
  resource: string
  /** Of the request; '' at cluster scope. */
  namespace: string
  /** Of the request; '' of a POST. */
  name: string
  /** With defaults applied, as mutating admission left it. */
  object: KubeObject
  /** The stored object; undefined if this creates one. */
  old: KubeObject | undefined
}

type Check = (write: RbacWrite, authorizer: Authorizer, resolver: RuleResolver) => StatusError | undefined

/**
 * Nobody may hand out more rights than they hold (RBAC, "Privilege escalation prevention"): the error for a write that would, undefined
 * otherwise. To be asked after mutating admission and before validation.
 */
export const escalationError: Check = (write, authorizer, resolver) => {
  const check = write.group === rbacGroup ? checks[write.resource] : undefined
  if (check === undefined || write.user.groups.includes('system:masters')) return undefined
  return check(write, authorizer, resolver)
}

/** Every URL and resource, which takes one rule each. */
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

const roleError: Check = (write, authorizer, resolver) => {
  if (isExplicitlyAllowed(write, authorizer, 'escalate', write.resource, write.name) || onlyGarbageCollection(write)) return undefined
  const error = missingRights(write, resolver, write.object.rules ?? [])
  if (error !== undefined) return newForbidden(write, nameOf(write), error)
  if (!aggregates(write.object) && !aggregates(write.old)) return undefined
  if (missingRights(write, resolver, everything) === undefined) return undefined
  return newForbidden(write, nameOf(write), 'must have cluster-admin privileges to use the aggregationRule')
}

const bindingError: Check = (write, authorizer, resolver) => {
  const roleRef: RoleRef = write.object.roleRef ?? { apiGroup: '', kind: '', name: '' }
  if (onlyGarbageCollection(write)) return undefined
  const resource = roleResources[roleRef.kind]
  if (resource !== undefined && isExplicitlyAllowed(write, authorizer, 'bind', resource, roleRef.name, roleRef.apiGroup)) return undefined
  const rules = resolver.rulesOf(roleRef, write.namespace)
  if (rules === undefined) return roleNotReadable(write, roleRef)
  const error = missingRights(write, resolver, rules)
  return error === undefined ? undefined : newForbidden(write, nameOf(write), error)
}

/** Why a role cannot be read; the store's errors name the resource of the request, not the role's. */
function roleNotReadable(write: RbacWrite, { kind, name }: RoleRef): StatusError {
  if (roleResources[kind] === undefined) return newPlainError(`unsupported role reference kind: ${quote(kind)}`)
  if (kind === 'Role' && write.namespace === '') return newBadRequest('Namespace parameter required.')
  if (name === '') return newBadRequest('Name parameter required.')
  const errors = pathSegmentName(name, false)
  if (errors.length > 0) return newBadRequest(`Name parameter invalid: ${quote(name)}: ${errors.join(';')}`)
  return newNotFound(write, name)
}

const roleResources: Record<string, string> = { Role: 'roles', ClusterRole: 'clusterroles' }
const checks: Record<string, Check> = {
  roles: roleError,
  clusterroles: roleError,
  rolebindings: bindingError,
  clusterrolebindings: bindingError,
}

const nameOf = ({ object }: RbacWrite) => object.metadata.name ?? ''
const aggregates = (role: KubeObject | undefined) => (role?.aggregationRule?.clusterRoleSelectors ?? []).length > 0

function isExplicitlyAllowed(write: RbacWrite, authorizer: Authorizer, verb: string, resource: string, name: string, group = rbacGroup) {
  const { user, namespace } = write
  const attributes = { user, verb, resourceRequest: true, group, version: '*', resource, subresource: '', namespace, name, path: '' }
  return authorizer.authorize(attributes).verdict === 'allow'
}

/** The garbage collector must be able to let go of an object whatever it grants. */
function onlyGarbageCollection({ object, old }: RbacWrite): boolean {
  if (old === undefined) return false
  const { ownerReferences, finalizers, managedFields } = old.metadata
  return semanticEqual({ ...object, metadata: { ...object.metadata, ownerReferences, finalizers, managedFields } }, old)
}

function missingRights({ user, resource, namespace }: RbacWrite, resolver: RuleResolver, rules: readonly PolicyRule[]): string | undefined {
  const held = resolver.rulesFor(user, namespace)
  const missing = uncovered(held.rules, rules)
  if (missing.length === 0) return undefined
  const who = `user ${quote(user.name)} (groups=${quoteList(user.groups)})`
  const errors = held.missing.map(({ roleRef }) => `${resource}.${rbacGroup} ${quote(roleRef.name)} not found`)
  const resolution = errors.length === 0 ? '' : `; resolution errors: [${aggregateErrors(errors)}]`
  return `${who} is attempting to grant RBAC permissions not currently held:\n${listPermissions(missing)}${resolution}`
}

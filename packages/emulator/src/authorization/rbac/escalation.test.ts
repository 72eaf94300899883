import { expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import { createRbacAuthorizer } from './authorizer.ts'
import { escalationError, type RbacWrite } from './escalation.ts'
import type { PolicyRule } from './policy-rule.ts'
import type { RbacResource } from './rule-resolver.ts'

const author = {
  name: 'system:serviceaccount:ns:author',
  uid: '',
  groups: ['system:serviceaccounts', 'system:authenticated'],
  extra: {},
}
const role = (name: string, ...rules: PolicyRule[]): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name, namespace: 'ns' },
  rules,
})
const binding = (name: string, roleRef: object): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name, namespace: 'ns' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
  subjects: [{ kind: 'User', name: author.name }],
})
const held: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }
const urls: KubeObject = {
  ...role('urls', { nonResourceURLs: ['/x/*', '/metrics'], verbs: ['get', 'post'] }),
  kind: 'ClusterRole',
  metadata: { name: 'urls' },
}

/** The message of the denial, if there is one, of a user who holds the rules. */
function denial(write: Partial<RbacWrite> & Pick<RbacWrite, 'object'>, rules: PolicyRule[] = [held], more: KubeObject[] = []) {
  const objects: Partial<Record<RbacResource, KubeObject[]>> = {
    roles: [role('held', ...rules)],
    clusterroles: [urls],
    rolebindings: [binding('held', { kind: 'Role', name: 'held' }), ...more],
  }
  const authorizer = createRbacAuthorizer({ list: ({ resource }) => objects[resource as RbacResource] ?? [] })
  const full: RbacWrite = {
    user: author,
    group: 'rbac.authorization.k8s.io',
    resource: 'roles',
    namespace: 'ns',
    name: '',
    old: undefined,
    ...write,
  }
  return escalationError(full, authorizer, authorizer.resolver)?.message
}
const lines = (message: string | undefined) => message?.split('\n').slice(1)
const intro =
  'user "system:serviceaccount:ns:author" (groups=["system:serviceaccounts" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:'

test('rights that are held may be granted, also narrower', () => {
  expect(denial({ object: role('r', held) })).toBeUndefined()
  expect(denial({ object: role('r', { ...held, resourceNames: ['a'] }) })).toBeUndefined()
  expect(denial({ object: role('r') })).toBeUndefined()
})

test('missing rights are listed, one resource or name a line, sorted', () => {
  expect(denial({ object: role('more', { ...held, verbs: ['get', 'delete'] }) })).toBe(
    `roles.rbac.authorization.k8s.io "more" is forbidden: ${intro}\n{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}`,
  )
  expect(
    lines(denial({ object: role('more', { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list'] }) })),
  ).toEqual([
    '{APIGroups:[""], Resources:["configmaps"], Verbs:["get" "list"]}',
    '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
  ])
  expect(
    lines(denial({ object: role('more', { apiGroups: [''], resources: ['secrets'], resourceNames: ['b', 'a'], verbs: ['get'] }) })),
  ).toEqual([
    '{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get"]}',
    '{APIGroups:[""], Resources:["secrets"], ResourceNames:["b"], Verbs:["get"]}',
  ])
  expect(lines(denial({ object: role('more', { ...held, resources: ['pods', 'pods/exec'], verbs: ['get'] }) }))).toEqual([
    '{APIGroups:[""], Resources:["pods/exec"], Verbs:["get"]}',
  ])
})

test('a star is held by a star alone, a subresource also by a star before it', () => {
  expect(lines(denial({ object: role('r', { ...held, verbs: ['*'] }) }))).toEqual(['{APIGroups:[""], Resources:["pods"], Verbs:["*"]}'])
  const log: PolicyRule = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }
  expect(denial({ object: role('r', log) }, [{ ...log, resources: ['*/log'] }])).toBeUndefined()
  expect(denial({ object: role('r', held) }, [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }])).toBeUndefined()
  expect(denial({ object: role('r', held) }, [{ ...held, resourceNames: ['a'] }])).toBeDefined()
})

test('an unresolved role is told', () => {
  const dangling = binding('dangling', { kind: 'Role', name: 'none' })
  expect(lines(denial({ object: role('r', { ...held, verbs: ['watch'] }) }, [held], [dangling]))).toEqual([
    '{APIGroups:[""], Resources:["pods"], Verbs:["watch"]}; resolution errors: [roles.rbac.authorization.k8s.io "none" not found]',
  ])
})

test('escalate, bind and system:masters are exempt', () => {
  const strong = role('r', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] })
  const right = (verb: string, resource: string, name: string): PolicyRule => ({
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: [resource],
    resourceNames: [name],
    verbs: [verb],
  })
  expect(denial({ object: strong, name: 'r', old: role('r') }, [right('escalate', 'roles', 'r')])).toBeUndefined()
  const toUrls = binding('b', { kind: 'ClusterRole', name: 'urls' })
  expect(denial({ object: toUrls, resource: 'rolebindings' }, [right('bind', 'clusterroles', 'urls')])).toBeUndefined()
  expect(denial({ object: strong, user: { ...author, groups: ['system:masters'] } })).toBeUndefined()
})

test('updates are checked in full unless they are the garbage collector’s', () => {
  const old = { ...role('r', { ...held, verbs: ['watch'] }) }
  expect(denial({ object: { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } }, old })).toBeDefined()
  expect(denial({ object: { ...old, metadata: { ...old.metadata, finalizers: ['a/b'] } }, old })).toBeUndefined()
})

test('aggregation needs all rights', () => {
  const aggregating = { ...urls, rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }
  expect(denial({ object: aggregating, resource: 'clusterroles', namespace: '' })).toBe(
    'clusterroles.rbac.authorization.k8s.io "urls" is forbidden: must have cluster-admin privileges to use the aggregationRule',
  )
})

test('bindings are checked by the rules of their role', () => {
  const bind = (roleRef: object, more = {}) => denial({ object: binding('x', roleRef), resource: 'rolebindings', ...more })
  expect(bind({ kind: 'Role', name: 'held' })).toBeUndefined()
  expect(lines(bind({ kind: 'ClusterRole', name: 'urls' }))).toEqual([
    '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
    '{NonResourceURLs:["/metrics"], Verbs:["post"]}',
    '{NonResourceURLs:["/x/*"], Verbs:["get"]}',
    '{NonResourceURLs:["/x/*"], Verbs:["post"]}',
  ])
  expect(bind({ kind: 'Role', name: 'none' })).toBe('rolebindings.rbac.authorization.k8s.io "none" not found')
  expect(bind({ kind: 'Pod', name: 'none' })).toBe('unsupported role reference kind: "Pod"')
  expect(bind({ kind: 'Role', name: 'held' }, { resource: 'clusterrolebindings', namespace: '' })).toBe('Namespace parameter required.')
})

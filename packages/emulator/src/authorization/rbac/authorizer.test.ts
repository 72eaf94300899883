import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newAccessDenied } from '../access-denied.ts'
import type { Attributes } from '../attributes.ts'
import { createRbacAuthorizer } from './authorizer.ts'
import type { PolicyRule, Subject } from './policy-rule.ts'
import type { RbacResource } from './rule-resolver.ts'

const kinds: Record<RbacResource, string> = {
  roles: 'Role',
  clusterroles: 'ClusterRole',
  rolebindings: 'RoleBinding',
  clusterrolebindings: 'ClusterRoleBinding',
}
const object = (resource: RbacResource, namespace: string, name: string, fields: object): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: kinds[resource],
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  ...fields,
})
const role = (name: string, ...rules: PolicyRule[]) => object('roles', 'ns', name, { rules })
const clusterRole = (name: string, ...rules: PolicyRule[]) => object('clusterroles', '', name, { rules })
const binding = (name: string, kind: string, roleName: string, ...subjects: Subject[]) =>
  object('rolebindings', 'ns', name, { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: roleName }, subjects })
const clusterBinding = (name: string, roleName: string, ...subjects: Subject[]) =>
  object('clusterrolebindings', '', name, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
    subjects,
  })

const authorizerOf = (...objects: KubeObject[]) =>
  createRbacAuthorizer({ list: ({ resource }) => objects.filter(({ kind }) => kind === kinds[resource as RbacResource]) })

const bot = {
  name: 'system:serviceaccount:ns:bot',
  uid: '',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
  extra: {},
}
const request = (more: Partial<Attributes>): Attributes => ({
  user: bot,
  verb: 'get',
  resourceRequest: true,
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'ns',
  name: '',
  path: '',
  ...more,
})
const botSubject: Subject = { kind: 'ServiceAccount', name: 'bot' }
const url = (path: string, verb = 'get') => request({ resourceRequest: false, path, verb, namespace: '', resource: '' })

describe('rules', () => {
  const granted = (rule: PolicyRule, more: Partial<Attributes>) =>
    authorizerOf(role('r', rule), binding('b', 'Role', 'r', botSubject)).authorize(request(more)).verdict === 'allow'
  const rule = (more: Partial<PolicyRule>): PolicyRule => ({ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...more })

  test.each<[string, Partial<PolicyRule>, Partial<Attributes>, boolean]>([
    ['exact', {}, {}, true],
    ['other verb', {}, { verb: 'list' }, false],
    ['verbs are case-sensitive', { verbs: ['GET'] }, {}, false],
    ['any verb', { verbs: ['*'] }, { verb: 'dance' }, true],
    ['other group', {}, { group: 'apps' }, false],
    ['group with version', { apiGroups: ['apps/v1'] }, { group: 'apps' }, false],
    ['any group', { apiGroups: ['*'] }, { group: 'apps' }, true],
    ['parent does not cover a subresource', {}, { subresource: 'log' }, false],
    ['subresource does not cover its parent', { resources: ['pods/log'] }, {}, false],
    ['subresource', { resources: ['pods/log'] }, { subresource: 'log' }, true],
    ['star covers subresources', { resources: ['*'] }, { subresource: 'log' }, true],
    ['star before a subresource', { resources: ['*/log'] }, { subresource: 'log' }, true],
    ['star before another subresource', { resources: ['*/scale'] }, { subresource: 'log' }, false],
    ['star after a resource is nothing', { resources: ['pods/*'] }, { subresource: 'log' }, false],
    ['two stars are nothing', { resources: ['*/*'] }, { subresource: 'log' }, false],
    ['named', { resourceNames: ['a'] }, { name: 'a' }, true],
    ['other name', { resourceNames: ['a'] }, { name: 'b' }, false],
    ['no name', { resourceNames: ['a'] }, {}, false],
    ['empty name', { resourceNames: [''] }, {}, true],
    ['names have no star', { resourceNames: ['*'] }, { name: 'b' }, false],
    ['no names mean all', { resourceNames: [] }, { name: 'b' }, true],
    ['namespaces/X in namespace X', { resources: ['namespaces'] }, { resource: 'namespaces', name: 'ns' }, true],
    ['other namespace', {}, { namespace: 'other' }, false],
    ['cluster scope', {}, { namespace: '' }, false],
  ])('%s', (_name, more, attributes, allowed) => {
    expect(granted(rule(more), attributes)).toBe(allowed)
  })

  test.each([
    ['/metrics', '/metrics', true],
    ['/metrics', '/metrics/a', false],
    ['/a/*', '/a/b/c', true],
    ['/a/*', '/a/', true],
    ['/a/*', '/a', false],
    ['/a*', '/ab', true],
    ['/a**', '/ab', true],
    ['*', '/anything', true],
    ['/*/b', '/a/b', false],
  ])('URL %s and path %s', (pattern, path, allowed) => {
    const authorizer = authorizerOf(
      clusterRole('r', { nonResourceURLs: [pattern], verbs: ['get'] }),
      clusterBinding('b', 'r', { kind: 'Group', name: 'system:authenticated' }),
    )
    expect(authorizer.authorize(url(path)).verdict === 'allow').toBe(allowed)
    expect(authorizer.authorize(url(path, 'post')).verdict).toBe('noOpinion')
  })
})

describe('bindings', () => {
  const pods: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }

  test('reasons name the binding, its role and the subject', () => {
    const authorizer = authorizerOf(
      role('reader', pods),
      clusterRole('wide', pods),
      binding('by-account', 'Role', 'reader', { kind: 'User', name: 'x' }, botSubject),
      clusterBinding('by-group', 'wide', { kind: 'Group', name: 'team' }),
    )
    expect(authorizer.authorize(request({})).reason).toBe(
      'RBAC: allowed by RoleBinding "by-account/ns" of Role "reader" to ServiceAccount "bot/ns"',
    )
    expect(authorizer.authorize(request({ user: { ...bot, groups: ['team'] } })).reason).toBe(
      'RBAC: allowed by ClusterRoleBinding "by-group" of ClusterRole "wide" to Group "team"',
    )
  })

  test('a service account of a ClusterRoleBinding needs its namespace', () => {
    const without = authorizerOf(clusterRole('r', pods), clusterBinding('b', 'r', botSubject))
    expect(without.authorize(request({})).verdict).toBe('noOpinion')
    const withIt = authorizerOf(clusterRole('r', pods), clusterBinding('b', 'r', { ...botSubject, namespace: 'ns' }))
    expect(withIt.authorize(request({ namespace: 'other' })).verdict).toBe('allow')
  })

  test('missing roles are told in the denial, each once', () => {
    const authorizer = authorizerOf(
      binding('b1', 'Role', 'x', botSubject),
      binding('b2', 'Role', 'x', botSubject),
      clusterBinding('b', 'y', { ...botSubject, namespace: 'ns' }),
    )
    const decision = authorizer.authorize(request({ verb: 'list' }))
    expect(decision.reason).toBe(
      'RBAC: [clusterrole.rbac.authorization.k8s.io "y" not found, role.rbac.authorization.k8s.io "x" not found]',
    )
    expect(newAccessDenied(request({ verb: 'list' }), decision).message).toBe(
      `pods is forbidden: User "system:serviceaccount:ns:bot" cannot list resource "pods" in API group "" in the namespace "ns": ${decision.reason}`,
    )
  })

  test('changes are seen at once', () => {
    const authorizer = authorizerOf(role('r'), binding('b', 'Role', 'r', botSubject))
    const allowed = () => authorizer.authorize(request({})).verdict === 'allow'
    expect(allowed()).toBe(false)
    authorizer.objectChanged('roles', 'ns', 'r', role('r', pods))
    expect(allowed()).toBe(true)
    authorizer.objectChanged('rolebindings', 'ns', 'b', binding('b', 'Role', 'r', { kind: 'User', name: 'else' }))
    expect(allowed()).toBe(false)
    authorizer.objectChanged('rolebindings', 'ns', 'b', binding('b', 'Role', 'r', { kind: 'Group', name: 'system:serviceaccounts' }))
    expect(allowed()).toBe(true)
    authorizer.objectChanged('rolebindings', 'ns', 'b', undefined)
    expect(allowed()).toBe(false)
  })

  test('equal users share decisions, users that only look alike do not', () => {
    const authorizer = authorizerOf(role('r', pods), binding('b', 'Role', 'r', { kind: 'Group', name: 'g' }))
    expect(authorizer.authorize(request({ user: { ...bot, name: 'a', groups: ['g'] } })).verdict).toBe('allow')
    expect(authorizer.authorize(request({ user: { ...bot, name: 'a\ng', groups: [] } })).verdict).toBe('noOpinion')
  })
})

describe('denials', () => {
  const denied = (attributes: Attributes) => newAccessDenied(attributes, { reason: '' }).status
  test('name the resource, the object and the scope', () => {
    expect(denied(request({ group: 'apps', resource: 'deployments', subresource: 'scale', name: 'web' }))).toMatchObject({
      message:
        'deployments.apps "web" is forbidden: User "system:serviceaccount:ns:bot" cannot get resource "deployments/scale" in API group "apps" in the namespace "ns"',
      details: { name: 'web', group: 'apps', kind: 'deployments' },
      code: 403,
    })
    expect(denied(request({ resource: 'nodes', namespace: '', verb: 'list' })).message).toBe(
      'nodes is forbidden: User "system:serviceaccount:ns:bot" cannot list resource "nodes" in API group "" at the cluster scope',
    )
    expect(denied(url('/metrics'))).toMatchObject({
      message: 'forbidden: User "system:serviceaccount:ns:bot" cannot get path "/metrics"',
      details: {},
    })
  })
  test('hold no markup', () => {
    expect(denied(url('/<b>&')).message).toContain('path "/&lt;b&gt;&amp;"')
  })
})

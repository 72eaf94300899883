import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Attributes } from '../attributes.ts'
import { createRbacAuthorizer } from '../rbac/authorizer.ts'
import type { PolicyRule, Subject } from '../rbac/policy-rule.ts'
import { attributes as anyAttributes, type DrawNames, rbacObjects } from '../rbac/testing/arbitraries.ts'
import { explainDenial } from './explain-denial.ts'
import { formatExplanation } from './format.ts'
import type { KnownResource } from './known-resources.ts'

const known = (group: string, resource: string, kind: string, shortNames: string[] = [], namespaced = true): KnownResource => ({
  ...{ group, version: 'v1', resource, kind, singular: kind.toLowerCase(), namespaced, shortNames },
  subresources: [],
})
const resources = [
  known('', 'pods', 'Pod', ['po']),
  known('', 'secrets', 'Secret'),
  known('', 'nodes', 'Node', ['no'], false),
  known('apps', 'deployments', 'Deployment', ['deploy']),
  known('networking.k8s.io', 'networkpolicies', 'NetworkPolicy'),
]
const kinds: Record<string, string> = {
  roles: 'Role',
  clusterroles: 'ClusterRole',
  rolebindings: 'RoleBinding',
  clusterrolebindings: 'ClusterRoleBinding',
}
const sourceOf = (objects: readonly KubeObject[]) => ({
  list: ({ resource }: { resource: string }) => objects.filter(({ kind }) => kind === kinds[resource]),
})

const apiVersion = 'rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'
const role = (name: string, ...rules: PolicyRule[]): KubeObject => ({
  apiVersion,
  kind: 'Role',
  metadata: { name, namespace: 'ns' },
  rules,
})
const clusterRole = (name: string, ...rules: PolicyRule[]): KubeObject => ({ apiVersion, kind: 'ClusterRole', metadata: { name }, rules })
const bot: Subject = { kind: 'ServiceAccount', name: 'bot', namespace: 'ns' }
const binding = (kind: string, roleName: string, subject: Subject = bot, namespace = 'ns'): KubeObject => ({
  apiVersion,
  kind: 'RoleBinding',
  metadata: { name: 'b', namespace },
  roleRef: { apiGroup, kind, name: roleName },
  subjects: [subject],
})
const clusterBinding = (roleName: string, subject: Subject = bot): KubeObject => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'cb' },
  roleRef: { apiGroup, kind: 'ClusterRole', name: roleName },
  subjects: [subject],
})
const asked = (more: Partial<Attributes> = {}): Attributes => ({
  user: { name: 'system:serviceaccount:ns:bot', uid: '', groups: ['system:serviceaccounts', 'system:authenticated'], extra: {} },
  ...{
    verb: 'list',
    resourceRequest: true,
    group: '',
    version: '*',
    resource: 'pods',
    subresource: '',
    namespace: 'ns',
    name: '',
    path: '',
  },
  ...more,
})
const pods = (more: Partial<PolicyRule> = {}): PolicyRule => ({ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], ...more })
const explain = (objects: KubeObject[], more: Partial<Attributes> = {}) => explainDenial(asked(more), sourceOf(objects), resources)
const mistakes = (objects: KubeObject[], more: Partial<Attributes> = {}) =>
  explain(objects, more).mistakes.map(({ code, text }) => `${code}: ${text}`)

test('names the nearest rule, what it lacks, and the rule to add', () => {
  const explanation = explain([role('reader', pods({ verbs: ['get'] })), binding('Role', 'reader')])
  expect(explanation.nearest).toMatchObject({ role: 'Role "ns/reader"', number: 1, lacks: ['the verb "list"'] })
  expect(explanation.fix).toMatchObject({
    text: 'add this to rules of Role "ns/reader"',
    yaml: '- apiGroups: [""]\n  resources: ["pods"]\n  verbs: ["list"]',
  })
})

test('without any role, a Role and its binding', () => {
  expect(
    formatExplanation(explain([])),
  ).toBe(`denied: User "system:serviceaccount:ns:bot" cannot list resource "pods" in API group "" in the namespace "ns"
  asked by ServiceAccount "ns/bot", groups system:serviceaccounts, system:authenticated

No binding is in force for this user here.

To allow it, create this Role and RoleBinding:

apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: bot-list-pods
  namespace: ns
rules:
- apiGroups: [""]
  resources: ["pods"]
  verbs: ["list"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: bot-list-pods
  namespace: ns
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: bot-list-pods
subjects:
- kind: ServiceAccount
  name: bot
  namespace: ns`)
})

describe('mistakes', () => {
  test('a version among the API groups', () => {
    expect(mistakes([role('r', pods({ apiGroups: ['v1'] })), binding('Role', 'r')])).toEqual([
      'api-group: rule 1 of Role "ns/r" has "v1" in apiGroups: that is a version, which apiGroups do not hold; "pods" is in the core group, written ""',
    ])
    const apps: PolicyRule = { apiGroups: ['apps/v1'], resources: ['deployments'], verbs: ['list'] }
    expect(mistakes([role('r', apps), binding('Role', 'r')], { group: 'apps', resource: 'deployments' })).toEqual([
      'api-group: rule 1 of Role "ns/r" has "apps/v1" in apiGroups: that is a version, which apiGroups do not hold; "deployments" is in "apps"',
    ])
  })

  test('a plural that is none', () => {
    expect(mistakes([role('r', pods({ resources: ['pod'] })), binding('Role', 'r')])).toEqual([
      'resource-name: rule 1 of Role "ns/r" names "pod": rules name resources as URLs do, so "pods"',
    ])
    const policies: PolicyRule = { apiGroups: ['networking.k8s.io'], resources: ['networkpolicys'], verbs: ['list'] }
    expect(mistakes([role('r', policies), binding('Role', 'r')], { group: 'networking.k8s.io', resource: 'networkpolicies' })).toHaveLength(
      1,
    )
    expect(mistakes([], { resource: 'secret' })).toEqual([
      'unknown-resource: the server has no resource "secret" in API group ""; did you mean "secrets" of the core group?',
    ])
  })

  test('a subresource that its parent does not cover', () => {
    const log = { subresource: 'log', verb: 'get', name: 'p' }
    expect(mistakes([role('r', pods()), binding('Role', 'r')], log)).toEqual([
      'subresource: rule 1 of Role "ns/r": "pods" does not cover its subresource "pods/log"; name "pods/log"',
    ])
    expect(mistakes([role('r', pods({ resources: ['pods/*'] })), binding('Role', 'r')], log)[0]).toContain('"pods/*" is no pattern')
  })

  test('names with list', () => {
    expect(mistakes([role('r', pods({ resourceNames: ['a'] })), binding('Role', 'r')])[0]).toContain(
      'has resourceNames ["a"]: a list names no object',
    )
  })

  test('verbs as HTTP has them', () => {
    expect(mistakes([role('r', pods({ verbs: ['LIST'] })), binding('Role', 'r')])).toEqual([
      'verb: rule 1 of Role "ns/r" has the verb "LIST": write "list"',
    ])
    expect(mistakes([role('r', pods({ verbs: ['POST'] })), binding('Role', 'r')], { verb: 'create' })).toHaveLength(1)
  })

  test('a ClusterRole that is bound elsewhere', () => {
    const objects = [clusterRole('r', pods()), binding('ClusterRole', 'r', bot, 'other')]
    expect(mistakes(objects)).toEqual([
      'other-namespace: RoleBinding "other/b" grants ClusterRole "r" in namespace "other" alone, and the request is in namespace "ns"',
    ])
    expect(explain(objects).fix?.text).toBe('bind ClusterRole "r" in this namespace, too')
    expect(mistakes([clusterRole('r', pods()), binding('ClusterRole', 'r')], { namespace: '' })[0]).toContain(
      'a ClusterRoleBinding grants everywhere',
    )
  })

  test('a service account without its namespace', () => {
    const short = { kind: 'ServiceAccount', name: 'bot' }
    const objects = [clusterRole('r', pods()), clusterBinding('r', short)]
    expect(mistakes(objects)).toEqual([
      'subject: ClusterRoleBinding "cb" has the subject ServiceAccount "bot" without a namespace, which is nobody: add namespace: ns'.replace(
        'has the subject',
        'has',
      ),
    ])
    expect(explain(objects).fix).toMatchObject({ text: 'add this to subjects of ClusterRoleBinding "cb"' })
    const elsewhere = { namespace: 'other' }
    const other = [clusterRole('r', pods()), binding('ClusterRole', 'r', short, 'other')]
    expect(mistakes(other, elsewhere)[0]).toContain('which means "other"; the account is in "ns"')
    expect(mistakes([clusterRole('r', pods()), clusterBinding('r', { kind: 'User', name: 'bot' })])[0]).toContain('kind: ServiceAccount')
  })

  test('a role that does not exist', () => {
    expect(mistakes([role('reader', pods()), binding('Role', 'raeder')])).toEqual([
      'missing-role: RoleBinding "ns/b" is to Role "ns/raeder", which does not exist; there is "reader"',
    ])
    expect(mistakes([clusterRole('view', pods()), binding('Role', 'view')])).toEqual([
      'missing-role: RoleBinding "ns/b" is to Role "ns/view", which does not exist; there is a ClusterRole of that name',
    ])
  })
})

test('what is allowed needs no fix', () => {
  const explanation = explain([role('r', pods()), binding('Role', 'r')])
  expect(explanation).toMatchObject({ allowed: true, mistakes: [], fix: undefined })
  expect(formatExplanation(explanation)).toContain('allowed: ServiceAccount "ns/bot" may list pods in namespace ns')
})

test('the addition allows the request, whatever the objects and the request', () => {
  const names: DrawNames = { namespaces: ['a', 'b'], prefix: 'p' }
  const keyOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.namespace}/${metadata.name}`
  fc.assert(
    fc.property(rbacObjects(names), anyAttributes(names), (objects, attributes) => {
      const { allowed, fix } = explainDenial(attributes, sourceOf(objects), resources)
      if (allowed) return
      const changed = new Set(fix!.objects.map(keyOf))
      const after = [...objects.filter((object) => !changed.has(keyOf(object))), ...fix!.objects]
      expect(createRbacAuthorizer(sourceOf(after)).authorize(attributes).verdict).toBe('allow')
    }),
    { numRuns: 1500 },
  )
})

import { expect, test } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { knownResources } from '../explain/known-resources.ts'
import { createRbacAuthorizer } from '../rbac/authorizer.ts'
import { formatAnswer, formatRules, formatWarnings } from './format.ts'
import { offlineSource } from './offline-source.ts'
import { type CanIQuestion, parseQuestion } from './question.ts'

const facts = loadFacts()
const resources = knownResources(facts.groups)
const manifests = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'r' },
    rules: [
      { apiGroups: ['', 'apps'], resources: ['pods', 'deployments', 'deployments/scale'], verbs: ['list', 'get', 'watch'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['b', 'a'], verbs: ['get'] },
      { apiGroups: ['*'], resources: ['*'], verbs: ['create'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'r' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [{ kind: 'ServiceAccount', name: 'rules' }],
  },
]
const authorizer = createRbacAuthorizer(offlineSource(manifests, facts.bootstrap, 'team'))
const user = {
  name: 'system:serviceaccount:team:rules',
  uid: '',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated'],
  extra: {},
}
const ask = (verb: string, target: string, more: Partial<CanIQuestion> = {}) => {
  const { attributes, warnings } = parseQuestion({ verb, target, namespace: 'team', user, ...more }, resources)
  return { answer: formatAnswer(authorizer.authorize(attributes)), warnings: formatWarnings(warnings), attributes }
}

test.each<[string, string, Partial<CanIQuestion>, string, string]>([
  ['list', 'pods', {}, 'yes', ''],
  ['list', 'po', {}, 'yes', ''],
  ['delete', 'pod', {}, 'no', ''],
  ['get', 'secrets/a', {}, 'yes', ''],
  ['get', 'secrets', { name: 'c' }, 'no', ''],
  ['get', 'deploy', { subresource: 'scale' }, 'yes', ''],
  ['get', 'deployments.v1.apps', {}, 'yes', ''],
  ['get', 'statefulsets.apps', {}, 'no', ''],
  ['list', 'nodes', {}, 'no', "Warning: resource 'nodes' is not namespace scoped\n\n"],
  ['list', 'clusterroles', {}, 'no', "Warning: resource 'clusterroles' is not namespace scoped in group 'rbac.authorization.k8s.io'\n\n"],
  ['list', 'nothings', {}, 'no', "Warning: the server doesn't have a resource type 'nothings'\n\n"],
  ['list', 'nothings.example.com', {}, 'no', "Warning: the server doesn't have a resource type 'nothings' in group 'example.com'\n\n"],
  ['dance', 'pods', {}, 'no', "Warning: verb 'dance' is not a known verb\n\n"],
  ['get', '/healthz', {}, 'yes', ''],
  ['get', '/metrics', {}, 'no', ''],
  ['list', 'pods', { namespace: '' }, 'no', ''],
])('%s %s %j', (verb, target, more, answer, warnings) => {
  expect(ask(verb, target, more)).toMatchObject({ answer, warnings })
})

test('the roles of a fresh server count', () => {
  const admin = { ...user, groups: ['system:masters-like', 'system:authenticated'] }
  expect(ask('create', 'selfsubjectaccessreviews.authorization.k8s.io', { user: admin, namespace: '' }).answer).toBe('yes')
})

test('the list is kubectl’s', () => {
  const squeezed = formatRules(authorizer.rulesFor(user, 'team')).replace(/ {2,}/g, '  ')
  expect(squeezed).toBe(
    'Resources  Non-Resource URLs  Resource Names  Verbs\n*.*  []  []  [create]\nselfsubjectreviews.authentication.k8s.io  []  []  [create]\nselfsubjectaccessreviews.authorization.k8s.io  []  []  [create]\nselfsubjectrulesreviews.authorization.k8s.io  []  []  [create]\n  [/.well-known/openid-configuration/]  []  [get]\n  [/.well-known/openid-configuration]  []  [get]\n  [/api/*]  []  [get]\n  [/api]  []  [get]\n  [/apis/*]  []  [get]\n  [/apis]  []  [get]\n  [/healthz]  []  [get]\n  [/healthz]  []  [get]\n  [/livez]  []  [get]\n  [/livez]  []  [get]\n  [/openapi/*]  []  [get]\n  [/openapi]  []  [get]\n  [/openid/v1/jwks/]  []  [get]\n  [/openid/v1/jwks]  []  [get]\n  [/readyz]  []  [get]\n  [/readyz]  []  [get]\n  [/version/]  []  [get]\n  [/version/]  []  [get]\n  [/version]  []  [get]\n  [/version]  []  [get]\nsecrets  []  [a]  [get]\nsecrets  []  [b]  [get]\ndeployments/scale  []  []  [list get watch]\ndeployments  []  []  [list get watch]\npods  []  []  [list get watch]\ndeployments.apps/scale  []  []  [list get watch]\ndeployments.apps  []  []  [list get watch]\npods.apps  []  []  [list get watch]\n',
  )
  expect(formatRules(authorizer.rulesFor(user, 'team')).split('\n').at(-2)).toBe(
    `${'pods.apps'.padEnd(48)}${'[]'.padEnd(39)}[]               [list get watch]`,
  )
})

import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'
import { mutate } from '../mutate.ts'

const verbs = ['get', 'list', 'create', 'delete', '*', 'impersonate', '', 'bind', 'use']
const resources = ['pods', 'configmaps', 'deployments', '*', 'pods/exec', '', 'serviceaccounts', 'nodes']

function rules(random: Random): Part[] {
  return Array.from({ length: 1 + random.below(3) }, () => ({
    apiGroups: [random.pick(['', 'apps', '*', 'x.io'])],
    resources: [random.pick(resources), random.pick(resources)],
    verbs: [random.pick(verbs), random.pick(verbs)],
    ...(random.chance(0.3) ? { resourceNames: [random.pick(['a', 'b', ''])] } : {}),
  }))
}

/** Roles and bindings, and what they mean: reviews of all kinds, requests by impersonation and by the account itself. */
export const reviews: Area = {
  // What is granted to the group of all accounts is granted to other rounds, too.
  lanes: 1,
  *round(random, namespace, name) {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
    const user = `system:serviceaccount:${namespace}:${name}`
    const subject = random.pick<Part>([
      { kind: 'ServiceAccount', name, namespace },
      { kind: 'User', name: user },
      { kind: 'Group', name: `system:serviceaccounts:${namespace}` },
    ])
    yield { method: 'POST', path: `/api/v1/namespaces/${namespace}/serviceaccounts`, body: { metadata: { name } } }
    yield { method: 'POST', path: `${rbac}/roles`, body: { metadata: { name }, rules: rules(random) } }
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: random.chance(0.9) ? name : 'none' }
    yield { method: 'POST', path: `${rbac}/rolebindings`, body: { metadata: { name }, roleRef, subjects: [subject] } }
    // The real server's authorizer learns of it a moment later.
    const probe = { spec: { user, resourceAttributes: { namespace, verb: 'x', resource: 'x' } } }
    for (let i = 0; i < 3; i++)
      yield { method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body: probe, setup: true }
    for (let i = 0; i < 5; i++) yield review(random, namespace, name, user)
    for (let i = 0; i < 4; i++) yield attempt(random, namespace, name, user)
    yield { method: 'DELETE', path: `${rbac}/rolebindings/${name}` }
  },
}

function review(random: Random, namespace: string, name: string, user: string): Part {
  const attributes = {
    namespace: random.pick([namespace, '', 'other']),
    verb: random.pick(verbs),
    group: random.pick(['', 'apps', '*', 'x.io']),
    version: random.pick(['', 'v1', '*']),
    resource: random.pick(['pods', 'configmaps', 'deployments', '*', 'x']),
    ...(random.chance(0.3) ? { subresource: random.pick(['exec', 'log', '*']) } : {}),
    ...(random.chance(0.3) ? { name: random.pick(['a', 'b']) } : {}),
  }
  const what = random.chance(0.85)
    ? { resourceAttributes: attributes }
    : { nonResourceAttributes: { path: random.pick(['/healthz', '/x', '']), verb: 'get' } }
  const group = 'authorization.k8s.io/v1'
  const groups = ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  const [kind, path, spec] = random.pick<[string, string, Part]>([
    ['SubjectAccessReview', 'subjectaccessreviews', { user, groups: random.some(groups), ...what }],
    ['SubjectAccessReview', 'subjectaccessreviews', { user, ...what }],
    ['SelfSubjectAccessReview', 'selfsubjectaccessreviews', what],
    ['LocalSubjectAccessReview', `namespaces/${namespace}/localsubjectaccessreviews`, { user, ...what }],
    ['SelfSubjectRulesReview', 'selfsubjectrulesreviews', { namespace: random.pick([namespace, '']) }],
  ])
  const body = mutate(random, { apiVersion: group, kind, spec }, random.pick([0, 0, 0, 1, 2]))
  // The order of the administrator's own rules is that of a Go map.
  const as = kind === 'SelfSubjectRulesReview' || (kind.startsWith('Self') && random.chance(0.7)) ? `sa:${namespace}/${name}` : 'admin'
  const query = random.pick(['', '', '?dryRun=All', '?fieldValidation=Strict', '?fieldManager=x'])
  return { method: 'POST', path: `/apis/${group}/${path}${query}`, body, as }
}

function attempt(random: Random, namespace: string, name: string, user: string): Part {
  const path = random
    .pick([
      '/api/v1/namespaces/NS/pods',
      '/api/v1/namespaces/NS/configmaps/a',
      '/apis/apps/v1/namespaces/NS/deployments',
      '/api/v1/nodes',
      '/readyz',
      '/api',
      '/healthz',
      '/x',
      '/api/v1/namespaces/NS',
      '/api/v1/namespaces',
      '/apis/x.io/v1/xs',
      '/api/v1/namespaces/NS/pods/a/exec',
      '/api/v1/namespaces/NS/configmaps?watch=true&fieldSelector=metadata.name%3Da&timeoutSeconds=1',
      '/metrics',
      '/logs',
      '/openapi/v2/x',
      '/api/v1/namespaces/NS/serviceaccounts/a/token',
    ])
    .replace('NS', namespace)
  const method = random.pick(['GET', 'GET', 'GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'])
  const body = ['POST', 'PUT', 'PATCH'].includes(method)
    ? {
        body: { metadata: { name: 'a' } },
        ...(method === 'PATCH'
          ? { contentType: random.pick(['application/merge-patch+json', 'application/apply-patch+yaml', 'x/y']) }
          : {}),
      }
    : {}
  const dry = path.includes('?') ? '' : '?dryRun=All'
  if (random.chance(0.4)) return { method, path: path + dry, ...body, as: random.pick([`sa:${namespace}/${name}`, 'anonymous', 'bad']) }
  const headers = random.pick<Record<string, string>>([
    { 'impersonate-user': user },
    { 'impersonate-user': user, 'impersonate-group': 'system:authenticated' },
    { 'impersonate-user': 'nobody' },
    { 'impersonate-group': 'x' },
    { 'impersonate-uid': 'x' },
    { 'impersonate-user': user, 'impersonate-extra-a%2fb': 'c' },
    { 'impersonate-user': 'system:anonymous' },
    { 'impersonate-user': '' },
    { 'impersonate-user': 'system:serviceaccount:a' },
    { 'impersonate-user': 'system:node:n', 'impersonate-group': 'system:nodes' },
  ])
  return { method, path: path + dry, ...body, headers, as: random.pick(['admin', 'admin', 'admin', `sa:${namespace}/${name}`]) }
}

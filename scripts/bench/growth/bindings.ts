import { inParallel, type MeasuredServer, startServer } from '../measured-server.ts'
import type { Step, Subject } from './measure.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/growth'
const reviews = '/apis/authorization.k8s.io/v1'

/** An API server with `n` RoleBindings of accounts of which none asks, and `n` of one that asks. */
export async function bindingsSubject(n: number): Promise<Subject> {
  const server = await startServer()
  await server.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'growth' } } })
  await server.call({ method: 'POST', path: `${rbac}/roles`, body: role('reader', 'configmaps') })
  await server.call({ method: 'POST', path: '/api/v1/namespaces/growth/configmaps', body: { metadata: { name: 'one' } } })
  await inParallel(n, (index) => bind(server, `other-${index}`, `account-${index}`))
  await inParallel(n, (index) => bind(server, `own-${index}`, 'owner'))
  const steps = [...(await decisions(server, 'reader', false)), ...(await decisions(server, 'owner', true))]
  return { n, server, known: [], steps, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const role = (name: string, resource: string) => ({
  metadata: { name },
  rules: [{ apiGroups: [''], resources: [resource], verbs: ['get', 'list'] }],
})

const bind = (server: MeasuredServer, name: string, account: string) =>
  server.call({
    method: 'POST',
    path: `${rbac}/rolebindings`,
    body: {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: account }],
    },
  })

async function decisions(server: MeasuredServer, account: string, isOwn: boolean): Promise<Step[]> {
  const accounts = '/api/v1/namespaces/growth/serviceaccounts'
  await server.call({ method: 'POST', path: accounts, body: { metadata: { name: account } } })
  await bind(server, `of-${account}`, account)
  const issued = await server.call({ method: 'POST', path: `${accounts}/${account}/token`, body: {} })
  const asked = { token: JSON.parse(issued.toString()).status.token }
  const denied = () => server.call({ ...asked, path: '/api/v1/namespaces/growth/secrets', expect: 403 })
  const review = (kind: string, spec: object) => () =>
    server.call({
      ...asked,
      method: 'POST',
      path: `${reviews}/${kind.toLowerCase()}s`,
      body: { kind, apiVersion: 'authorization.k8s.io/v1', spec },
    })
  const access = { resourceAttributes: { namespace: 'growth', verb: 'list', resource: 'pods' } }
  const afterBinding = async (index: number) => {
    await bind(server, `after-${account}-${index}`, 'somebody')
    await denied()
  }
  const whose = isOwn ? 'its own' : 'of others'
  const whenNew = isOwn ? 'linear' : 'constant'
  return [
    {
      what: `GET, bindings ${whose}`,
      must: 'constant',
      count: 1000,
      run: () => server.call({ ...asked, path: '/api/v1/namespaces/growth/configmaps/one' }),
    },
    { what: `403, bindings ${whose}`, must: 'constant', count: 1000, run: denied },
    { what: `SelfSubjectAccessReview, bindings ${whose}`, must: 'constant', count: 500, run: review('SelfSubjectAccessReview', access) },
    { what: `POST of a binding, then 403, bindings ${whose}`, must: whenNew, count: 100, run: afterBinding },
    {
      what: `SelfSubjectRulesReview, bindings ${whose}`,
      must: whenNew,
      count: 20,
      run: review('SelfSubjectRulesReview', { namespace: 'growth' }),
    },
  ]
}

import { type Call, inParallel, type MeasuredServer } from '../measured-server.ts'

/** Requests that inpod and a bare server are both sent, one after the other. */
export interface Operation {
  what: string
  calls: Array<Call & { expect: number }>
  /** How often in a round. */
  count: number
}

const namespace = '/api/v1/namespaces/ratios'
const PODS = 1000

const pod = (index: number) => ({
  metadata: { name: `pod-${index}`, labels: { app: `app-${index % 10}` }, annotations: { note: 'x'.repeat(200) } },
  spec: { containers: [{ name: 'main', image: 'registry.example/app:1', env: [{ name: 'A', value: 'b' }] }] },
})

const get = (path: string) => ({ path: `${namespace}${path}`, expect: 200, http2: true }) as const
const post = (path: string, body: object) => ({ method: 'POST', path, body, expect: 201, http2: true }) as const

/** Fills a server, and says what to ask it. */
export async function prepareOperations(server: MeasuredServer): Promise<Operation[]> {
  await server.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'ratios' } } })
  await inParallel(PODS, (index) => server.call({ method: 'POST', path: `${namespace}/pods`, body: pod(index) }))
  const issued = await server.call({ method: 'POST', path: `${namespace}/serviceaccounts/default/token`, body: {} })
  const { token } = JSON.parse(issued.toString()).status
  const { http2: _, ...overHttp1 } = get('/pods/pod-7')
  const denied = { ...get('/secrets'), token, expect: 403 }
  const review = { spec: { resourceAttributes: { namespace: 'ratios', verb: 'list', resource: 'pods' } } }
  const access = { ...post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review), token }
  const byLabel = get('/pods?labelSelector=app%3Dapp-3')
  return [
    { what: 'GET a Pod, HTTP/1.1', calls: [overHttp1], count: 400 },
    { what: 'GET a Pod, HTTP/2', calls: [get('/pods/pod-7')], count: 400 },
    { what: 'LIST 100 Pods', calls: [get('/pods?limit=100')], count: 100 },
    { what: 'LIST 1,000 Pods', calls: [get('/pods')], count: 15 },
    { what: 'LIST by label', calls: [byLabel], count: 100 },
    { what: 'POST, then LIST by label', calls: [post(`${namespace}/pods`, generated(pod(3))), byLabel], count: 50 },
    { what: '403 for a service account', calls: [denied], count: 400 },
    { what: 'POST a ConfigMap', calls: [post(`${namespace}/configmaps`, generated({ data: { a: 'b' } }))], count: 200 },
    { what: 'SelfSubjectAccessReview', calls: [access], count: 300 },
  ]
}

const generated = (object: object) => ({ ...object, metadata: { generateName: 'made-', labels: { app: 'made' } } })

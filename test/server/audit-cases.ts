/** A request whose audit events are compared with those of a real API server; `audit-cases.json` has these, recorded by scripts/oracle/record-audit.ts. */
export interface AuditCase {
  /** Also its Audit-ID. */
  id: string
  method: string
  path: string
  /** Whose credentials it has; default the administrator's. */
  as?: 'account' | 'anonymous' | 'nobody'
  /** `$uid` and `$resourceVersion` stand for those of the ConfigMap `one` when it was got. */
  body?: unknown
  headers?: Record<string, string>
}

/** Of the requests; it has a service account `app`. */
export const auditNamespace = 'audit-cases'

const home = `/api/v1/namespaces/${auditNamespace}`
const configMaps = `${home}/configmaps`
const one = (data: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'one', namespace: auditNamespace, uid: '$uid', resourceVersion: '$resourceVersion' },
  data,
})
const url = { nonResourceAttributes: { path: '/x', verb: 'get' } }

const auditCases: AuditCase[] = [
  { id: 'create', method: 'POST', path: configMaps, body: { metadata: { name: 'one' } } },
  { id: 'create-again', method: 'POST', path: configMaps, body: { metadata: { name: 'one' } } },
  { id: 'create-generated-name', method: 'POST', path: configMaps, body: { metadata: { generateName: 'one-' } } },
  { id: 'get', method: 'GET', path: `${configMaps}/one` },
  { id: 'get-missing', method: 'GET', path: `${configMaps}/none` },
  { id: 'update', method: 'PUT', path: `${configMaps}/one`, body: one({ a: 'b' }) },
  { id: 'update-conflict', method: 'PUT', path: `${configMaps}/one`, body: one({ a: 'c' }) },
  {
    id: 'patch',
    method: 'PATCH',
    path: `${configMaps}/one`,
    body: { data: { a: 'd' } },
    headers: { 'content-type': 'application/merge-patch+json' },
  },
  { id: 'patch-media-type', method: 'PATCH', path: `${configMaps}/one`, body: {}, headers: { 'content-type': 'text/x' } },
  { id: 'create-unreadable', method: 'POST', path: configMaps, body: '{' },
  { id: 'create-invalid', method: 'POST', path: configMaps, body: { metadata: { name: 'C_1' } } },
  { id: 'list', method: 'GET', path: `${configMaps}?limit=5` },
  { id: 'list-name', method: 'GET', path: '/api/v1/configmaps?fieldSelector=metadata.name%3Done&labelSelector=a%3Db' },
  { id: 'watch', method: 'GET', path: `${configMaps}?watch=1&timeoutSeconds=1` },
  { id: 'watch-version', method: 'GET', path: `${configMaps}?watch=1&resourceVersion=zz` },
  { id: 'watch-old-way', method: 'GET', path: `/api/v1/watch/namespaces/${auditNamespace}/configmaps?timeoutSeconds=1` },
  { id: 'delete', method: 'DELETE', path: `${configMaps}/one` },
  { id: 'deletecollection', method: 'DELETE', path: `${configMaps}?labelSelector=a%3Db` },
  { id: 'denied-list', method: 'GET', path: `${home}/pods`, as: 'account' },
  { id: 'denied-get', method: 'GET', path: `/apis/apps/v1/namespaces/${auditNamespace}/deployments/d1`, as: 'account' },
  { id: 'denied-watch', method: 'GET', path: `${home}/pods?watch=1`, as: 'account' },
  { id: 'denied-path', method: 'GET', path: '/metrics', as: 'account' },
  {
    id: 'self-review',
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    as: 'account',
    body: { spec: url },
  },
  { id: 'discovery', method: 'GET', path: '/api', as: 'account' },
  { id: 'anonymous', method: 'GET', path: '/api/v1/pods', as: 'anonymous' },
  { id: 'anonymous-health', method: 'GET', path: '/healthz', as: 'anonymous' },
  { id: 'wrong-token', method: 'GET', path: '/api/v1/pods', as: 'nobody' },
  {
    id: 'impersonation',
    method: 'GET',
    path: '/api/v1/pods',
    headers: { 'impersonate-user': 'jane', 'impersonate-group': 'devs', 'impersonate-extra-a': 'b' },
  },
  { id: 'impersonation-denied', method: 'GET', path: '/api/v1/pods', as: 'account', headers: { 'impersonate-user': 'jane' } },
  { id: 'impersonation-of-nobody', method: 'GET', path: '/api/v1/pods', headers: { 'impersonate-group': 'devs' } },
  { id: 'no-path', method: 'GET', path: '/nowhere' },
  { id: 'no-group', method: 'GET', path: '/apis/nowhere.example.com/v1/things' },
  { id: 'no-resource', method: 'GET', path: '/api/v1/nothings' },
  { id: 'namespace', method: 'GET', path: home },
  { id: 'cluster-scoped', method: 'GET', path: '/api/v1/nodes/n1' },
  { id: 'subresource', method: 'GET', path: `/apis/apps/v1/namespaces/${auditNamespace}/deployments/d1/status` },
  { id: 'log', method: 'GET', path: `${home}/pods/p1/log` },
  {
    id: 'evict',
    method: 'POST',
    path: `${home}/pods/p1/eviction`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p1' } },
  },
  { id: 'head', method: 'HEAD', path: configMaps },
  { id: 'create-at-name', method: 'POST', path: `${configMaps}/one`, body: {} },
  {
    id: 'update-creates',
    method: 'PUT',
    path: `/apis/coordination.k8s.io/v1/namespaces/${auditNamespace}/leases/l1`,
    body: { metadata: { name: 'l1', namespace: auditNamespace }, spec: {} },
  },
  { id: 'review', method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body: { spec: { user: 'a', ...url } } },
  { id: 'escaped', method: 'GET', path: `/api/v1/namespaces/${auditNamespace.replace('-', '%2D')}/configmaps` },
  { id: 'proxy', method: 'GET', path: `${home}/services/s1/proxy/a/b` },
  { id: 'forwarded', method: 'GET', path: '/livez', headers: { 'x-forwarded-for': '10.1.1.1, 10.2.2.2', 'x-real-ip': '10.3.3.3' } },
]

/** The parts of an event that are the same on all servers. */
export function comparable(event: object): unknown {
  const text = JSON.stringify(event, (key, value) => (/Timestamp$/.test(key) || key === 'credential-id' ? undefined : value))
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replaceAll(/"resourceVersion":"\d+"/g, '"resourceVersion":"<version>"')
    .replaceAll(/"username":"(admin|kubernetes-admin)"(,"uid":"adminuid")?/g, '"username":"<admin>"')
  return JSON.parse(text)
}

/** What requests are sent with. */
export interface Credentials {
  admin: string
  account: string
}

/** Sends the cases one after the other. */
export async function playAuditCases(credentials: Credentials, send: (each: AuditCase, body: string | undefined) => Promise<string>) {
  let metadata = { uid: '', resourceVersion: '' }
  for (const each of auditCases) {
    const tokens = { ...credentials, nobody: 'wrong', anonymous: undefined }
    const token = tokens[each.as ?? 'admin']
    const headers = {
      'audit-id': each.id,
      'user-agent': 'audit-cases',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...each.headers,
    }
    const text = each.body === undefined || typeof each.body === 'string' ? each.body : JSON.stringify(each.body)
    const body = text?.replace('$uid', metadata.uid).replace('$resourceVersion', metadata.resourceVersion)
    const answer = await send({ ...each, headers }, body)
    if (each.id === 'get') metadata = JSON.parse(answer).metadata
  }
}

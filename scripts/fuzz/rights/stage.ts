import type { Answer } from '../answers.ts'
import type { Rule } from './allowed.ts'
import { certificateRequests } from './csr.ts'
import type { Grants } from './grants.ts'
import { rbacGroup } from './vocabulary.ts'

/** A server as the runs of rights see it: ours, or a real one. */
export interface RightsServer {
  /** As the administrator, or with a token of somebody else. */
  send(request: StageRequest, token?: string): Promise<Answer | undefined>
  /** A namespace about which nobody but the administrator may do anything. */
  other: string
}

export interface StageRequest {
  method: string
  path: string
  headers?: readonly (readonly [name: string, value: string])[]
  body?: string
  whole?: boolean
}

/** A namespace with all that somebody in it may want, and an account with some rights. */
export interface Stage {
  namespace: string
  token: string
  close(): Promise<void>
}

/** Stands in each object, with its resource: whoever sees it has read such an object. */
export const canary = (resource: string) => `canary-of-${resource}-`

/** What is bound if somebody manages to bind it. */
export const weakRules: Rule[] = [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }]
const strongRules: Rule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]

const containers = [{ name: 'a', image: 'a' }]
const rbac = `/apis/${rbacGroup}/v1`

export async function setStage(server: RightsServer, namespace: string, grants: Grants): Promise<Stage> {
  const send = async (method: string, path: string, body?: object) => {
    const headers = [['Content-Type', 'application/json']] as const
    const answer = await server.send({ method, path, ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }) })
    if (answer === undefined || answer.status >= 300) throw new Error(`${method} ${path}: ${answer?.status} ${answer?.body}`)
    return JSON.parse(answer.body.toString())
  }
  await send('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  for (const [collection, object] of objectsOf(namespace, grants)) await send('POST', collection, object)
  const cluster = clusterObjectsOf(namespace, grants)
  for (const [collection, object] of cluster) await send('POST', collection, object)
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/user`
  const { status } = await send('POST', `${account}/token`, { spec: { expirationSeconds: 3600 } })
  return {
    namespace,
    token: status.token,
    async close() {
      for (const [collection, { metadata }] of cluster) await server.send({ method: 'DELETE', path: `${collection}/${metadata.name}` })
      await server.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` })
    },
  }
}

interface Named {
  metadata: { name: string }
}

function objectsOf(namespace: string, { inNamespace, byClusterRole }: Grants): [collection: string, object: Named][] {
  const core = `/api/v1/namespaces/${namespace}`
  const roles = `${rbac}/namespaces/${namespace}`
  const object = (name: string, resource: string, rest: object = {}) => ({
    ...{ metadata: { name, annotations: { canary: `${canary(resource)}${name}` } } },
    ...rest,
  })
  const tokenSecret = { 'kubernetes.io/service-account.name': 'boss', canary: `${canary('secrets')}boss-token` }
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers } }
  const binding = (name: string, kind: string, role: string) =>
    object(name, 'rolebindings', {
      roleRef: { apiGroup: rbacGroup, kind, name: role },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    })
  return [
    ...['user', 'boss', 'nobody'].map((name): [string, Named] => [`${core}/serviceaccounts`, object(name, 'serviceaccounts')]),
    [`${core}/secrets`, object('secret', 'secrets', { stringData: { value: `${canary('secrets')}value` } })],
    [
      `${core}/secrets`,
      { metadata: { name: 'boss-token', annotations: tokenSecret }, type: 'kubernetes.io/service-account-token' } as Named,
    ],
    [`${core}/configmaps`, object('secret', 'configmaps')],
    [`${core}/pods`, object('a', 'pods', { spec: { serviceAccountName: 'boss', containers } })],
    [`${core}/services`, object('a', 'services', { spec: { ports: [{ port: 80 }] } })],
    [`${core}/events`, object('a', 'events', { involvedObject: { kind: 'Pod', namespace, name: 'a' }, reason: 'x' })],
    [
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      object('a', 'deployments', { spec: { selector: { matchLabels: { app: 'a' } }, template } }),
    ],
    [
      `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
      object('a', 'horizontalpodautoscalers', {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }, maxReplicas: 2 },
      }),
    ],
    [`${roles}/roles`, object('weak', 'roles', { rules: weakRules })],
    [`${roles}/roles`, object('strong', 'roles', { rules: strongRules })],
    ...(byClusterRole ? [] : [[`${roles}/roles`, object('user', 'roles', { rules: inNamespace })] as [string, Named]]),
    [`${roles}/rolebindings`, byClusterRole ? binding('user', 'ClusterRole', `${namespace}-user`) : binding('user', 'Role', 'user')],
    [`${roles}/rolebindings`, binding('boss', 'Role', 'strong')],
  ]
}

function clusterObjectsOf(namespace: string, { inNamespace, byClusterRole, everywhere }: Grants): [collection: string, object: Named][] {
  const all: [string, Named][] = []
  const add = (collection: string, name: string, rest: object) => void all.push([collection, { metadata: { name }, ...rest }])
  if (byClusterRole) add(`${rbac}/clusterroles`, `${namespace}-user`, { rules: inNamespace })
  add(`${rbac}/clusterroles`, `${namespace}-weak`, { rules: weakRules })
  if (everywhere.length > 0) {
    const name = `${namespace}-everywhere`
    add(`${rbac}/clusterroles`, name, { rules: everywhere })
    const subjects = [{ kind: 'ServiceAccount', name: 'user', namespace }]
    add(`${rbac}/clusterrolebindings`, name, { roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name }, subjects })
  }
  const signerName = 'example.com/signer'
  add('/apis/certificates.k8s.io/v1/certificatesigningrequests', `${namespace}-a`, {
    spec: { request: certificateRequests[0], signerName, usages: ['client auth'] },
  })
  return all
}

import fc from 'fast-check'
import type { Rule } from './allowed.ts'
import { certificateRequests } from './csr.ts'
import { rule } from './grants.ts'
import { clusterRoles, names, rbacGroup } from './vocabulary.ts'

// biome-ignore lint/suspicious/noExplicitAny: any API object
type Body = Record<string, any>

/** What chance says about an object that is written. */
export interface Draft {
  rules: Rule[]
  aggregates: boolean
  role: { kind: string; name: string }
  account: string
  flavour: number
}

const strong: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }

export const draft: fc.Arbitrary<Draft> = fc.record({
  rules: fc.oneof(
    { weight: 3, arbitrary: fc.array(rule, { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant<Rule[]>([strong]) },
    { weight: 1, arbitrary: fc.constant<Rule[]>([{ verbs: ['get'], nonResourceURLs: ['*'] }]) },
    {
      weight: 1,
      arbitrary: fc.constant<Rule[]>([{ verbs: ['escalate', 'bind'], apiGroups: [rbacGroup], resources: ['roles', 'clusterroles'] }]),
    },
  ),
  aggregates: fc.nat(5).map((number) => number === 0),
  role: fc.oneof(
    fc.constantFrom('weak', 'strong', 'user', 'no-such-role').map((name) => ({ kind: 'Role', name })),
    fc.constantFrom(...clusterRoles, '{ns}-weak', 'no-such-role').map((name) => ({ kind: 'ClusterRole', name })),
  ),
  account: fc.constantFrom('boss', 'user', 'default', 'no-such-account'),
  flavour: fc.nat(1000),
})

/** An object of a kind as somebody writes it who wants more than they have. */
export function objectOf(kind: string, name: string, version: string, given: Draft): Body {
  const make = bodies[kind]
  const { metadata, ...rest } = make?.(given, version) ?? {}
  return { metadata: { name, ...extras(given), ...metadata }, ...rest }
}

/** Labels by which ClusterRoles are gathered, and what others find in the metadata. */
function extras({ flavour }: Draft): Body {
  const gathered = { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true', 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' }
  return [{}, { labels: gathered }, { finalizers: ['example.com/x'] }, { annotations: { x: 'y' } }, {}][flavour % 5]!
}

const podSpec = (account: string) => ({
  serviceAccountName: account,
  containers: [{ name: 'a', image: 'a', resources: { limits: { cpu: '1' } } }],
  volumes: [{ name: 'v', secret: { secretName: 'secret' } }],
})
const selector = { matchLabels: { app: 'a' } }
const user = (name: string) => ({ kind: 'ServiceAccount', name, namespace: '{ns}' })
const involved = { kind: 'Pod', namespace: '{ns}', name: 'a' }
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }
const signers = ['example.com/signer', 'kubernetes.io/kube-apiserver-client', 'kubernetes.io/kube-apiserver-client-kubelet']

const bodies: Record<string, (draft: Draft, version: string) => Body> = {
  Secret: ({ flavour, account }) =>
    flavour % 2 === 0
      ? { stringData: { x: 'y' } }
      : { type: 'kubernetes.io/service-account-token', metadata: { annotations: { 'kubernetes.io/service-account.name': account } } },
  ConfigMap: () => ({ data: { x: 'y' } }),
  ServiceAccount: () => ({ secrets: [{ name: 'boss-token' }] }),
  Pod: ({ account }) => ({ spec: podSpec(account) }),
  Service: ({ flavour }) => ({ spec: { ports: [{ port: 80 }], ...(flavour % 2 === 0 ? { externalIPs: ['10.1.2.3'] } : {}) } }),
  Event: (_, version) => (version === 'events' ? eventOfEvents : { involvedObject: involved, reason: 'x', message: 'x' }),
  Deployment: ({ account }) => ({
    spec: { selector, template: { metadata: { labels: selector.matchLabels }, spec: podSpec(account) } },
  }),
  HorizontalPodAutoscaler: () => ({ spec: { scaleTargetRef: target, maxReplicas: 3 } }),
  Role: ({ rules }) => ({ rules }),
  ClusterRole: ({ rules, aggregates }) => ({
    rules,
    ...(aggregates ? { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }] } } : {}),
  }),
  RoleBinding: ({ role, account }) => ({ roleRef: { apiGroup: rbacGroup, ...role }, subjects: [user(account)] }),
  ClusterRoleBinding: ({ role, account }) => ({
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role.name },
    subjects: [user(account), { kind: 'Group', name: 'system:authenticated', apiGroup: rbacGroup }],
  }),
  CertificateSigningRequest: ({ flavour }) => ({
    spec: {
      request: certificateRequests[flavour % 3],
      signerName: signers[flavour % signers.length],
      usages: ['client auth', 'digital signature'],
      username: 'admin',
      groups: ['system:masters'],
    },
  }),
  Namespace: () => ({ spec: { finalizers: [] } }),
  Node: () => ({ spec: { podCIDR: '10.0.0.0/24' } }),
  FlowSchema: () => ({ spec: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1 } }),
  TokenReview: () => ({ spec: { token: 'x' } }),
  SubjectAccessReview: () => ({ spec: { user: 'admin', resourceAttributes: { verb: 'get', resource: 'secrets', namespace: '{ns}' } } }),
}

const eventOfEvents = {
  eventTime: '2026-01-02T03:04:05.000000Z',
  reportingController: 'x.example/x',
  reportingInstance: 'x',
  action: 'x',
  reason: 'x',
  type: 'Normal',
  regarding: involved,
}

const condition = (type: string) => ({ type, status: 'True', reason: 'x', message: 'x' })

/** What is written to a subresource. */
export function subresourceOf(resource: string, name: string, given: Draft): Body {
  const of = { metadata: { name } }
  const { flavour, account } = given
  switch (resource) {
    case 'serviceaccounts/token':
      return { spec: { audiences: flavour % 3 === 0 ? ['x'] : [], expirationSeconds: 600 } }
    case 'pods/binding':
      return { ...of, target: { kind: 'Node', name: '{ns}-a' } }
    case 'pods/eviction':
      return { apiVersion: 'policy/v1', kind: 'Eviction', ...of }
    case 'pods/ephemeralcontainers':
      return { ...of, spec: { ...podSpec(account), ephemeralContainers: [{ name: 'e', image: 'e' }] } }
    case 'pods/resize':
      return { ...of, spec: podSpec(account) }
    case 'deployments/scale':
      return { ...of, spec: { replicas: flavour % 3 } }
    case 'certificatesigningrequests/approval':
      return { ...of, status: { conditions: [condition(flavour % 2 === 0 ? 'Approved' : 'Denied')] } }
    case 'certificatesigningrequests/status':
      return { ...of, status: { certificate: Buffer.from('x').toString('base64') } }
    case 'namespaces/finalize':
      return { ...of, spec: { finalizers: [] } }
    default:
      return { ...of, status: { phase: 'Running', replicas: 1 }, spec: { x: names[flavour % names.length] } }
  }
}

import fc from 'fast-check'
import { jsonBody } from './json.ts'
import type { Manifest } from './manifests.ts'
import { patchTypes } from './patches.ts'
import { accept, type BodyRequest, bodyOf, deleteOptions, headersOf, objectTree, query } from './requests.ts'

/** Subresources that take a body of a kind of their own. */
const posts: readonly [method: string, manifest: Manifest][] = [
  ['POST', { apiVersion: 'policy/v1', kind: 'Eviction', path: '/api/v1/namespaces/NS/pods/a/eviction', body: { deleteOptions } }],
  [
    'POST',
    { apiVersion: 'v1', kind: 'Binding', path: '/api/v1/namespaces/NS/pods/a/binding', body: { target: { kind: 'Node', name: 'n' } } },
  ],
  ['POST', { apiVersion: 'v1', kind: 'Binding', path: '/api/v1/namespaces/NS/bindings', body: { target: { kind: 'Node', name: 'n' } } }],
  [
    'POST',
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      path: '/api/v1/namespaces/NS/serviceaccounts/default/token',
      body: { spec: { audiences: ['a'], expirationSeconds: 600, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'a' } } },
    },
  ],
  [
    'POST',
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: { spec: { token: 'a.b.c', audiences: ['a'] } },
    },
  ],
  [
    'POST',
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: {},
    },
  ],
  [
    'POST',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        spec: {
          user: 'u',
          groups: ['g'],
          extra: { a: ['b'] },
          resourceAttributes: {
            verb: 'get',
            resource: 'pods',
            namespace: 'NS',
            labelSelector: { rawSelector: 'a=b' },
            fieldSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b'] }] },
          },
        },
      },
    },
  ],
  [
    'POST',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { spec: { nonResourceAttributes: { path: '/x', verb: 'get' } } },
    },
  ],
  [
    'POST',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'LocalSubjectAccessReview',
      path: '/apis/authorization.k8s.io/v1/namespaces/NS/localsubjectaccessreviews',
      body: { spec: { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'NS' } } },
    },
  ],
  [
    'POST',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { spec: { namespace: 'NS' } },
    },
  ],
  [
    'PUT',
    {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      path: '/apis/apps/v1/namespaces/NS/deployments/a/scale',
      body: { metadata: { namespace: 'NS' }, spec: { replicas: 3 } },
    },
  ],
  [
    'PUT',
    {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      path: '/apis/fuzz.example.com/v1/namespaces/NS/gizmos/a/scale',
      body: { metadata: { namespace: 'NS' }, spec: { replicas: 3 } },
    },
  ],
  [
    'PUT',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      path: '/api/v1/namespaces/NS/pods/a/ephemeralcontainers',
      body: { spec: { containers: [], ephemeralContainers: [{ name: 'e', image: 'i', targetContainerName: 'c' }] } },
    },
  ],
  [
    'PATCH',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      path: '/api/v1/namespaces/NS/pods/a/ephemeralcontainers',
      body: { spec: { ephemeralContainers: [{ name: 'e', image: 'i' }] } },
    },
  ],
  [
    'PATCH',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      path: '/api/v1/namespaces/NS/pods/a/resize',
      body: { spec: { containers: [{ name: 'c', resources: { limits: { cpu: '2' } } }] } },
    },
  ],
  [
    'PUT',
    {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      path: '/apis/certificates.k8s.io/v1/certificatesigningrequests/a/approval',
      body: { spec: { request: 'AAAA', signerName: 'a.b/c' }, status: { conditions: [{ type: 'Approved', status: 'True' }] } },
    },
  ],
  [
    'PUT',
    {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      path: '/apis/certificates.k8s.io/v1/certificatesigningrequests/a/status',
      body: { spec: { request: 'AAAA', signerName: 'a.b/c' }, status: { certificate: 'AAAA' } },
    },
  ],
  [
    'PUT',
    { apiVersion: 'v1', kind: 'Namespace', path: '/api/v1/namespaces/fuzz-other/finalize', body: { spec: { finalizers: ['kubernetes'] } } },
  ],
]

function subresource([method, manifest]: (typeof posts)[number]): fc.Arbitrary<BodyRequest> {
  const tree = objectTree(manifest, fc.constantFrom('a', 'a', 'b'))
  const encoded =
    method === 'PATCH'
      ? jsonBody(tree).chain((body) =>
          fc.constantFrom(patchTypes.merge, patchTypes.strategic).map((type) => ({ type: type as string, body })),
        )
      : bodyOf(manifest, tree)
  return fc
    .tuple(encoded, query(''), accept)
    .map(([{ type, body }, text, accepted]) => ({ method, path: manifest.path + text, headers: headersOf(type, accepted), body }))
}

export const subresourceRequests = fc.oneof(...posts.map(subresource))

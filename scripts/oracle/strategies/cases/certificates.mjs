import { creates, updates } from '../variants.mjs'

// A request for CN=someone, O=team, signed by its own key, and a certificate of the same key.
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIYk1JR0RBZ0VBTUNFeEVEQU9CZ05WQkFNTUIzTnZiV1Z2Ym1VeERUQUxCZ05WQkFvTUJIUmxZVzB3V1RBVApCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DQUFUYy95V3VLWWlCRjA5RFVNRlZCUXl0b0IvRFZ3MnZRWitYCmd2ZFNyQUcyUmMyRkhJWXBCa1Y4dGtMTVJscHFRRUZBaTU5QkN5U09yd051QW5ZTDN5L2VvQUF3Q2dZSUtvWkkKemowRUF3SURSd0F3UkFJZ01DNUNzZmtPSi9nSk1sMG5aaHpsME8xTjdFcEtWSGVJYUNYWjdsb1l3bFVDSUd0UwozQWd1TEg4bEFRa1AzSlRHK3NNSmFJK1JMWWI0NmhtQ3VDUVZGMEJECi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo='
const certificate =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJlVENDQVIrZ0F3SUJBZ0lVVjByZktUKzdoVkRaZW54T2Q0djRDM0ZtSGFvd0NnWUlLb1pJemowRUF3SXcKRWpFUU1BNEdBMVVFQXd3SGMyOXRaVzl1WlRBZUZ3MHlOakV4TWpJeE5UUXpNalphRncwek5qRXhNVGt4TlRRegpNalphTUJJeEVEQU9CZ05WQkFNTUIzTnZiV1Z2Ym1Vd1dUQVRCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DCkFBVGMveVd1S1lpQkYwOURVTUZWQlF5dG9CL0RWdzJ2UVorWGd2ZFNyQUcyUmMyRkhJWXBCa1Y4dGtMTVJscHEKUUVGQWk1OUJDeVNPcndOdUFuWUwzeS9lbzFNd1VUQWRCZ05WSFE0RUZnUVVQRS9BREh6ampiVVVNZnE2MTA2MgpCbm4wbUp3d0h3WURWUjBqQkJnd0ZvQVVQRS9BREh6ampiVVVNZnE2MTA2MkJubjBtSnd3RHdZRFZSMFRBUUgvCkJBVXdBd0VCL3pBS0JnZ3Foa2pPUFFRREFnTklBREJGQWlFQXd4MTV3eVo4bTFxcXVJYWtXVHZRSmR0REVpUEkKV1U2V09jNytDamxneEY4Q0lETWNuN3FqN2JINk0rUi9Bd3dLd0RYR0pQQVcyaXJDcFFtVWZRM3JwRzFuCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K'
const text = (value) => Buffer.from(value).toString('base64')
const csr = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'kinds-rest' },
  spec: { request, signerName: 'example.com/signer', usages: ['client auth'] },
}
const approved = { type: 'Approved', status: 'True', reason: 'R', message: 'm' }
const denied = { ...approved, type: 'Denied' }
const status = (value) => ({ subresource: 'status', status: value })

export const kinds = [
  {
    group: 'certificates.k8s.io',
    version: 'v1',
    resource: 'certificatesigningrequests',
    clusterScoped: true,
    cases: [
      ...creates(csr, {
        minimal: {},
        'odd name': { metadata: { name: 'A_B' } },
        'who asks is set by the server': { spec: { username: 'x', uid: 'y', groups: ['z'], extra: { a: ['b'] } } },
        'no request': { spec: { request: null } },
        'not a request': { spec: { request: text('x') } },
        'a certificate': { spec: { request: certificate } },
        'no usages': { spec: { usages: null } },
        'bad usages': { spec: { usages: ['client auth', 'flying', 'client auth'] } },
        'no signer': { spec: { signerName: null } },
        'bad signers': { spec: { signerName: 'x' } },
        'short signer': { spec: { signerName: 'x/y' } },
        'odd signer': { spec: { signerName: 'A_B.c/d e' } },
        'legacy signer': { spec: { signerName: 'kubernetes.io/legacy-unknown' } },
        'short life': { spec: { expirationSeconds: 599 } },
        'status is dropped': { status: { certificate, conditions: [approved] } },
      }),
      ...updates(csr, {
        'spec stays': { spec: { usages: ['server auth'] }, metadata: { labels: { a: 'b' } } },
        'conditions stay': { status: { conditions: [approved] } },
      }),
      ...updates(
        csr,
        {
          approve: {
            status: {
              conditions: [{ ...approved, lastUpdateTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' }],
              certificate,
            },
            spec: { usages: ['x'] },
          },
          'approve and deny': { status: { conditions: [approved, denied] } },
          'approve falsely': { status: { conditions: [{ ...approved, status: 'False' }, { type: '', status: 'Maybe' }, { type: 'X' }] } },
          'approve twice': { status: { conditions: [approved, approved] } },
          'un-approve': [{ subresource: 'approval', status: { conditions: [approved] } }, { status: { conditions: [] } }],
        },
        'approval',
      ),
      ...updates(
        csr,
        {
          certificate: { status: { certificate }, metadata: { labels: { a: 'b' } } },
          'bad certificate': { status: { certificate: text('x') } },
          'wrong block': { status: { certificate: request } },
          'approve by status': { status: { conditions: [approved] } },
          failed: {
            status: {
              conditions: [
                { type: 'Failed', status: 'True', lastUpdateTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' },
              ],
            },
          },
          'another certificate': [status({ certificate }), { status: { certificate: null } }],
        },
        'status',
      ),
    ],
  },
]

import { creates, updates } from '../variants.mjs'

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'leader' },
  spec: {
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:00:01.500000Z',
    leaseTransitions: 1,
  },
}

export const kinds = [
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    resource: 'leases',
    cases: [
      ...creates(lease, {
        minimal: {},
        'no spec': { spec: null },
        numbers: { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } },
        'strategy is dropped': { spec: { strategy: 'Nonsense', preferredHolder: 'b' } },
        'bad name': { metadata: { name: 'A_B' } },
      }),
      ...updates(lease, {
        holder: { spec: { holderIdentity: 'b' } },
        numbers: { spec: { leaseDurationSeconds: -5, leaseTransitions: -1 } },
      }),
    ],
  },
]

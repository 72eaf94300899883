import { creates, updates } from '../variants.mjs'

const priority = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'kinds-rest-high' }, value: 1000 }

export const kinds = [
  {
    group: 'scheduling.k8s.io',
    version: 'v1',
    resource: 'priorityclasses',
    clusterScoped: true,
    cases: [
      ...creates(priority, {
        minimal: {},
        'no value': { value: null },
        'too high': { value: 1000000001 },
        negative: { value: -5, description: 'low' },
        'system prefix': { metadata: { name: 'system-mine' } },
        'system name, other value': { metadata: { name: 'system-node-critical' } },
        preemption: { preemptionPolicy: 'Never' },
        'bad preemption': { preemptionPolicy: 'Sometimes' },
      }),
      ...updates(priority, {
        value: { value: 2 },
        description: { description: 'x' },
        preemption: { preemptionPolicy: 'Never' },
        all: { value: 3, preemptionPolicy: 'Other' },
      }),
    ],
  },
]

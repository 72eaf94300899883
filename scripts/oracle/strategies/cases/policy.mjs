import { creates, updates } from '../variants.mjs'

const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'budget' },
  spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
}

export const kinds = [
  {
    group: 'policy',
    version: 'v1',
    resource: 'poddisruptionbudgets',
    cases: [
      ...creates(budget, {
        minimal: {},
        'no spec': { spec: null },
        both: { spec: { maxUnavailable: '20%' } },
        negative: { spec: { minAvailable: -1 } },
        'bad percent': { spec: { minAvailable: 'x' } },
        'too many percent': { spec: { minAvailable: null, maxUnavailable: '101%' } },
        'bad selector': { spec: { selector: { matchLabels: { 'a b': 'c' }, matchExpressions: [{ key: 'a', operator: 'X' }] } } },
        'eviction policy': { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
        'bad eviction policy': { spec: { unhealthyPodEvictionPolicy: 'Never' } },
        'odd name': { metadata: { name: 'A_B' } },
        'status is dropped': { status: { disruptionsAllowed: 3 } },
        'both, with all else': { spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'IfHealthyBudget' } },
      }),
      ...updates(budget, {
        spec: { spec: { minAvailable: 2 } },
        labels: { metadata: { labels: { a: 'b' } } },
        both: { spec: { maxUnavailable: 1 } },
        negative: { spec: { minAvailable: -2 } },
      }),
      ...updates(
        budget,
        {
          status: {
            status: { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 3, expectedPods: 4, observedGeneration: 1 },
            spec: { minAvailable: 5 },
            metadata: { labels: { a: 'b' } },
          },
          'bad status': {
            status: {
              disruptionsAllowed: -1,
              currentHealthy: -2,
              desiredHealthy: -3,
              expectedPods: -4,
              conditions: [
                { type: 'a b', status: 'Maybe', reason: '', message: 'm' },
                { type: 'X', status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
                {
                  type: 'X',
                  status: 'True',
                  reason: '0bad',
                  message: '',
                  lastTransitionTime: '2026-01-01T00:00:00Z',
                  observedGeneration: -1,
                },
              ],
            },
          },
        },
        'status',
      ),
    ],
  },
]

import { creates, updates } from '../variants.mjs'

const runtime = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'kinds-rest-gvisor' }, handler: 'runsc' }

export const kinds = [
  {
    group: 'node.k8s.io',
    version: 'v1',
    resource: 'runtimeclasses',
    clusterScoped: true,
    cases: [
      ...creates(runtime, {
        minimal: {},
        'no handler': { handler: null },
        'bad handler': { handler: 'A_B' },
        overhead: { overhead: { podFixed: { cpu: '250m', memory: '120Mi' } } },
        'bad overhead': { overhead: { podFixed: { 'bad name': '-1' } } },
        scheduling: { scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }] } },
        'bad scheduling': {
          scheduling: {
            nodeSelector: { 'a b': 'c' },
            tolerations: [
              { key: 'k', operator: 'Exists', value: 'v', effect: 'Nothing' },
              { key: 'x', operator: 'Equal', value: '1' },
              { key: 'x', operator: 'Equal', value: '1' },
            ],
          },
        },
      }),
      ...updates(runtime, { handler: { handler: 'other' }, labels: { metadata: { labels: { a: 'b' } } }, 'bad handler': { handler: '' } }),
    ],
  },
]

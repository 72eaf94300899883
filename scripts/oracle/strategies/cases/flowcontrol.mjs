import { creates, updates } from '../variants.mjs'

const group = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1', clusterScoped: true }
const meta = (kind) => ({ apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind, metadata: { name: 'kinds-rest' } })
const subject = { kind: 'User', user: { name: 'nobody-at-all' } }
const rule = {
  subjects: [subject],
  resourceRules: [{ verbs: ['get'], apiGroups: ['kinds-rest.example.com'], resources: ['nothings'], namespaces: ['kinds-rest'] }],
}
const schema = {
  ...meta('FlowSchema'),
  spec: { priorityLevelConfiguration: { name: 'catch-all' }, matchingPrecedence: 9999, rules: [rule] },
}
const level = {
  ...meta('PriorityLevelConfiguration'),
  spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } },
}
const queue = (queuing) => ({ spec: { limited: { limitResponse: { type: 'Queue', queuing } } } })

export const kinds = [
  {
    ...group,
    resource: 'flowschemas',
    cases: [
      ...creates(schema, {
        minimal: {},
        'no precedence': { spec: { matchingPrecedence: null } },
        'bad precedence': { spec: { matchingPrecedence: 10001 } },
        'negative precedence': { spec: { matchingPrecedence: -1 } },
        'first precedence': { spec: { matchingPrecedence: 1 } },
        distinguisher: { spec: { distinguisherMethod: { type: 'ByUser' } } },
        'bad distinguisher': { spec: { distinguisherMethod: { type: 'ByColor' } } },
        'no level': { spec: { priorityLevelConfiguration: null } },
        'bad level': { spec: { priorityLevelConfiguration: { name: 'A_B' } } },
        subjects: {
          spec: {
            rules: [
              {
                ...rule,
                subjects: [
                  { kind: 'Robot' },
                  { kind: 'User' },
                  { kind: 'Group', group: { name: '' }, user: { name: 'x' } },
                  { kind: 'ServiceAccount', serviceAccount: { name: 'A_B', namespace: '' }, group: { name: 'g' } },
                  { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'A_B' } },
                  { kind: 'User', user: { name: '' }, serviceAccount: { name: 'a', namespace: 'b' } },
                ],
              },
            ],
          },
        },
        'empty rule': { spec: { rules: [{ subjects: [] }] } },
        'resource rules': {
          spec: {
            rules: [
              {
                ...rule,
                resourceRules: [
                  {},
                  { verbs: ['*', 'get'], apiGroups: ['*', 'a'], resources: ['*', 'b'], namespaces: ['*', 'c'] },
                  { verbs: ['fly'], apiGroups: [''], resources: ['pods'], clusterScope: true },
                  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['A_B'] },
                ],
              },
            ],
          },
        },
        'non-resource rules': {
          spec: {
            rules: [
              {
                subjects: [subject],
                nonResourceRules: [
                  {},
                  { verbs: ['*', 'get'], nonResourceURLs: ['*', '/a'] },
                  { verbs: ['get', 'fly'], nonResourceURLs: ['', '/', 'a', '/a b', '/a//b', '/a*', '/*/a', '/a/*'] },
                ],
              },
            ],
          },
        },
        'mandatory schema': { metadata: { name: 'exempt' } },
      }),
      ...updates(
        schema,
        {
          status: {
            status: { conditions: [{ type: 'X', status: 'True' }, { type: '' }, { type: 'X' }] },
            spec: { matchingPrecedence: 3 },
            metadata: { resourceVersion: null, labels: { a: 'b' } },
          },
        },
        'status',
      ),
    ],
  },
  {
    ...group,
    resource: 'prioritylevelconfigurations',
    cases: [
      ...creates(level, {
        minimal: {},
        'no shares': { spec: { limited: { nominalConcurrencyShares: null } } },
        numbers: { spec: { limited: { nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1 } } },
        'no type': { spec: { type: null } },
        'unknown type': { spec: { type: 'Other' } },
        exempt: { spec: { type: 'Exempt' } },
        'exempt with fields': { spec: { exempt: {} } },
        'no limits': { spec: { limited: null } },
        'no response': { spec: { limited: { limitResponse: null } } },
        'bad response': { spec: { limited: { limitResponse: { type: 'Wait' } } } },
        queue: queue({}),
        'no queue': queue(undefined),
        'queue when rejecting': { spec: { limited: { limitResponse: { type: 'Reject', queuing: {} } } } },
        'bad queue': queue({ queues: -1, handSize: -1, queueLengthLimit: -1 }),
        'large hand': queue({ queues: 4, handSize: 8 }),
        entropy: queue({ queues: 10000000, handSize: 8 }),
        'too many queues': queue({ queues: 10000001, handSize: 1 }),
      }),
      ...updates(level, { spec: { spec: { limited: { nominalConcurrencyShares: 2 } } } }),
    ],
  },
]

import { creates, updates } from '../variants.mjs'

const template = (labels = { app: 'web' }) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
})
const workload = (kind, spec = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
})
const templateVariants = {
  minimal: {},
  'no selector': { spec: { selector: null } },
  'empty selector': { spec: { selector: { matchLabels: null } } },
  'selector that misses': { spec: { selector: { matchLabels: { app: 'other' } } } },
  'bad selector operator': { spec: { selector: { matchExpressions: [{ key: 'a', operator: 'Has' }] } } },
  'bad selector values': {
    spec: {
      selector: {
        matchLabels: { 'a b': 'c d' },
        matchExpressions: [
          { key: 'x', operator: 'In' },
          { key: 'y', operator: 'Exists', values: ['z'] },
        ],
      },
    },
  },
  'restart policy': { spec: { template: { spec: { restartPolicy: 'Never' } } } },
  'active deadline': { spec: { template: { spec: { activeDeadlineSeconds: 5 } } } },
  'no containers': { spec: { template: { spec: { containers: null } } } },
  'no template': { spec: { template: null } },
  'long name': { metadata: { name: `a${'.b'.repeat(40)}` } },
  'status is dropped': { status: { replicas: 3, observedGeneration: 7 } },
  'negative replicas': { spec: { replicas: -1, minReadySeconds: -1 } },
  'history limit': { spec: { revisionHistoryLimit: -1 } },
}
const deployment = workload('Deployment')
const statefulSet = workload('StatefulSet', { serviceName: 'web' })
const daemonSet = workload('DaemonSet')
const claim = (name) => ({ metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } })

export const kinds = [
  {
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    cases: [
      ...creates(deployment, {
        ...templateVariants,
        recreate: { spec: { strategy: { type: 'Recreate' } } },
        'recreate with rolling update': { spec: { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } } },
        'unknown strategy': { spec: { strategy: { type: 'BlueGreen' } } },
        'both zero': { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
        'bad percentages': { spec: { strategy: { rollingUpdate: { maxSurge: 'x', maxUnavailable: '101%' } } } },
        'negative surge': { spec: { strategy: { rollingUpdate: { maxSurge: -1, maxUnavailable: '-1%' } } } },
        'surge alone': { spec: { strategy: { rollingUpdate: { maxSurge: 0 } } } },
        'progress deadline': { spec: { progressDeadlineSeconds: 5, minReadySeconds: 5 } },
        'negative progress deadline': { spec: { progressDeadlineSeconds: -5 } },
        paused: { spec: { paused: true, replicas: 0 } },
      }),
      ...updates(deployment, {
        nothing: {},
        'labels only': { metadata: { labels: { a: 'b' } } },
        'annotations raise the generation': { metadata: { annotations: { a: 'b' } } },
        replicas: { spec: { replicas: 3 } },
        'status is kept': { status: { replicas: 3 } },
        'selector is immutable': { spec: { selector: { matchLabels: { app: 'x' } }, template: template({ app: 'x' }) } },
        'selector and template differ': { spec: { selector: { matchLabels: { app: 'x' } } } },
      }),
      ...updates(
        deployment,
        {
          status: {
            status: { replicas: 3, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1 },
            spec: { replicas: 9 },
            metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
          },
          'status out of bounds': {
            status: {
              replicas: 1,
              updatedReplicas: 2,
              readyReplicas: 2,
              availableReplicas: 3,
              unavailableReplicas: -1,
              observedGeneration: -1,
              collisionCount: -1,
              terminatingReplicas: -1,
            },
          },
        },
        'status',
      ),
      ...updates(
        deployment,
        { 'collision count goes down': [{ subresource: 'status', status: { collisionCount: 3 } }, { status: { collisionCount: 2 } }] },
        'status',
      ),
    ],
  },
  {
    group: 'apps',
    version: 'v1',
    resource: 'replicasets',
    cases: [
      ...creates(workload('ReplicaSet'), templateVariants),
      ...updates(workload('ReplicaSet'), {
        replicas: { spec: { replicas: 3 } },
        labels: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } },
        'selector is immutable': { spec: { selector: { matchLabels: { app: 'x' } }, template: template({ app: 'x' }) } },
      }),
      ...updates(
        workload('ReplicaSet'),
        {
          status: { status: { replicas: 3, fullyLabeledReplicas: 2 }, spec: { replicas: 9 }, metadata: { labels: { a: 'b' } } },
          'status out of bounds': {
            status: {
              replicas: 1,
              fullyLabeledReplicas: 2,
              readyReplicas: 2,
              availableReplicas: 3,
              observedGeneration: -1,
              terminatingReplicas: -1,
            },
          },
        },
        'status',
      ),
    ],
  },
  {
    group: 'apps',
    version: 'v1',
    resource: 'statefulsets',
    cases: [
      ...creates(statefulSet, {
        ...templateVariants,
        'name with a dot': { metadata: { name: 'a.b' } },
        'no service name': { spec: { serviceName: null } },
        'bad service name': { spec: { serviceName: 'A_B' } },
        'on delete': { spec: { updateStrategy: { type: 'OnDelete' } } },
        'on delete with rolling update': { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } } },
        'rolling update': { spec: { updateStrategy: { type: 'RollingUpdate' } } },
        partition: { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: -1, maxUnavailable: '50%' } } } },
        'rolling update without type': { spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } },
        'unknown strategy': { spec: { updateStrategy: { type: 'Other' } } },
        'management policy': { spec: { podManagementPolicy: 'Other' } },
        parallel: { spec: { podManagementPolicy: 'Parallel' } },
        retention: { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } },
        'unknown retention': { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'X', whenScaled: 'Y' } } },
        ordinals: { spec: { ordinals: { start: -1 } } },
        'ordinals from zero': { spec: { ordinals: { start: 0 } } },
        claims: {
          spec: {
            volumeClaimTemplates: [claim('data')],
            template: { spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] } },
          },
        },
        'bad claims': { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] } },
        'mount without claim': {
          spec: { template: { spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] } } },
        },
        'bad template labels': { spec: { template: { metadata: { labels: { 'a b': 'c' } } } } },
      }),
      ...updates(statefulSet, {
        replicas: { spec: { replicas: 3 } },
        labels: { metadata: { labels: { a: 'b' } } },
        'service name': { spec: { serviceName: 'other' } },
        'management policy': { spec: { podManagementPolicy: 'Parallel' } },
        selector: { spec: { selector: { matchLabels: { app: 'x' } } } },
        template: { spec: { template: { spec: { terminationGracePeriodSeconds: 3 } } } },
      }),
      ...updates(
        statefulSet,
        {
          'status out of bounds': {
            status: {
              replicas: 1,
              readyReplicas: 2,
              currentReplicas: 3,
              updatedReplicas: 4,
              availableReplicas: 5,
              observedGeneration: -1,
              collisionCount: -1,
            },
          },
          status: { status: { replicas: 1, readyReplicas: 1 }, spec: { replicas: 9 }, metadata: { labels: { a: 'b' } } },
        },
        'status',
      ),
    ],
  },
  {
    group: 'apps',
    version: 'v1',
    resource: 'daemonsets',
    cases: [
      ...creates(daemonSet, {
        ...templateVariants,
        'on delete': { spec: { updateStrategy: { type: 'OnDelete' } } },
        'unknown strategy': { spec: { updateStrategy: { type: 'Other' } } },
        surge: { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1 } } } },
        'surge and no unavailable': { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } },
        'both zero': { spec: { updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
        'bad percentages': { spec: { updateStrategy: { rollingUpdate: { maxSurge: '200%', maxUnavailable: 'x' } } } },
        'template generation': { metadata: { annotations: { 'deprecated.daemonset.template.generation': '5' } } },
        'bad template generation': { metadata: { annotations: { 'deprecated.daemonset.template.generation': 'x' } } },
      }),
      ...updates(daemonSet, {
        template: { spec: { template: { spec: { terminationGracePeriodSeconds: 3 } } } },
        history: { spec: { revisionHistoryLimit: 3 } },
        labels: { metadata: { labels: { a: 'b' } } },
        'template generation': { metadata: { annotations: { 'deprecated.daemonset.template.generation': '7' } } },
        'no template generation': { metadata: { annotations: { 'deprecated.daemonset.template.generation': null } } },
        selector: { spec: { selector: { matchLabels: { app: 'x' } } } },
      }),
      ...updates(
        daemonSet,
        {
          'status out of bounds': {
            status: {
              currentNumberScheduled: -1,
              numberMisscheduled: -1,
              desiredNumberScheduled: -1,
              numberReady: -1,
              observedGeneration: -1,
              updatedNumberScheduled: -1,
              numberAvailable: -1,
              numberUnavailable: -1,
              collisionCount: -1,
            },
          },
          status: { status: { numberReady: 2 }, spec: { revisionHistoryLimit: 3 }, metadata: { labels: { a: 'b' } } },
        },
        'status',
      ),
    ],
  },
  {
    group: 'apps',
    version: 'v1',
    resource: 'controllerrevisions',
    cases: [
      ...creates(
        { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'rev' }, data: { spec: { a: 1 } }, revision: 1 },
        {
          minimal: {},
          'no data': { data: null },
          'negative revision': { revision: -1 },
          'data is a string': { data: 'x' },
        },
      ),
      ...updates(
        { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'rev' }, data: { spec: { a: 1 } }, revision: 1 },
        {
          revision: { revision: 2 },
          'data is immutable': { data: { spec: { a: 2 } } },
          'negative revision and data': { revision: -1, data: { spec: { a: 2 } } },
        },
      ),
    ],
  },
]

import { creates, updates } from '../variants.mjs'

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const v1 = {
  apiVersion: 'autoscaling/v1',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: { scaleTargetRef: target, maxReplicas: 5 },
}
const v2 = { ...v1, apiVersion: 'autoscaling/v2' }
const utilization = { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } } }
const allMetrics = [
  utilization,
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '500m' } } },
  {
    type: 'Pods',
    pods: { metric: { name: 'requests', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '1k' } },
  },
  {
    type: 'Object',
    object: {
      describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' },
      metric: { name: 'rps' },
      target: { type: 'Value', value: '10k' },
    },
  },
  {
    type: 'External',
    external: { metric: { name: 'queue', selector: { matchLabels: { q: 'x' } } }, target: { type: 'AverageValue', averageValue: '30' } },
  },
  {
    type: 'ContainerResource',
    containerResource: { name: 'cpu', container: 'app', target: { type: 'Utilization', averageUtilization: 70 } },
  },
]

export const kinds = [
  {
    group: 'autoscaling',
    version: 'v2',
    resource: 'horizontalpodautoscalers',
    cases: [
      ...creates(v2, {
        minimal: {},
        numbers: { spec: { minReplicas: 0, maxReplicas: 0 } },
        negative: { spec: { minReplicas: 3, maxReplicas: -1 } },
        'max below min': { spec: { minReplicas: 9 } },
        'no target': { spec: { scaleTargetRef: null } },
        'bad target': { spec: { scaleTargetRef: { apiVersion: 'a/b/c', kind: 'a/b', name: '..' } } },
        'target without group': { spec: { scaleTargetRef: { apiVersion: 'v1' } } },
        'replication controller': { spec: { scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController' } } },
        'all metrics': { spec: { metrics: allMetrics } },
        'metric without type': {
          spec: { metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] },
        },
        'unknown type': { spec: { metrics: [{ type: 'Other' }] } },
        'type and source differ': {
          spec: {
            metrics: [
              { ...utilization, type: 'Pods' },
              { ...allMetrics[2], ...utilization },
            ],
          },
        },
        'missing sources': { spec: { metrics: ['Object', 'Pods', 'Resource', 'External', 'ContainerResource'].map((type) => ({ type })) } },
        'empty sources': {
          spec: {
            metrics: [
              { type: 'Object', object: {} },
              { type: 'Pods', pods: {} },
              { type: 'Resource', resource: {} },
              { type: 'External', external: {} },
              { type: 'ContainerResource', containerResource: {} },
            ],
          },
        },
        'bad targets': {
          spec: {
            metrics: [
              {
                type: 'Resource',
                resource: { name: 'cpu', target: { type: 'Other', averageUtilization: 0, averageValue: '0', value: '-1' } },
              },
              { type: 'External', external: { metric: { name: 'a/b' }, target: { type: 'Value', value: '1', averageValue: '1' } } },
              {
                type: 'ContainerResource',
                containerResource: {
                  name: 'a b',
                  container: 'A_B',
                  target: { type: 'Utilization', averageUtilization: 1, averageValue: '1' },
                },
              },
              {
                type: 'Object',
                object: {
                  describedObject: { kind: 'X', name: 'y', apiVersion: '/' },
                  metric: { name: 'm' },
                  target: { type: 'Value', value: '1' },
                },
              },
            ],
          },
        },
        behavior: { spec: { behavior: { scaleUp: { stabilizationWindowSeconds: 10 } } } },
        'scale down behavior': {
          spec: {
            behavior: {
              scaleDown: { selectPolicy: 'Disabled', policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }], tolerance: '0.05' },
            },
          },
        },
        'bad behavior': {
          spec: {
            behavior: {
              scaleUp: { stabilizationWindowSeconds: -1, selectPolicy: 'X' },
              scaleDown: {
                stabilizationWindowSeconds: 3601,
                tolerance: '-1',
                policies: [
                  { type: 'X', value: 0, periodSeconds: 0 },
                  { type: 'Pods', value: 1, periodSeconds: 1801 },
                ],
              },
            },
          },
        },
        'status is dropped': { status: { currentReplicas: 3, desiredReplicas: 3 } },
      }),
      ...updates(v2, {
        max: { spec: { maxReplicas: 9 } },
        target: { spec: { scaleTargetRef: { apiVersion: 'v1' } } },
        'bad target': { spec: { scaleTargetRef: { apiVersion: 'a/b/c', kind: 'Other' } } },
      }),
      ...updates(
        v2,
        {
          status: {
            status: { currentReplicas: 1, desiredReplicas: 2, conditions: [{ type: 'AbleToScale', status: 'True' }] },
            spec: { maxReplicas: 9 },
            metadata: { labels: { a: 'b' } },
          },
          'bad status': { status: { currentReplicas: -1, desiredReplicas: -2 } },
        },
        'status',
      ),
    ],
  },
  {
    group: 'autoscaling',
    version: 'v1',
    resource: 'horizontalpodautoscalers',
    cases: [
      ...creates(v1, {
        minimal: {},
        utilization: { spec: { targetCPUUtilizationPercentage: 50, minReplicas: 2 } },
        'zero utilization': { spec: { targetCPUUtilizationPercentage: 0 } },
        'metrics annotation': {
          metadata: {
            annotations: {
              'autoscaling.alpha.kubernetes.io/metrics': '[{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"10"}}]',
            },
          },
        },
        'broken annotation': { metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '{' } } },
        'behavior annotation': {
          metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/behavior': '{"ScaleUp":{"StabilizationWindowSeconds":3}}' } },
        },
        numbers: { spec: { minReplicas: 0, maxReplicas: 0 } },
      }),
      ...updates(v1, { max: { spec: { maxReplicas: 9 } }, utilization: { spec: { targetCPUUtilizationPercentage: 33 } } }),
      ...updates(
        v1,
        {
          status: {
            status: {
              currentReplicas: 1,
              desiredReplicas: 2,
              currentCPUUtilizationPercentage: 44,
              lastScaleTime: '2026-01-01T00:00:00Z',
              observedGeneration: 3,
            },
          },
        },
        'status',
      ),
    ],
  },
]

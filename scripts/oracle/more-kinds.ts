import type { Kind, Random } from './random-objects.ts'

// biome-ignore lint/suspicious/noExplicitAny: parts of API objects
type Part = any

const container = { name: 'c', image: 'i:1' }
const template = (app: string, more: Part = {}): Part => ({ metadata: { labels: { app } }, spec: { containers: [container], ...more } })

/** Manifests of many kinds. Members under `$maybe` are there in half of the objects, each on its own. */
const manifests: Record<string, [apiVersion: string, resource: string, body: (name: string) => Part]> = {
  Secret: [
    'v1',
    'secrets',
    () => ({ $maybe: { type: 'Opaque', data: { a: 'YQ==', b: 'Yg==' }, stringData: { s: 'text' }, immutable: false } }),
  ],
  ServiceAccount: [
    'v1',
    'serviceaccounts',
    () => ({
      $maybe: { secrets: [{ name: 's1' }, { name: 's2' }], imagePullSecrets: [{ name: 'p' }], automountServiceAccountToken: false },
    }),
  ],
  Endpoints: ['v1', 'endpoints', () => ({ $maybe: { subsets: [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 80 }] }] } })],
  PersistentVolumeClaim: [
    'v1',
    'persistentvolumeclaims',
    () => ({
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        $maybe: { storageClassName: 'x', volumeMode: 'Filesystem' },
      },
    }),
  ],
  LimitRange: [
    'v1',
    'limitranges',
    () => ({ spec: { limits: [{ type: 'Container', max: { cpu: '2' }, $maybe: { min: { cpu: '100m' } } }] } }),
  ],
  ResourceQuota: ['v1', 'resourcequotas', () => ({ spec: { hard: { pods: '5', $maybe: { cpu: '2000m', memory: '1Gi' } } } })],
  PodTemplate: ['v1', 'podtemplates', (name) => ({ template: template(name) })],
  ReplicationController: [
    'v1',
    'replicationcontrollers',
    (name) => ({ spec: { selector: { app: name }, template: template(name), $maybe: { replicas: 2, minReadySeconds: 1 } } }),
  ],
  StatefulSet: [
    'apps/v1',
    'statefulsets',
    (name) => ({
      spec: {
        selector: { matchLabels: { app: name } },
        serviceName: 's',
        template: template(name, { $maybe: { volumes: [{ name: 'v', emptyDir: {} }] } }),
        $maybe: { replicas: 2, podManagementPolicy: 'Parallel', updateStrategy: { type: 'OnDelete' }, minReadySeconds: 3 },
      },
    }),
  ],
  DaemonSet: [
    'apps/v1',
    'daemonsets',
    (name) => ({
      spec: { selector: { matchLabels: { app: name } }, template: template(name), $maybe: { minReadySeconds: 2, revisionHistoryLimit: 3 } },
    }),
  ],
  ReplicaSet: [
    'apps/v1',
    'replicasets',
    (name) => ({
      spec: { selector: { matchLabels: { app: name } }, template: template(name), $maybe: { replicas: 3, minReadySeconds: 2 } },
    }),
  ],
  Job: [
    'batch/v1',
    'jobs',
    (name) => ({
      spec: {
        template: template(name, { restartPolicy: 'Never' }),
        $maybe: { backoffLimit: 2, parallelism: 2, suspend: true, ttlSecondsAfterFinished: 9 },
      },
    }),
  ],
  CronJob: [
    'batch/v1',
    'cronjobs',
    (name) => ({
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: template(name, { restartPolicy: 'Never' }) } },
        $maybe: { suspend: true, concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 30 },
      },
    }),
  ],
  Ingress: [
    'networking.k8s.io/v1',
    'ingresses',
    () => ({
      spec: {
        rules: [
          {
            host: 'h.example.com',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] },
          },
        ],
        $maybe: { ingressClassName: 'c', tls: [{ hosts: ['h.example.com'], secretName: 't' }] },
      },
    }),
  ],
  NetworkPolicy: [
    'networking.k8s.io/v1',
    'networkpolicies',
    () => ({
      spec: { podSelector: {}, $maybe: { ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }], policyTypes: ['Ingress'] } },
    }),
  ],
  Role: [
    'rbac.authorization.k8s.io/v1',
    'roles',
    () => ({ $maybe: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] } }),
  ],
  RoleBinding: [
    'rbac.authorization.k8s.io/v1',
    'rolebindings',
    () => ({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      $maybe: {
        subjects: [
          { kind: 'ServiceAccount', name: 'a', namespace: 'n' },
          { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
        ],
      },
    }),
  ],
  HorizontalPodAutoscaler: [
    'autoscaling/v2',
    'horizontalpodautoscalers',
    () => ({
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        maxReplicas: 5,
        $maybe: {
          minReplicas: 2,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
        },
      },
    }),
  ],
  PodDisruptionBudget: [
    'policy/v1',
    'poddisruptionbudgets',
    () => ({ spec: { minAvailable: 1, $maybe: { selector: { matchLabels: { a: 'b' } }, unhealthyPodEvictionPolicy: 'AlwaysAllow' } } }),
  ],
  Lease: [
    'coordination.k8s.io/v1',
    'leases',
    () => ({
      spec: { $maybe: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000001Z', leaseTransitions: 2 } },
    }),
  ],
  EndpointSlice: [
    'discovery.k8s.io/v1',
    'endpointslices',
    () => ({
      addressType: 'IPv4',
      endpoints: [{ addresses: ['1.2.3.4'], $maybe: { conditions: { ready: true }, hostname: 'h' } }],
      $maybe: { ports: [{ name: 'p', port: 80 }] },
    }),
  ],
  Pod: [
    'v1',
    'pods',
    () => ({
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            ...container,
            $maybe: { env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } },
          },
        ],
        $maybe: { nodeSelector: { a: 'b' }, volumes: [{ name: 'v', emptyDir: {} }], restartPolicy: 'Never', activeDeadlineSeconds: 100 },
      },
    }),
  ],
}

function vary(random: Random, value: Part): Part {
  if (Array.isArray(value)) return value.map((item) => vary(random, item))
  if (typeof value !== 'object' || value === null) return value
  const { $maybe = {}, ...members } = value
  const chosen = Object.entries($maybe).filter(() => random.chance(0.5))
  return Object.fromEntries([...Object.entries(members), ...chosen].map(([key, member]) => [key, vary(random, member)]))
}

function metadata(random: Random, name: string): Part {
  const labels = Object.fromEntries(random.some(['a', 'b']).map((key) => [key, random.pick(['1', '2'])]))
  return { name, ...(random.chance(0.5) ? { labels } : {}), ...(random.chance(0.3) ? { annotations: { n: random.pick(['x', 'y']) } } : {}) }
}

export const moreKinds: Kind[] = Object.entries(manifests).map(([kind, [apiVersion, resource, body]]) => ({
  apiVersion,
  kind,
  path: `${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}/namespaces/NS/${resource}`,
  make: (random, name) => ({ metadata: metadata(random, name), ...vary(random, body(name)) }),
}))

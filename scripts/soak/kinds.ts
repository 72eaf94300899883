import { namespacedResource } from '../tools/custom-resource.ts'

/** A kind of objects that is written and watched. */
export interface Kind {
  resource: string
  apiVersion: string
  kind: string
  /** Of its collection. */
  path: string
  /** Strategic merge patches are for built-in kinds; the custom one has a status of its own that is written. */
  custom?: true
  /** What makes an object of this kind valid, with the stamp somewhere within. */
  content(name: string, stamp: string, padding: string): object
}

export interface KubeObject {
  metadata: {
    name: string
    uid: string
    resourceVersion: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  status?: { note?: string }
}

const namespace = 'soak'
const group = 'soak.example.com'
/** Unique to a write. */
export const stampAnnotation = `${group}/stamp`
export const countAnnotation = `${group}/count`
/** How often a writer has counted. */
export const countedBy = (writer: string): string => `${group}/by-${writer}`
/** Objects move from one to another while they are changed, so that they enter and leave selectors. */
export const shards = ['a', 'b', 'c'] as const

export const kinds: readonly Kind[] = [
  {
    resource: 'configmaps',
    apiVersion: 'v1',
    kind: 'ConfigMap',
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    content: (_name, stamp, padding) => ({ data: { value: stamp, padding } }),
  },
  {
    resource: 'leases',
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    content: (_name, stamp) => ({ spec: { holderIdentity: stamp, leaseDurationSeconds: 15 } }),
  },
  {
    resource: 'deployments',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    content: (name, stamp) => ({
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: 'main', image: `app:${stamp}` }] },
        },
      },
    }),
  },
  {
    resource: 'clusterroles',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    content: (_name, stamp) => ({ rules: [{ apiGroups: [''], resources: ['pods'], resourceNames: [stamp], verbs: ['get'] }] }),
  },
  {
    resource: 'widgets',
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    path: `/apis/${group}/v1/namespaces/${namespace}/widgets`,
    custom: true,
    content: (_name, stamp, padding) => ({ spec: { value: stamp, padding } }),
  },
]

/** Kinds with objects that all writers count in, and how many of these each has. */
export const counterKinds = ['configmaps', 'widgets']
export const counters = ['counter-0', 'counter-1']

export const kindOf = (resource: string): Kind => kinds.find((kind) => kind.resource === resource)!

export interface Marks {
  stamp: string
  shard: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  padding?: string
}

export function objectOf(
  { apiVersion, kind, content }: Kind,
  name: string,
  { stamp, shard, labels, annotations, padding = '' }: Marks,
): { apiVersion: string; kind: string; metadata: Pick<KubeObject['metadata'], 'name' | 'labels' | 'annotations'> } {
  return {
    apiVersion,
    kind,
    metadata: { name, labels: { ...labels, shard }, annotations: { ...annotations, [stampAnnotation]: stamp } },
    ...content(name, stamp, padding),
  }
}

const text = { type: 'string' }

/** What the cluster begins with. */
export const manifests: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  namespacedResource(
    group,
    'widgets',
    'Widget',
    {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: { value: { ...text, maxLength: 100 }, padding: text },
          'x-kubernetes-validations': [{ rule: "self.value != ''" }],
        },
        status: { type: 'object', properties: { note: text } },
      },
    },
    { subresources: { status: {} } },
  ),
  ...counterKinds.flatMap((resource) =>
    counters.map((name) => {
      const object = objectOf(kindOf(resource), name, { stamp: `${name}-begins`, shard: 'a', annotations: { [countAnnotation]: '0' } })
      return { ...object, metadata: { ...object.metadata, namespace } }
    }),
  ),
]

import type { Random } from '../../random-objects.ts'
import type { Area, Asked, Part } from '../area.ts'
import { tableMedia } from '../common.ts'

const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
const accepts = [
  ...[
    'application/json',
    'application/json',
    'application/json',
    `${tableMedia},application/json`,
    tableMedia,
    partial,
    `${partial},application/json`,
    '*/*',
  ],
  ...['application/yaml', 'text/html', 'application/json;as=Table;v=v1beta1;g=meta.k8s.io', 'application/json;as=Table;v=v9;g=meta.k8s.io'],
  ...[
    'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    'application/json;stream=watch',
    'text/plain, application/json;q=0.5',
    '',
  ],
]
const labelSelectors = [
  'a=1',
  'a==2',
  'a!=1',
  'a in (1,2)',
  'a notin (1)',
  'a',
  '!a',
  'a=1,b=2',
  'a in ()',
  'a=',
  'a=-',
  '-=a',
  'a>1',
  'a<x',
  'a=1,',
  ',',
  '=',
  'a b',
  'a in 1',
  'x'.repeat(64),
]
const fieldSelectors = [
  'metadata.name=l1',
  'metadata.namespace=NS',
  'metadata.name!=l1',
  'metadata.name=l1,metadata.name=l2',
  'status.phase=Running',
  'spec.nodeName=',
  'type=Opaque',
  'x=y',
  'metadata.labels=a',
  'metadata.name',
  'metadata.name=a\\,b',
  'metadata.name=a\\b',
  ',',
  'involvedObject.name=x',
  'reason=R',
  'spec.unschedulable=true',
]
// Not the first: which old ones there are is up to etcd.
const versions = ['', '0', '$RV', '$RV', 'x', '-1', '999999999999']
const matches = ['', '', 'NotOlderThan', 'Exact', 'x']

/** Parameters of lists, most of which are given; names of the parameters are as they stand in the query. */
export function listQuery(random: Random): string {
  const query = new URLSearchParams()
  const maybe = (probability: number, name: string, values: readonly string[]) => {
    if (random.chance(probability)) query.append(name, random.pick(values))
  }
  maybe(0.5, 'labelSelector', labelSelectors)
  maybe(0.25, 'fieldSelector', fieldSelectors)
  maybe(0.35, 'limit', ['1', '2', '0', '-1', 'x', '500', '1.5', ''])
  maybe(0.15, 'continue', ['x', '', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYSJ9', '$CONTINUE', '$CONTINUE'])
  maybe(0.3, 'resourceVersion', versions)
  maybe(0.2, 'resourceVersionMatch', matches)
  maybe(0.08, 'pretty', ['true', '1', 'x', 'false'])
  maybe(0.05, 'timeoutSeconds', ['1', '0', 'x', '-1'])
  maybe(0.05, 'sendInitialEvents', ['true', 'false', 'x'])
  maybe(0.05, 'allowWatchBookmarks', ['true', 'x'])
  maybe(0.05, 'includeObject', ['None', 'Metadata', 'Object', 'x'])
  maybe(0.04, 'bogus', ['x'])
  return query.toString().replaceAll('%24RV', '$RV').replaceAll('%24CONTINUE', '$CONTINUE')
}

const resources = [
  'api/v1/namespaces/NS/configmaps',
  'api/v1/namespaces/NS/configmaps',
  'api/v1/namespaces/NS/secrets',
  'api/v1/namespaces/NS/pods',
  'api/v1/namespaces/NS/services',
  'apis/apps/v1/namespaces/NS/deployments',
  'api/v1/namespaces/NS/events',
  'apis/coordination.k8s.io/v1/namespaces/NS/leases',
  'apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
  'apis/batch/v1/namespaces/NS/jobs',
  'apis/resource.k8s.io/v1/resourceslices',
]

function made(namespace: string): Asked[] {
  const post = (path: string, body: Part): Asked => ({ method: 'POST', path: `/${path.replace('NS', namespace)}`, body })
  const labels = [{ a: '1' }, { a: '2', b: '2' }, { a: 'x' }, {}]
  const spec = { containers: [{ name: 'c', image: 'i' }] }
  return labels.flatMap((each, i) => {
    const metadata = { name: `l${i}`, labels: each }
    const workload = { selector: { matchLabels: { x: 'y' } }, template: { metadata: { labels: { x: 'y' } }, spec } }
    return [
      post('api/v1/namespaces/NS/configmaps', { metadata, data: { a: 'b' } }),
      post('api/v1/namespaces/NS/secrets', { metadata, type: i % 2 ? 'Opaque' : 'x.y/z' }),
      post('api/v1/namespaces/NS/pods', { metadata, spec: { ...spec, automountServiceAccountToken: false } }),
      post('api/v1/namespaces/NS/services', { metadata, spec: { clusterIP: 'None', ports: [{ port: 80 }] } }),
      post('apis/apps/v1/namespaces/NS/deployments', { metadata, spec: workload }),
      post('apis/coordination.k8s.io/v1/namespaces/NS/leases', { metadata, spec: { holderIdentity: 'h' } }),
      post('apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles', { metadata, rules: [] }),
      post('api/v1/namespaces/NS/events', { metadata, involvedObject: { kind: 'Pod', name: 'x', namespace }, reason: 'R', type: 'Normal' }),
    ]
  })
}

/** Lists, single objects, and deletions of collections that only try. */
export const lists: Area = {
  prepare: made,
  *round(random, namespace) {
    yield {
      path: `/api/v1/namespaces/${namespace}/configmaps?limit=1`,
      setup: true,
      save: { RV: 'metadata.resourceVersion', CONTINUE: 'metadata.continue' },
    }
    for (let i = 0; i < 6; i++) {
      const path = `/${random.pick(resources).replace('NS', namespace)}`
      const headers = { accept: random.pick(accepts) }
      const query = listQuery(random).replaceAll('NS', namespace)
      if (random.chance(0.75)) yield { path: `${path}?${query}`, headers, managedFields: false }
      else if (random.chance(0.5))
        yield { path: `${path}/${random.pick(['l1', 'l2', 'none', 'A_b'])}?${query}`, headers, managedFields: false }
      else
        yield {
          method: 'DELETE',
          path: `${path}?dryRun=All&${query}`,
          ...(random.chance(0.3) ? { body: { preconditions: { uid: 'x' } } } : {}),
        }
    }
  },
}

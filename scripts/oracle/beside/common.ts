import type { Random } from '../random-objects.ts'
import type { Sound } from './sound.ts'

/** What asks for a Table. */
export const tableMedia = 'application/json;as=Table;v=v1;g=meta.k8s.io'

export const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** The kinds that users meet every day. */
const everyday = new Set([
  ...['Pod', 'Service', 'ConfigMap', 'Secret', 'ServiceAccount', 'PersistentVolumeClaim', 'PersistentVolume', 'Node', 'Event', 'Namespace'],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Lease'],
  ...['Ingress', 'NetworkPolicy', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
])

/** One of these, more often of a kind that users meet every day. */
export function pickKind(random: Random, from: readonly Sound[]): Sound {
  const usual = from.filter(({ body }) => everyday.has(body.kind))
  return random.pick(usual.length > 0 && random.chance(0.65) ? usual : from)
}

/** An object as a round sends it: with its name, in the round's namespace. */
export const placed = ({ body, path }: Sound, namespace: string, name: string) => ({
  list: path.replace('/NS/', `/${namespace}/`),
  body: JSON.parse(JSON.stringify({ ...body, metadata: { ...body.metadata, name } }).replaceAll('"NS"', `"${namespace}"`)),
})

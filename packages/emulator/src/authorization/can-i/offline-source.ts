import type { KubeObject } from '../../apimachinery/object.ts'
import { aggregateAll } from '../rbac/aggregation.ts'
import type { RbacSource } from '../rbac/rule-resolver.ts'

const kinds: Readonly<Record<string, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
}
const rbacPath = '/apis/rbac.authorization.k8s.io/v1/'

/** The RBAC objects of a fresh server, by list path as the facts have them. */
type Bootstrap = Readonly<Record<string, readonly Pick<KubeObject, 'metadata'>[]>>

/** The RBAC objects of manifests together with those that every server has, aggregated roles filled in. Manifests replace what they name. */
export function offlineSource(manifests: readonly KubeObject[], bootstrap: Bootstrap, defaultNamespace: string): RbacSource {
  const byResource = new Map<string, Map<string, KubeObject>>()
  const add = (resource: string, object: KubeObject) => {
    const objects = byResource.get(resource) ?? new Map<string, KubeObject>()
    byResource.set(resource, objects.set(`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object))
  }
  for (const [kind, resource] of Object.entries(kinds)) {
    for (const object of bootstrap[`${rbacPath}${resource}`] ?? [])
      add(resource, { apiVersion: 'rbac.authorization.k8s.io/v1', kind, ...object })
  }
  for (const object of manifests) {
    const resource = object.apiVersion?.startsWith('rbac.authorization.k8s.io/') ? kinds[object.kind] : undefined
    if (resource !== undefined) add(resource, inNamespace(object, resource, defaultNamespace))
  }
  const lists = new Map([...byResource].map(([resource, objects]) => [resource, [...objects.values()]]))
  lists.set('clusterroles', aggregateAll(lists.get('clusterroles') ?? []))
  return {
    list: ({ resource }, namespace) => {
      const objects = lists.get(resource) ?? []
      return namespace === '' ? objects : objects.filter(({ metadata }) => metadata.namespace === namespace)
    },
  }
}

/** A manifest without a namespace is applied to the current one. */
function inNamespace(object: KubeObject, resource: string, namespace: string): KubeObject {
  const { namespace: given, ...metadata } = object.metadata
  if (resource.startsWith('cluster')) return { ...object, metadata }
  return { ...object, metadata: { ...object.metadata, namespace: given || namespace } }
}

/** Resources that rules and requests are about. */
export interface Resource {
  group: string
  /** All versions by which it is served. */
  versions: readonly string[]
  name: string
  kind: string
  namespaced: boolean
  subresources: readonly string[]
}

const rbac = 'rbac.authorization.k8s.io'
const resource = (group: string, versions: string, name: string, kind: string, subresources = '', namespaced = true): Resource => ({
  ...{ group, name, kind, namespaced },
  versions: versions.split(' '),
  subresources: subresources.split(' ').filter((each) => each !== ''),
})

export const resources: readonly Resource[] = [
  resource('', 'v1', 'secrets', 'Secret'),
  resource('', 'v1', 'secrets', 'Secret'),
  resource('', 'v1', 'configmaps', 'ConfigMap'),
  resource('', 'v1', 'serviceaccounts', 'ServiceAccount', 'token'),
  resource('', 'v1', 'pods', 'Pod', 'status log exec attach portforward proxy binding eviction ephemeralcontainers resize'),
  resource('', 'v1', 'services', 'Service', 'status proxy'),
  resource('', 'v1', 'events', 'Event'),
  resource('events.k8s.io', 'v1', 'events', 'Event'),
  resource('apps', 'v1', 'deployments', 'Deployment', 'status scale'),
  resource('autoscaling', 'v1 v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'status'),
  resource(rbac, 'v1', 'roles', 'Role'),
  resource(rbac, 'v1', 'roles', 'Role'),
  resource(rbac, 'v1', 'rolebindings', 'RoleBinding'),
  resource(rbac, 'v1', 'rolebindings', 'RoleBinding'),
  resource(rbac, 'v1', 'clusterroles', 'ClusterRole', '', false),
  resource(rbac, 'v1', 'clusterrolebindings', 'ClusterRoleBinding', '', false),
  resource('certificates.k8s.io', 'v1', 'certificatesigningrequests', 'CertificateSigningRequest', 'approval status', false),
  resource('', 'v1', 'namespaces', 'Namespace', 'status finalize', false),
  resource('', 'v1', 'nodes', 'Node', 'status proxy', false),
  resource('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas', 'FlowSchema', 'status', false),
  resource('authentication.k8s.io', 'v1', 'tokenreviews', 'TokenReview', '', false),
  resource('authorization.k8s.io', 'v1', 'subjectaccessreviews', 'SubjectAccessReview', '', false),
]

/** Objects that are there, objects that may be made, and all there is to be gained. */
export const names = ['secret', 'boss', 'boss-token', 'own', 'weak', 'strong', 'user', 'a', 'b']

/** Of roles that are for the whole cluster: what they allow is known to every reader of Kubernetes' documentation. */
export const clusterRoles = ['cluster-admin', 'edit', 'system:auth-delegator']

export const rbacGroup = rbac

/** Random RBAC objects and requests that meet often: few names, many of them special. */
import fc from 'fast-check'
import type { KubeObject } from '../../../apimachinery/object.ts'
import type { UserInfo } from '../../../authentication/user-info.ts'
import type { Attributes } from '../../attributes.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'

/** How drawn things are called, so that several draws can live in one cluster. */
export interface DrawNames {
  namespaces: readonly [string, string]
  /** Starts the names of cluster-scoped objects, users and groups. */
  prefix: string
}

const verbs = ['get', 'list', 'create', 'dance', '*']
const groups = ['', 'apps', '*', 'apps/v1']
const resources = ['pods', 'pods/log', 'deployments', 'deployments/scale', '*', '*/scale', '*/log', 'pods/*', '*/*', 'Pods']
const objectNames = ['x', 'y', '', '*']
const urls = ['/a', '/a/', '/a/*', '/a*', '/a**', '/a/b', '*', '/*', '/b/*/c']
const roleNames = ['r1', 'r2', 'r3', 'r4']

const some = (values: readonly string[], minLength: number) => fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 3 })

const resourceRule = fc.record({
  apiGroups: some(groups, 1),
  resources: some(resources, 1),
  resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([] as string[]) }, some(objectNames, 1)),
  verbs: some(verbs, 1),
})
const urlRule = fc.record({ nonResourceURLs: some(urls, 1), verbs: some(verbs, 1) })

const users = ({ prefix, namespaces }: DrawNames) => [
  ...[`${prefix}-u1`, `${prefix}-u2`],
  ...namespaces.map((namespace) => `system:serviceaccount:${namespace}:s1`),
]
const groupsOfUsers = ({ prefix, namespaces }: DrawNames) => [`${prefix}-g1`, `${prefix}-g2`, `system:serviceaccounts:${namespaces[0]}`]

function subjectOf(names: DrawNames, namespaced: boolean) {
  const homes = namespaced ? [...names.namespaces, undefined] : names.namespaces
  return fc.oneof(
    fc.constantFrom(...users(names)).map((name) => ({ kind: 'User', apiGroup, name })),
    fc.constantFrom(...groupsOfUsers(names)).map((name) => ({ kind: 'Group', apiGroup, name })),
    fc
      .constantFrom(...homes)
      .map((namespace) => ({ kind: 'ServiceAccount', name: 's1', ...(namespace === undefined ? {} : { namespace }) })),
  )
}

/** A set of valid RBAC objects; some bindings are to roles that are not in it. */
export function rbacObjects(names: DrawNames): fc.Arbitrary<KubeObject[]> {
  const { namespaces, prefix } = names
  const meta = (name: string, namespace?: string) => (namespace === undefined ? { name: `${prefix}-${name}` } : { name, namespace })
  const role = (kind: string, namespace?: string) => {
    const rules = fc.array(namespace === undefined ? fc.oneof(resourceRule, urlRule) : resourceRule, { maxLength: 3 })
    return fc
      .uniqueArray(fc.record({ name: fc.constantFrom(...roleNames.slice(0, 3)), rules }), { selector: ({ name }) => name, maxLength: 3 })
      .map((list) => list.map(({ name, rules }): KubeObject => ({ apiVersion, kind, metadata: meta(name, namespace), rules })))
  }
  const binding = (kind: string, namespace?: string) => {
    const subjects = fc.array(subjectOf(names, namespace !== undefined), { maxLength: 3 })
    const clusterRef = fc.constantFrom(...roleNames).map((name) => ({ apiGroup, kind: 'ClusterRole', name: `${prefix}-${name}` }))
    const localRef = fc.constantFrom(...roleNames).map((name) => ({ apiGroup, kind: 'Role', name }))
    const roleRef = namespace === undefined ? clusterRef : fc.oneof(clusterRef, localRef)
    return fc
      .array(fc.record({ subjects, roleRef }), { maxLength: 4 })
      .map((list) =>
        list.map(({ subjects, roleRef }, i): KubeObject => ({ apiVersion, kind, metadata: meta(`b${i}`, namespace), roleRef, subjects })),
      )
  }
  return fc
    .tuple(
      role('ClusterRole'),
      binding('ClusterRoleBinding'),
      ...namespaces.flatMap((namespace) => [role('Role', namespace), binding('RoleBinding', namespace)]),
    )
    .map((lists) => lists.flat())
}

function userInfo(names: DrawNames): fc.Arbitrary<UserInfo> {
  return fc
    .record({ name: fc.constantFrom(...users(names)), groups: fc.uniqueArray(fc.constantFrom(...groupsOfUsers(names)), { maxLength: 2 }) })
    .map(({ name, groups }) => ({ name, uid: '', groups, extra: {} }))
}

/** A request as a review may ask about it. */
export function attributes(names: DrawNames): fc.Arbitrary<Attributes> {
  const forResource = fc.record({
    user: userInfo(names),
    verb: fc.constantFrom(...verbs),
    resourceRequest: fc.constant(true),
    group: fc.constantFrom('', 'apps', '*'),
    version: fc.constant('*'),
    resource: fc.constantFrom('pods', 'deployments', 'Pods', '*'),
    subresource: fc.constantFrom('', '', 'log', 'scale', '*'),
    namespace: fc.constantFrom('', ...names.namespaces, ...names.namespaces),
    name: fc.constantFrom('', 'x', 'y', 'z', '*'),
    path: fc.constant(''),
  })
  const nothing = { version: '', group: '', resource: '', subresource: '', namespace: '', name: '' }
  const forUrl = fc
    .record({
      user: userInfo(names),
      verb: fc.constantFrom(...verbs),
      path: fc.constantFrom('/a', '/a/', '/a/b', '/ab', '/b', '/b/x/c', '/', '*', '/a/*'),
    })
    .map((asked) => ({ ...nothing, ...asked, resourceRequest: false }))
  return fc.oneof({ weight: 3, arbitrary: forResource }, forUrl)
}

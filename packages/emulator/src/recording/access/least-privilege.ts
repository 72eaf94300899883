import type { KubeObject } from '../../apimachinery/object.ts'
import { authenticated } from '../../authentication/authenticator.ts'
import { serviceAccountGroups, serviceAccountUserName, type UserInfo } from '../../authentication/user-info.ts'
import { offlineSource } from '../../authorization/can-i/offline-source.ts'
import { formatYaml } from '../../authorization/explain/yaml.ts'
import { createRbacAuthorizer } from '../../authorization/rbac/authorizer.ts'
import type { Facts } from '../../facts/types.ts'
import type { Need, Needs } from './needs.ts'
import { permissionsOf } from './permissions.ts'
import { type ExplainedRole, roleObjects, rolesOf } from './roles.ts'

export interface LeastPrivilegeOptions {
  /**
   * Whether rules name the objects (`resourceNames`) that were asked for by name. Requests that name none, such as most lists and
   * creations, cannot be allowed by name.
   */
  names?: boolean
}

/** The smallest Roles, ClusterRoles and bindings that allow what a service account asked for. */
export interface LeastPrivilege {
  /** In an order in which they can be applied; none if it asked for nothing but what everybody may do. */
  objects: KubeObject[]
  /** The same as manifests, with comments that say which request needs which rule. */
  yaml: string
}

/** A service account. */
export interface Account {
  namespace: string
  name: string
}

/** @param account whose needs these are */
export function leastPrivilege(
  needs: Needs,
  account: Account,
  facts: Facts,
  { names = false }: LeastPrivilegeOptions = {},
): LeastPrivilege {
  const common = createRbacAuthorizer(offlineSource([], facts.bootstrap, account.namespace))
  const user = userOf(account)
  const isCommon = ({ names: asked, ...need }: Need) => common.authorize({ ...need, user, name: [...asked][0] ?? '' }).verdict === 'allow'
  const commonRules = common.resolver.rulesFor(user, '').rules
  const roles = rolesOf(permissionsOf(needs.all(), needs.grants(), { names, isCommon, commonRules }))
  return { objects: roleObjects(roles, account), yaml: formatRoles(roles, account, needs.isFull) }
}

/** Who its tokens are. */
export const userOf = ({ namespace, name }: Account): UserInfo =>
  authenticated({ name: serviceAccountUserName(namespace, name), uid: '', groups: serviceAccountGroups(namespace), extra: {} })

function formatRoles(roles: readonly ExplainedRole[], account: Account, isFull: boolean): string {
  const head = [
    `# What the service account "${account.name}" in namespace "${account.namespace}" asked for, recorded by inpod.`,
    '# What everybody may do, such as discovery, is left out.',
    ...(isFull ? ['# It asked for more than can be kept: this is not all.'] : []),
    ...(roles.length === 0 ? ['# It asked for nothing else.'] : []),
  ]
  const reasons = roles.flatMap(({ rules }) => [rules.map((rule) => rule.reasons), []])
  const documents = roleObjects(roles, account).map((object, index) => formatObject(object, reasons[index]!))
  return `${[head.join('\n'), ...documents].join(roles.length === 0 ? '' : '\n---\n')}\n`
}

/** With each rule's reasons above it. */
function formatObject({ rules, ...object }: KubeObject, reasons: readonly string[][]): string {
  const lines = [formatYaml(object)]
  if (rules !== undefined) lines.push('rules:')
  for (const [index, rule] of (rules ?? []).entries()) {
    for (const reason of reasons[index] ?? []) lines.push(`# ${reason}`)
    lines.push(formatYaml([rule]))
  }
  return lines.join('\n')
}

import { uncovered } from '../../authorization/rbac/covers.ts'
import type { PolicyRule } from '../../authorization/rbac/policy-rule.ts'
import { qualifiedResource } from './need-text.ts'
import type { Grant, Need } from './needs.ts'

/** One verb on one resource or URL, in a namespace or ('') the cluster. */
export interface Permission {
  namespace: string
  verb: string
  group: string
  /** With the subresource; '' of a URL. */
  resource: string
  /** Sorted; undefined: any. */
  names: readonly string[] | undefined
  /** Of what is no resource. */
  url: string
  /** What it is for. */
  need: Need
}

export interface PermissionOptions {
  /** Whether objects are named where that is possible. */
  names: boolean
  /** Whether everybody may do it. */
  isCommon(need: Need): boolean
  /** What everybody holds. */
  commonRules: readonly PolicyRule[]
}

/** Verbs that stand for much, so what they are for is always named. */
const named = new Set(['impersonate', 'bind', 'approve', 'sign', 'attest'])
const mostNames = 50

/** The least that allows the needs: nothing that another permission or everybody's rules hold already. */
export function permissionsOf(needs: readonly Need[], grants: readonly Grant[], options: PermissionOptions): Permission[] {
  const asked = needs.filter((need) => need.verb !== '' && !options.isCommon(need)).map((need) => permissionOf(need, options.names))
  const held = withoutCovered(asked)
  const handedOut = grants.filter((grant) => !isHeld(grant, held, options.commonRules)).map(grantNeed)
  return withoutCovered([...held, ...merge(handedOut).map((need) => permissionOf(need, options.names))])
}

function permissionOf(need: Need, names: boolean): Permission {
  const { verb, group, path, resourceRequest } = need
  const isNamed = !need.anyName && (named.has(verb) || (names && need.names.size <= mostNames))
  return {
    namespace: need.inRole ? need.namespace : '',
    verb,
    group,
    resource: resourceRequest ? qualifiedResource(need) : '',
    names: isNamed ? [...need.names].sort() : undefined,
    url: resourceRequest ? '' : path,
    need,
  }
}

/** A permission in the whole cluster holds the same in a namespace. */
function withoutCovered(permissions: Permission[]): Permission[] {
  const inCluster = new Map<string, Permission[]>()
  const keyOf = ({ verb, group, resource, url }: Permission) => `${verb} ${group} ${resource} ${url}`
  for (const each of permissions) {
    if (each.namespace === '') inCluster.set(keyOf(each), [...(inCluster.get(keyOf(each)) ?? []), each])
  }
  const holds = (wide: Permission, narrow: Permission) =>
    wide.names === undefined || (narrow.names?.every((name) => wide.names!.includes(name)) ?? false)
  return permissions.filter((each, index) => {
    const others = (inCluster.get(keyOf(each)) ?? []).filter((wide) => wide !== each && holds(wide, each))
    // Of two that hold each other, the first stays.
    return !others.some((wide) => each.namespace !== '' || !holds(each, wide) || permissions.indexOf(wide) < index)
  })
}

const ruleOf = ({ verb, group, resource, names, url }: Permission): PolicyRule =>
  url === ''
    ? { apiGroups: [group], resources: [resource], verbs: [verb], ...(names === undefined ? {} : { resourceNames: names }) }
    : { nonResourceURLs: [url], verbs: [verb] }

/** Whoever hands out no more than they hold needs no more. */
function isHeld({ namespace, inRole, rules }: Grant, held: readonly Permission[], common: readonly PolicyRule[]): boolean {
  if (rules === undefined) return false
  const mine = held.filter((each) => each.namespace === '' || (inRole && each.namespace === namespace))
  return uncovered([...common, ...mine.map(ruleOf)], rules).length === 0
}

function grantNeed({ verb, resource, namespace, inRole, name }: Grant): Need {
  const group = 'rbac.authorization.k8s.io'
  const about = { verb, resourceRequest: true, group, version: 'v1', resource, subresource: '', path: '', namespace, inRole }
  return { ...about, names: new Set(name === undefined ? [] : [name]), anyName: name === undefined, requested: true }
}

/** One need for all the roles that were bound in one place. */
function merge(needs: readonly Need[]): Need[] {
  const merged = new Map<string, Need>()
  for (const need of needs) {
    const key = `${need.verb} ${need.resource} ${need.inRole ? need.namespace : ''}`
    const seen = merged.get(key)
    merged.set(key, seen === undefined ? need : { ...seen, names: new Set([...seen.names, ...need.names]) })
  }
  return [...merged.values()]
}

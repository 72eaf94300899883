import type { Answer } from '../answers.ts'
import { type Asked, covers, isAllowed, type Rights, type Rule, rulesAt } from './allowed.ts'
import type { Attempt, Impersonation } from './attempts.ts'
import { canary, weakRules } from './stage.ts'
import { rbacGroup, resources } from './vocabulary.ts'

const everything: Rule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], nonResourceURLs: ['*'] }]
/** What every account may ask of itself. */
export const selfReviews: Rule = {
  verbs: ['create'],
  apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'],
}

/** All that somebody can come to with these rights and no fault of the server's: by binding, and by acting for others. */
export function reachable(rights: Rights): Rights {
  const may = (verb: string, group: string, resource: string, name: string) =>
    isAllowed(rights, { verb, group, resource, name, namespace: rights.namespace })
  if (may('impersonate', '', 'serviceaccounts', 'boss')) return { ...rights, inNamespace: everything }
  return may('bind', rbacGroup, 'roles', 'weak') ? { ...rights, inNamespace: [...rights.inNamespace, ...weakRules] } : rights
}

/** Whose rights a request with headers of impersonation has; undefined if it has none, as who sends it may not act for them. */
function rightsFor(rights: Rights, who: Impersonation | undefined): Rights | undefined {
  if (who === undefined) return rights
  const none = { namespace: rights.namespace, inNamespace: [], everywhere: [] }
  const { user, groups = [], uid, scopes } = who
  if (user === undefined) return groups.length === 0 && uid === '' && scopes === undefined ? rights : undefined
  const account = /^system:serviceaccount:\{ns\}:(\w+)$/.exec(user)?.[1]
  const may = (group: string, resource: string, name: string, namespace = '') =>
    isAllowed(rights, { verb: 'impersonate', group, resource, name, namespace })
  const classic =
    (account === undefined ? may('', 'users', user) : may('', 'serviceaccounts', account, rights.namespace)) &&
    groups.every((group) => may('', 'groups', group)) &&
    (uid === undefined || uid === '' || may('authentication.k8s.io', 'uids', uid)) &&
    (scopes === undefined || may('authentication.k8s.io', 'userextras/scopes', scopes))
  if (classic && groups.includes('system:masters')) return { ...none, everywhere: everything }
  if (classic && account === 'boss') return { ...none, inNamespace: everything }
  const constrained = rights.everywhere.some(({ verbs }) => verbs.some((verb) => verb.startsWith('impersonate')))
  return classic || constrained ? none : undefined
}

/** What an answer breaks; undefined if nothing. `rights` are those that somebody can come to. */
export function broken(rights: Rights, attempt: Attempt, answer: Answer): string | undefined {
  const { asked, odd } = attempt
  const text = answer.headers['content-encoding'] === undefined ? answer.body.toString('latin1') : ''
  const own = rightsFor(rights, attempt.impersonates)
  const allowed = own !== undefined && isAllowed({ ...own, everywhere: [...own.everywhere, selfReviews] }, asked)
  const read = text.match(/canary-of-(\w+)-/)?.[1]
  if (read !== undefined && !(allowed && text.includes(canary(asked.resource.split('/')[0]!))) && !mayReadOddly(own, attempt, read))
    return `${read} are read by who may not`
  if (answer.status >= 300 || attempt.method === 'HEAD') return undefined
  if (odd !== undefined && isPublic(text)) return undefined
  if (!allowed && !(odd !== undefined && own !== undefined && mayOddly(own, attempt))) return `${answer.status} for who may not`
  return escalation(own!, attempt, text)
}

/** A path that was changed may ask for something else of the same resource, which is right if that is allowed. */
function mayOddly(own: Rights, { asked, odd }: Attempt): boolean {
  const verbs = ['get', 'list', 'watch', asked.verb]
  const names = [asked.name, '', 'own']
  if (
    odd === 'a parameter twice' ||
    odd === 'a watch by its path' ||
    odd === 'a fragment' ||
    odd === 'an absolute form' ||
    odd === 'a slash behind'
  )
    return verbs.some((verb) => names.some((name) => isAllowed(own, { ...asked, verb, name })))
  return odd === 'an impersonated group alone' && false
}

const mayReadOddly = (own: Rights | undefined, attempt: Attempt, read: string) =>
  own !== undefined && attempt.odd !== undefined && attempt.asked.resource.split('/')[0] === read && mayOddly(own, attempt)

const isPublic = (text: string) =>
  /^\s*$|^ok$|"kind":\s*"(APIVersions|APIGroup|APIGroupList|APIResourceList|APIGroupDiscoveryList)"|^\{\s*"(major|paths|issuer)"/.test(text)

interface RbacObject {
  kind?: string
  metadata?: { namespace?: string; name?: string }
  rules?: Rule[] | null
  aggregationRule?: unknown
  roleRef?: { kind: string; name: string }
  subjects?: { kind: string; name: string }[]
}

/** Roles and bindings that somebody wrote who does not have what they give. */
function escalation(own: Rights, { asked, kind, body, path }: Attempt, text: string): string | undefined {
  if (body === undefined || kind === undefined || !/^(Cluster)?Role(Binding)?$/.test(kind) || !/^\s*\{/.test(text)) return undefined
  const written = JSON.parse(text) as RbacObject
  const namespace = asked.namespace
  const owned = rulesAt(own, namespace)
  const may = (verb: string, resource: string, name: string) => isAllowed(own, { verb, group: rbacGroup, resource, name, namespace })
  if (kind.endsWith('Role')) {
    if (may('escalate', asked.resource, written.metadata?.name ?? '')) return undefined
    const sent = JSON.parse(body)
    // Whoever changes nothing in the rules of a role of others gives nothing.
    const gives = path.includes('/roles/strong') && !JSON.stringify(sent).includes('"rules"') ? [] : (written.rules ?? [])
    if (written.aggregationRule !== undefined && !covers(owned, everything)) return 'a ClusterRole gathers rules of others'
    return covers(owned, gives) ? undefined : `a ${kind} gives what its writer does not have: ${JSON.stringify(gives)}`
  }
  const { roleRef: role } = written
  if (role === undefined || /^(user|boss)$/.test(asked.name)) return undefined
  if (may('bind', role.kind === 'Role' ? 'roles' : 'clusterroles', role.name)) return undefined
  const known = role.name.endsWith('weak') ? weakRules : role.name === 'user' ? own.inNamespace : undefined
  if (role.name === 'edit' || role.name === 'system:auth-delegator' || known === undefined)
    return covers(owned, everything) ? undefined : `${role.kind} ${role.name} is bound`
  return covers(owned, known) ? undefined : `${role.kind} ${role.name} is bound`
}

/** Questions about what somebody may do, among them the most wanted. */
export const probes: readonly Asked[] = resources.flatMap(({ group, name, namespaced, subresources }) =>
  ['get', 'create', 'update', 'delete'].flatMap((verb) =>
    (namespaced ? ['{ns}', '{other}'] : ['']).flatMap((namespace) =>
      [name, ...subresources.slice(0, 1).map((below) => `${name}/${below}`)].map((resource) => ({
        ...{ verb, group, resource, namespace },
        name: verb === 'create' ? '' : 'secret',
      })),
    ),
  ),
)

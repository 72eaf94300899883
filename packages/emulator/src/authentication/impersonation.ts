import { StatusError } from '../apimachinery/status-error.ts'
import { newAccessDenied } from '../authorization/access-denied.ts'
import type { Attributes, Authorizer } from '../authorization/attributes.ts'
import { invalidExtra } from './impersonation-extra.ts'
import { type HeaderValues, wantedUser } from './impersonation-headers.ts'
import { splitNodeUserName, splitServiceAccountUserName } from './service-account-name.ts'
import { serviceAccountGroups, type UserInfo } from './user-info.ts'

/** A user that a client may act as, and the verb that lets it ('' for the old `impersonate`); the audit log has it. */
export interface ImpersonatedUser {
  user: UserInfo
  constraint: string
}

export interface Impersonation {
  /**
   * The user of the `Impersonate-…` headers for a request that its sender may make as that user; undefined without such headers.
   * @param attributes the request as its sender's, before impersonation
   */
  resolve(headers: HeaderValues, attributes: Attributes): ImpersonatedUser | StatusError | undefined
}

type Check = (wanted: UserInfo, attributes: Attributes) => ImpersonatedUser | StatusError | undefined

const authenticationGroup = 'authentication.k8s.io'
const maxRememberedUsers = 10_000
/** From how many groups or extras on the constrained modes ask for all of them at once first. */
const manyChecks = 4

/**
 * Impersonation as of 1.36 (KEP-5284): the constrained modes are tried before the old verb, and the mode that last succeeded for a client
 * before all others; a denial is that of the mode tried first. Unlike the real server's, rights that were taken away end at once.
 */
export function createImpersonation(authorizer: Authorizer): Impersonation {
  const modes = impersonationModes(authorizer)
  const lastSuccess = new Map<string, Check>()

  return {
    resolve(headers, attributes) {
      const wanted = wantedUser(headers)
      if (wanted === undefined || wanted instanceof StatusError) return wanted
      const client = attributes.user.name
      const first = lastSuccess.get(client)
      const order = first === undefined ? modes : [first, ...modes.filter((mode) => mode !== first)]
      let error: StatusError | undefined
      for (const mode of order) {
        const result = mode(wanted, attributes)
        if (result instanceof StatusError) error ??= result
        else if (result !== undefined) {
          if (lastSuccess.size >= maxRememberedUsers) lastSuccess.clear()
          lastSuccess.set(client, mode)
          return result
        }
      }
      return error
    },
  }
}

function impersonationModes(authorizer: Authorizer): Check[] {
  const isNode = (wanted: UserInfo) => splitNodeUserName(wanted.name) !== undefined
  const isServiceAccount = (wanted: UserInfo) => splitServiceAccountUserName(wanted.name) !== undefined
  return [
    constrained(
      associatedNodeAuthorizer(authorizer),
      'associated-node',
      (wanted, requestor) => onlyNamed(wanted) && isOwnNode(wanted, requestor),
    ),
    constrained(authorizer, 'arbitrary-node', (wanted) => onlyNamed(wanted) && isNode(wanted)),
    constrained(authorizer, 'serviceaccount', (wanted) => onlyNamed(wanted) && isServiceAccount(wanted)),
    constrained(authorizer, 'user-info', (wanted) => !isNode(wanted) && !isServiceAccount(wanted)),
    (wanted, { user }) => impersonate({ authorizer, verb: 'impersonate', constrained: false }, wanted, user),
  ]
}

/** A mode that needs `impersonate-on:MODE:VERB` for the request and `impersonate:MODE` for each part of the user. */
function constrained(authorizer: Authorizer, mode: string, applies: (wanted: UserInfo, requestor: UserInfo) => boolean): Check {
  return (wanted, attributes) => {
    if (!applies(wanted, attributes.user)) return undefined
    const error = checkAccess(authorizer, { ...attributes, verb: `impersonate-on:${mode}:${attributes.verb}` })
    return error ?? impersonate({ authorizer, verb: `impersonate:${mode}`, constrained: true }, wanted, attributes.user)
  }
}

const onlyNamed = ({ uid, groups, extra }: UserInfo) => uid === '' && groups.length === 0 && Object.keys(extra).length === 0

/** A service account's token that is bound to a node, or to a Pod on it, tells the node in its extras. */
function isOwnNode(wanted: UserInfo, requestor: UserInfo): boolean {
  const node = splitNodeUserName(wanted.name)
  const own = requestor.extra['authentication.kubernetes.io/node-name'] ?? []
  return node !== undefined && splitServiceAccountUserName(requestor.name) !== undefined && own.length === 1 && own[0] === node
}

/** Asks about "the own node", whichever that is: by the name `*`, and with no more of the extras than their keys. */
function associatedNodeAuthorizer(authorizer: Authorizer): Authorizer {
  return {
    authorize: (attributes) =>
      authorizer.authorize({
        ...attributes,
        user: {
          ...attributes.user,
          extra: { 'authentication.kubernetes.io/associated-node-keys': Object.keys(attributes.user.extra).sort() },
        },
        name: attributes.verb === 'impersonate:associated-node' ? '*' : attributes.name,
      }),
  }
}

interface Mode {
  authorizer: Authorizer
  verb: string
  constrained: boolean
}

/** Checks the name, the uid, the groups and the extras, in this order. */
function impersonate(mode: Mode, wanted: UserInfo, requestor: UserInfo): ImpersonatedUser | StatusError {
  const error = nameError(mode, wanted, requestor) ?? uidError(mode, wanted, requestor) ?? groupsError(mode, wanted, requestor)
  const failed = error ?? extraError(mode, wanted, requestor)
  if (failed !== undefined) return failed
  return { user: { ...wanted, groups: groupsOf(wanted, mode.constrained) }, constraint: mode.constrained ? mode.verb : '' }
}

/** A user by name: with the groups that impersonation gives to it, those given first. */
export function userNamed(name: string, groups: readonly string[] = []): UserInfo {
  const user = { name, uid: '', groups, extra: {} }
  return { ...user, groups: groupsOf(user, false) }
}

function groupsOf({ name, groups }: UserInfo, constrained: boolean): readonly string[] {
  const account = splitServiceAccountUserName(name)
  const isNode = constrained && splitNodeUserName(name) !== undefined
  const given =
    groups.length > 0 ? groups : account !== undefined ? serviceAccountGroups(account.namespace) : isNode ? ['system:nodes'] : []
  const everyone =
    name === 'system:anonymous' || given.includes('system:unauthenticated') ? 'system:unauthenticated' : 'system:authenticated'
  return given.includes(everyone) ? given : [...given, everyone]
}

function nameError(mode: Mode, { name }: UserInfo, requestor: UserInfo): StatusError | undefined {
  const group = mode.constrained ? authenticationGroup : ''
  const node = mode.constrained ? splitNodeUserName(name) : undefined
  const account = splitServiceAccountUserName(name)
  if (account !== undefined) return ask(mode, requestor, group, 'serviceaccounts', account.name, account.namespace)
  return node === undefined ? ask(mode, requestor, group, 'users', name) : ask(mode, requestor, group, 'nodes', node)
}

function uidError(mode: Mode, { uid }: UserInfo, requestor: UserInfo): StatusError | undefined {
  return uid === '' ? undefined : ask(mode, requestor, authenticationGroup, 'uids', uid)
}

function groupsError(mode: Mode, { groups }: UserInfo, requestor: UserInfo): StatusError | undefined {
  const apiGroup = mode.constrained ? authenticationGroup : ''
  const about = (name: string) => impersonationAttributes(mode, requestor, apiGroup, 'groups', name)
  if (mode.constrained) {
    if (groups.includes('')) return newAccessDenied(about(''), { reason: 'impersonating the empty string group is not allowed' })
    if (groups.includes('system:masters')) {
      return newAccessDenied(about('system:masters'), { reason: 'impersonating the system:masters group is not allowed' })
    }
    if (groups.length >= manyChecks && checkAccess(mode.authorizer, about('*')) === undefined) return undefined
  }
  return firstError(groups, (name) => checkAccess(mode.authorizer, about(name)))
}

function extraError(mode: Mode, { extra }: UserInfo, requestor: UserInfo): StatusError | undefined {
  const about = (subresource: string, name: string) => ({
    ...impersonationAttributes(mode, requestor, authenticationGroup, 'userextras', name),
    subresource,
  })
  const entries = Object.entries(extra).flatMap(([key, values]) => values.map((value) => ({ key, value })))
  if (mode.constrained) {
    const reason = invalidExtra(extra)
    if (reason !== undefined) return newAccessDenied(about('', ''), { reason })
    const many = Object.keys(extra).length >= manyChecks || entries.length >= manyChecks
    if (many && checkAccess(mode.authorizer, about('*', '*')) === undefined) return undefined
  }
  return firstError(entries, ({ key, value }) => checkAccess(mode.authorizer, about(key, value)))
}

function firstError<T>(items: readonly T[], check: (item: T) => StatusError | undefined): StatusError | undefined {
  for (const item of items) {
    const error = check(item)
    if (error !== undefined) return error
  }
  return undefined
}

function ask(mode: Mode, requestor: UserInfo, group: string, resource: string, name: string, namespace = ''): StatusError | undefined {
  return checkAccess(mode.authorizer, { ...impersonationAttributes(mode, requestor, group, resource, name), namespace })
}

function impersonationAttributes({ verb }: Mode, user: UserInfo, group: string, resource: string, name: string): Attributes {
  return { user, verb, resourceRequest: true, group, version: 'v1', resource, subresource: '', namespace: '', name, path: '' }
}

function checkAccess(authorizer: Authorizer, attributes: Attributes): StatusError | undefined {
  const decision = authorizer.authorize(attributes)
  return decision.verdict === 'allow' ? undefined : newAccessDenied(attributes, decision)
}

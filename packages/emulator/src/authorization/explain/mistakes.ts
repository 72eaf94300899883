import { quote, quoteList } from '../../apimachinery/quote.ts'
import { splitServiceAccountUserName } from '../../authentication/service-account-name.ts'
import type { Attributes } from '../attributes.ts'
import { missingRole } from '../rbac/rule-resolver.ts'
import { bindingTitle, type Candidate, type Inquiry, misspeltFor, roleTitle } from './candidates.ts'
import { isNear, nearestResource } from './known-resources.ts'
import type { Lack, LackingPart } from './lacks.ts'

export type MistakeCode =
  | 'api-group'
  | 'resource-name'
  | 'subresource'
  | 'resource-names'
  | 'verb'
  | 'other-namespace'
  | 'subject'
  | 'missing-role'
  | 'unknown-resource'

/** Something that looks like a slip, and what to write instead. */
export interface Mistake {
  code: MistakeCode
  text: string
}

type Recognizer = (candidate: Candidate, inquiry: Inquiry) => Mistake[]

/** Slips in the rules and bindings that come nearest, bindings of missing roles, and a resource that no server has. */
export function findMistakes(inquiry: Inquiry, nearest: readonly Candidate[]): Mistake[] {
  const found = nearest.flatMap((candidate) => mistakesOf(candidate, inquiry))
  const all = [...unknownResource(inquiry), ...missingRoles(inquiry), ...found]
  return all.filter(({ text }, i) => all.findIndex((other) => other.text === text) === i)
}

/** If one of the things that a candidate lacks is no slip, it is not this rule that was meant. */
function mistakesOf(candidate: Candidate, inquiry: Inquiry): Mistake[] {
  const recognized = candidate.lacks.map(({ part }: Lack) => recognizers[part](candidate, inquiry))
  const meant = candidate.lacks.every(({ part }, i) => recognized[i]!.length > 0 || part === 'verb')
  return meant ? recognized.flat() : []
}

const ruleTitle = ({ binding, index }: Candidate) => `rule ${index + 1} of ${roleTitle(binding)}`

const apiGroup: Recognizer = (candidate, { attributes }) => {
  const { group, resource } = attributes
  const words = candidate.rule.apiGroups ?? []
  const right = `${quote(resource)} ${group === '' ? 'is in the core group, written ""' : `is in ${quote(group)}`}`
  const versioned = words.find((word) => /^v\d/.test(word) || word === 'core' || word.includes('/'))
  if (versioned === undefined) {
    return [{ code: 'api-group', text: `${ruleTitle(candidate)} has apiGroups ${quoteList(words)}, but ${right}` }]
  }
  const what = versioned === 'core' ? 'no name of a group' : 'a version, which apiGroups do not hold'
  return [{ code: 'api-group', text: `${ruleTitle(candidate)} has ${quote(versioned)} in apiGroups: that is ${what}; ${right}` }]
}

const resource: Recognizer = (candidate, { attributes, resources }) => {
  const meant = (candidate.rule.resources ?? []).find((word) => misspeltFor(word, attributes.resource, attributes.subresource, resources))
  if (meant === undefined) return []
  const right = attributes.subresource === '' ? attributes.resource : `${attributes.resource}/${attributes.subresource}`
  return [
    { code: 'resource-name', text: `${ruleTitle(candidate)} names ${quote(meant)}: rules name resources as URLs do, so ${quote(right)}` },
  ]
}

const subresource: Recognizer = (candidate, { attributes }) => {
  const full = `${attributes.resource}/${attributes.subresource}`
  const pattern = (candidate.rule.resources ?? []).find((word) => word === `${attributes.resource}/*` || word === '*/*')
  const why =
    pattern === undefined
      ? `${quote(attributes.resource)} does not cover its subresource ${quote(full)}`
      : `${quote(pattern)} is no pattern and matches nothing`
  return [{ code: 'subresource', text: `${ruleTitle(candidate)}: ${why}; name ${quote(full)}` }]
}

const name: Recognizer = (candidate, { attributes: { verb, name: asked } }) => {
  if (asked !== '') return []
  const restricted = `${ruleTitle(candidate)} has resourceNames ${quoteList(candidate.rule.resourceNames ?? [])}`
  const why = ['list', 'watch'].includes(verb)
    ? `a ${verb} names no object, unless it has the field selector metadata.name=NAME; give ${quote(verb)} a rule without resourceNames`
    : `the name is not known when ${quote(verb)} is authorized; give it a rule without resourceNames`
  return [{ code: 'resource-names', text: `${restricted}: ${why}` }]
}

const methods: Record<string, string> = {
  post: 'create',
  put: 'update',
  read: 'get',
  view: 'get',
  write: 'update',
  edit: 'update',
  remove: 'delete',
}

const verb: Recognizer = (candidate, { attributes }) => {
  const meant = (candidate.rule.verbs ?? []).find((word) => {
    const lower = word.toLowerCase()
    return word !== attributes.verb && (lower === attributes.verb || methods[lower] === attributes.verb)
  })
  if (meant === undefined || !attributes.resourceRequest) return []
  return [{ code: 'verb', text: `${ruleTitle(candidate)} has the verb ${quote(meant)}: write ${quote(attributes.verb)}` }]
}

const namespace: Recognizer = ({ binding }, { attributes }) => {
  const place = attributes.namespace === '' ? 'at the cluster scope' : `in namespace ${quote(attributes.namespace)}`
  const grants = `${bindingTitle(binding)} grants ${roleTitle(binding)} in namespace ${quote(binding.namespace)} alone`
  const needs = attributes.namespace === '' ? '; a ClusterRoleBinding grants everywhere' : ''
  return [{ code: 'other-namespace', text: `${grants}, and the request is ${place}${needs}` }]
}

const subject: Recognizer = ({ binding, subject: near }, { attributes: { user } }) => {
  const account = splitServiceAccountUserName(user.name)
  const title = bindingTitle(binding)
  const shown = `${near.kind} ${quote(near.name)}`
  const tell = (text: string): Mistake[] => [{ code: 'subject', text }]
  if (account === undefined || near.name.toLowerCase() !== near.name) {
    return tell(
      `${title} has the subject ${shown}; this is not ${near.kind === 'User' ? '' : 'the user '}${quote(user.name)}: kinds and names count to the letter`,
    )
  }
  if (near.kind !== 'ServiceAccount') {
    return tell(
      `${title} has the subject ${shown}; for the account write kind: ServiceAccount, name: ${account.name}, namespace: ${account.namespace}`,
    )
  }
  const add = `add namespace: ${account.namespace}`
  if (near.namespace) {
    return tell(`${title} has ${shown} of namespace ${quote(near.namespace)}; the account is in ${quote(account.namespace)}`)
  }
  if (binding.namespace === '') return tell(`${title} has ${shown} without a namespace, which is nobody: ${add}`)
  return tell(
    `${title} has ${shown} without a namespace, which means ${quote(binding.namespace)}; the account is in ${quote(account.namespace)}: ${add}`,
  )
}

const recognizers: Record<LackingPart, Recognizer> = { apiGroup, resource, subresource, name, verb, namespace, subject, url: () => [] }

/** Bindings in force to roles that nobody has. */
function missingRoles({ attributes, resolver, source }: Inquiry): Mistake[] {
  return resolver.bindingsFor(attributes.user, attributes.namespace).flatMap(({ binding, rules }) => {
    if (rules !== undefined) return []
    const { roleRef, namespace: home } = missingRole(binding.roleRef, binding.namespace)
    const others = (roleResource: string) => [...source.list({ group: 'rbac.authorization.k8s.io', resource: roleResource }, '')]
    const sameName = [...others('roles'), ...others('clusterroles')].find(
      ({ metadata, kind }) => metadata.name === roleRef.name && (kind !== roleRef.kind || (metadata.namespace ?? '') !== home),
    )
    const near = others(roleRef.kind === 'Role' ? 'roles' : 'clusterroles').find(
      ({ metadata }) => (metadata.namespace ?? '') === home && isNear(metadata.name ?? '', roleRef.name),
    )
    const title = `${bindingTitle(binding)} is to ${roleTitle(binding)}, which does not exist`
    if (near !== undefined) return [{ code: 'missing-role', text: `${title}; there is ${quote(near.metadata.name ?? '')}` }]
    if (sameName === undefined) return [{ code: 'missing-role', text: title }]
    const where = sameName.metadata.namespace === undefined ? '' : ` in namespace ${quote(sameName.metadata.namespace)}`
    return [{ code: 'missing-role', text: `${title}; there is a ${sameName.kind} of that name${where}` }]
  })
}

function unknownResource({ attributes, resources }: Inquiry): Mistake[] {
  if (!attributes.resourceRequest || resources.length === 0 || isKnown(attributes, resources)) return []
  const { group, resource: asked } = attributes
  const here = resources.find((known) => known.resource === asked)
  const near = here ?? nearestResource(asked, resources)
  const meant =
    near === undefined ? '' : `; did you mean ${quote(near.resource)} of ${near.group === '' ? 'the core group' : quote(near.group)}?`
  return [{ code: 'unknown-resource', text: `the server has no resource ${quote(asked)} in API group ${quote(group)}${meant}` }]
}

const virtualResources = ['users', 'groups', 'uids', 'userextras', 'signers', '*']
const isKnown = ({ group, resource: asked }: Attributes, resources: Inquiry['resources']) =>
  virtualResources.includes(asked) || resources.some((known) => known.group === group && known.resource === asked)

import { quote } from '../../apimachinery/quote.ts'
import { splitServiceAccountUserName } from '../../authentication/service-account-name.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Attributes } from '../attributes.ts'
import { type Binding, toBinding } from '../rbac/binding-index.ts'
import type { PolicyRule, Subject } from '../rbac/policy-rule.ts'
import { createRuleResolver, type RbacSource, type RuleResolver } from '../rbac/rule-resolver.ts'
import { isNear, type KnownResource, nearestResource } from './known-resources.ts'
import { distance, type Lack, lacksOf } from './lacks.ts'

/** A rule that a binding leads to, and what keeps it from allowing the request. */
export interface Candidate {
  binding: Binding
  /** In force for the user and the place of the request. */
  applies: boolean
  /** The subject that makes the binding apply, or that nearly does. */
  subject: Subject
  rule: PolicyRule
  /** From 0. */
  index: number
  lacks: Lack[]
}

/** All that an explanation is made from. */
export interface Inquiry {
  attributes: Attributes
  source: RbacSource
  resolver: RuleResolver
  resources: readonly KnownResource[]
}

export function createInquiry(attributes: Attributes, source: RbacSource, resources: readonly KnownResource[]): Inquiry {
  return { attributes, source, resolver: createRuleResolver(source), resources }
}

/** Rules of the user's bindings, here and elsewhere, and of bindings that nearly are the user's, the nearest first. */
export function findCandidates(inquiry: Inquiry): Candidate[] {
  const found = [...allBindings(inquiry.source)].flatMap((binding) => candidatesOf(inquiry, binding))
  return found.sort((a, b) => rank(inquiry, a) - rank(inquiry, b) || Number(b.applies) - Number(a.applies))
}

function* allBindings(source: RbacSource): Iterable<Binding> {
  for (const resource of ['clusterrolebindings', 'rolebindings']) {
    for (const object of source.list({ group: 'rbac.authorization.k8s.io', resource }, '')) yield toBinding(object)
  }
}

/** A resource that is only misspelt is nearer than another one. */
const rank = ({ resources, attributes }: Inquiry, { lacks, rule }: Candidate) =>
  distance(lacks) - (lacks.some(({ part }) => part === 'resource') && isMisspelt(rule, attributes, resources) ? 2 : 0)

function isMisspelt({ resources = [] }: PolicyRule, { resource, subresource }: Attributes, known: readonly KnownResource[]): boolean {
  return resources.some((word) => misspeltFor(word, resource, subresource, known))
}

/** Whether a word in a rule was meant for the resource of a request. */
export function misspeltFor(word: string, resource: string, subresource: string, known: readonly KnownResource[]): boolean {
  const [parent = '', child = ''] = word.split('/')
  if (word === '*' || child !== subresource || parent === resource || known.some((one) => one.resource === parent)) return false
  return nearestResource(parent, known)?.resource === resource || (parent.length > 3 && isNear(parent.toLowerCase(), resource))
}

function candidatesOf(inquiry: Inquiry, binding: Binding): Candidate[] {
  const { attributes, resolver } = inquiry
  const matched = subjectOf(binding, attributes.user)
  const subject = matched ?? nearSubject(binding, attributes.user)
  const rules = resolver.rulesOf(binding.roleRef, binding.namespace)
  if (subject === undefined || rules === undefined) return []
  const inScope = binding.namespace === '' || binding.namespace === attributes.namespace
  const around: Lack[] = []
  if (matched === undefined) around.push({ part: 'subject', text: `the subject ${describeUser(attributes.user)}` })
  if (!inScope) {
    around.push({
      part: 'namespace',
      text: attributes.namespace === '' ? 'the cluster scope' : `the namespace ${quote(attributes.namespace)}`,
    })
  }
  return rules.flatMap((rule, index) => {
    const lacks = lacksOf(rule, attributes)
    return lacks === undefined ? [] : [{ binding, applies: around.length === 0, subject, rule, index, lacks: [...lacks, ...around] }]
  })
}

function subjectOf({ subjects, keys }: Binding, user: UserInfo): Subject | undefined {
  const mine = new Set([`u:${user.name}`, ...user.groups.map((group) => `g:${group}`)])
  return subjects[keys.findIndex((key) => key !== undefined && mine.has(key))]
}

/** A subject that was probably meant for the user. */
function nearSubject({ subjects }: Binding, user: UserInfo): Subject | undefined {
  const account = splitServiceAccountUserName(user.name)
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  return subjects.find(({ kind, name }) => {
    if (account !== undefined) {
      if (kind === 'ServiceAccount') return same(name, account.name)
      const spellings = [account.name, `${account.namespace}:${account.name}`, `${account.namespace}/${account.name}`, user.name]
      return spellings.some((spelling) => same(spelling, name))
    }
    return same(name, user.name) || (kind !== 'Group' && user.groups.includes(name))
  })
}

/** Such as `ServiceAccount team-a/bot` or `User alice`. */
export function describeUser({ name }: UserInfo): string {
  const account = splitServiceAccountUserName(name)
  return account === undefined ? `User ${quote(name)}` : `ServiceAccount ${quote(`${account.namespace}/${account.name}`)}`
}

export const bindingTitle = ({ namespace, name }: Binding) =>
  namespace === '' ? `ClusterRoleBinding ${quote(name)}` : `RoleBinding ${quote(`${namespace}/${name}`)}`

export const roleTitle = ({ roleRef, namespace }: Binding) =>
  `${roleRef.kind} ${quote(roleRef.kind === 'Role' ? `${namespace}/${roleRef.name}` : roleRef.name)}`

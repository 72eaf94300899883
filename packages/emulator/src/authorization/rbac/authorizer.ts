import { aggregateErrors } from '../../apimachinery/aggregate-errors.ts'
import { quote } from '../../apimachinery/quote.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Attributes, Authorizer, Decision } from '../attributes.ts'
import type { AppliedBinding } from './binding-index.ts'
import { ruleAllows } from './policy-rule.ts'
import {
  createRuleResolver,
  missingRole,
  missingRoleText,
  type RbacSource,
  type ResolvedBinding,
  type RuleResolver,
} from './rule-resolver.ts'

export interface ResourceRule {
  verbs: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
}

export interface NonResourceRule {
  verbs: readonly string[]
  nonResourceURLs?: readonly string[]
}

/** What SelfSubjectRulesReview answers with. */
export interface UserRules {
  resourceRules: ResourceRule[]
  nonResourceRules: NonResourceRule[]
  incomplete: boolean
  evaluationError?: string
}

/** An authorizer that can also list what a user may do in a namespace. */
export interface RulesAuthorizer extends Authorizer {
  rulesFor(user: UserInfo, namespace: string): UserRules
}

export interface RbacAuthorizer extends RulesAuthorizer, Pick<RuleResolver, 'objectChanged' | 'reload'> {
  /** For the checks of escalation, which need a user's rules themselves. */
  readonly resolver: RuleResolver
}

const noOpinion: Decision = { verdict: 'noOpinion', reason: '' }
/** A client that asks for ever new things must not fill the memory. */
const maxCachedDecisions = 5_000
const maxCachedScopes = 500
const maxCachedIdentities = 5_000

/** What is known about one user in one namespace since the last change of an RBAC object. */
interface Scope {
  bindings: readonly ResolvedBinding[]
  /** The names in resourceNames of the user's rules: any other name is decided like any other. */
  names: ReadonlySet<string>
  decisions: Map<string, Decision>
}

/** What is known about one user, by name and groups: its scopes by namespace. */
type Identity = Map<string, Scope>

/** The RBAC authorizer (kube-apiserver, plugin/pkg/auth/authorizer/rbac). Decisions are kept until an RBAC object changes. */
export function createRbacAuthorizer(source: RbacSource, resolver: RuleResolver = createRuleResolver(source)): RbacAuthorizer {
  const identityOf = createIdentityCache(resolver)

  const scopeOf = ({ user, namespace }: Attributes): Scope => {
    const identity = identityOf(user)
    let scope = identity.get(namespace)
    if (scope === undefined) {
      if (identity.size >= maxCachedScopes) identity.clear()
      const bindings = resolver.bindingsFor(user, namespace)
      scope = { bindings, names: namesIn(bindings), decisions: new Map() }
      identity.set(namespace, scope)
    }
    return scope
  }

  return {
    resolver,
    objectChanged: resolver.objectChanged,
    reload: resolver.reload,
    authorize(attributes) {
      const { bindings, names, decisions } = scopeOf(attributes)
      const key = decisionKey(attributes, names)
      const known = decisions.get(key)
      if (known !== undefined) return known
      if (decisions.size >= maxCachedDecisions) decisions.clear()
      const decision = evaluate(bindings, attributes)
      decisions.set(key, decision)
      return decision
    },
    rulesFor(user, namespace) {
      const { rules, missing } = resolver.rulesFor(user, namespace)
      return {
        resourceRules: rules
          .filter(({ resources }) => isGiven(resources))
          .map(({ verbs, apiGroups, resources, resourceNames }) => withoutEmpty({ verbs, apiGroups, resources, resourceNames })),
        nonResourceRules: rules
          .filter(({ nonResourceURLs }) => isGiven(nonResourceURLs))
          .map(({ verbs, nonResourceURLs }) => withoutEmpty({ verbs, nonResourceURLs })),
        incomplete: false,
        ...(missing.length === 0 ? {} : { evaluationError: aggregateErrors(missing.map(missingRoleText)) }),
      }
    },
  }
}

const isGiven = (list: readonly string[] | undefined) => list !== undefined && list.length > 0

function withoutEmpty<T extends ResourceRule>(rule: T): T {
  return Object.fromEntries(Object.entries(rule).filter(([key, list]) => key === 'verbs' || isGiven(list))) as T
}

function namesIn(bindings: readonly ResolvedBinding[]): Set<string> {
  const names = new Set<string>()
  for (const { rules } of bindings) for (const rule of rules ?? []) for (const name of rule.resourceNames ?? []) names.add(name)
  return names
}

/** With the lengths of its parts, as these may hold any character. */
function decisionKey({ verb, resourceRequest, path, group, resource, subresource, name }: Attributes, names: ReadonlySet<string>): string {
  if (!resourceRequest) return `${verb.length} ${verb}${path}`
  const lengths = `${verb.length},${group.length},${resource.length},${subresource.length}`
  return `${lengths} ${verb}${group}${resource}${subresource}${names.has(name) ? `/${name}` : ''}`
}

function evaluate(bindings: readonly ResolvedBinding[], attributes: Attributes): Decision {
  const errors: string[] = []
  for (const applied of bindings) {
    const { rules, binding } = applied
    if (rules === undefined) errors.push(missingRoleText(missingRole(binding.roleRef, binding.namespace)))
    else if (rules.some((rule) => ruleAllows(rule, attributes))) {
      return { verdict: 'allow', reason: `RBAC: allowed by ${describeBinding(applied)}` }
    }
  }
  return errors.length === 0 ? noOpinion : { verdict: 'noOpinion', reason: `RBAC: ${aggregateErrors(errors)}` }
}

/** Finds what is known about a user: at once for the same object, by name and groups for an equal one. */
function createIdentityCache(resolver: RuleResolver): (user: UserInfo) => Identity {
  let generation = resolver.generation()
  let byUser = new WeakMap<UserInfo, Identity>()
  let byName = new Map<string, Identity>()

  return (user) => {
    if (generation !== resolver.generation() || byName.size > maxCachedIdentities) {
      generation = resolver.generation()
      byUser = new WeakMap()
      byName = new Map()
    }
    const known = byUser.get(user)
    if (known !== undefined) return known
    const key = JSON.stringify([user.name, ...user.groups])
    const identity = byName.get(key) ?? new Map()
    byName.set(key, identity)
    byUser.set(user, identity)
    return identity
  }
}

/** Such as `RoleBinding "x/namespace" of Role "y" to User "z"`. */
function describeBinding({ binding, subject }: AppliedBinding): string {
  const { name, namespace, roleRef } = binding
  const title = namespace === '' ? `ClusterRoleBinding ${quote(name)}` : `RoleBinding ${quote(`${name}/${namespace}`)}`
  const home = subject.namespace === undefined || subject.namespace === '' ? namespace : subject.namespace
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${home}` : subject.name
  return `${title} of ${roleRef.kind} ${quote(roleRef.name)} to ${subject.kind} ${quote(who)}`
}

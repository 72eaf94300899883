import type { KubeObject } from '../../apimachinery/object.ts'
import type { YamlPath } from '../../apimachinery/yaml.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Attributes } from '../../authorization/attributes.ts'
import { breakDown, uncovered } from '../../authorization/rbac/covers.ts'
import {
  matches,
  nameMatches,
  type PolicyRule,
  rbacGroup,
  resourceMatches,
  ruleAllows,
  urlMatches,
} from '../../authorization/rbac/policy-rule.ts'
import { createRuleResolver, type RbacSource } from '../../authorization/rbac/rule-resolver.ts'
import type { Need, Needs } from './needs.ts'

/** A rule of a Role or ClusterRole among the manifests, and whether a request needed it. */
export interface RuleCoverage {
  kind: 'Role' | 'ClusterRole'
  name: string
  /** Of a Role. */
  namespace?: string
  /** Its place in `rules`, from 0. */
  index: number
  rule: PolicyRule
  /** Where the rule stands, if it was read from a file. */
  file?: string
  line?: number
  /** Whether a binding among the manifests gives it to the Pod's service account. Other rules are neither used nor unused. */
  bound: boolean
  /** Whether it allows at least one of the requests. */
  used: boolean
  /** Of a used rule: verbs, resources, names and URLs that none of the requests needed. Stars are not looked into. */
  unusedParts: Partial<Record<'verbs' | 'resources' | 'resourceNames' | 'nonResourceURLs', string[]>>
}

/** An RBAC object, and where it was read. */
export interface GivenObject {
  object: KubeObject
  source: { file: string; line?: number; lineOf?(path: YamlPath): number | undefined }
}

/** @param source the given objects and those of a fresh cluster */
export function ruleCoverage(given: readonly GivenObject[], source: RbacSource, user: UserInfo, needs: Needs): RuleCoverage[] {
  const bound = boundRules(source, user)
  const roles = given.filter(({ object: { kind } }) => kind === 'Role' || kind === 'ClusterRole')
  const asked = needs
    .all()
    .filter(({ requested }) => requested)
    .flatMap((need) => questionsOf(need, user))
  const granted = needs.grants().flatMap(({ rules }) => (rules ?? []).flatMap(breakDown))
  return roles.flatMap(({ object, source: place }) =>
    ((object['rules'] ?? []) as PolicyRule[]).map((rule, index) => {
      const allowed = bound
        .in(rule, object)
        .flatMap((namespaces) => asked.filter((each) => isIn(namespaces, each) && ruleAllows(rule, each)))
      const holds = granted.some((single) => uncovered([rule], [single]).length === 0)
      const isBound = bound.in(rule, object).length > 0
      return {
        ...describe(object, index, place),
        rule,
        bound: isBound,
        used: isBound && (allowed.length > 0 || holds),
        unusedParts: allowed.length === 0 ? {} : unusedParts(rule, allowed),
      }
    }),
  )
}

function describe({ kind, metadata }: KubeObject, index: number, { file, line, lineOf }: GivenObject['source']) {
  const at = lineOf?.(['rules', index]) ?? line
  return {
    kind: kind as 'Role' | 'ClusterRole',
    name: metadata.name ?? '',
    ...(kind === 'Role' && metadata.namespace !== undefined ? { namespace: metadata.namespace } : {}),
    index,
    ...(at === undefined ? {} : { file, line: at }),
  }
}

/** One for each name, as a rule may be for some names alone. */
function questionsOf({ names, anyName, ...need }: Need, user: UserInfo): Attributes[] {
  return [...(anyName ? [''] : []), ...names].map((name) => ({ ...need, user, name }))
}

/** A namespace, or '' for all. */
const isIn = (namespace: string, { namespace: of }: Attributes) => namespace === '' || namespace === of

/** Which rules reach an account, and in which namespaces. */
function boundRules(source: RbacSource, user: UserInfo) {
  const resolver = createRuleResolver(source)
  const bindings = [...source.list({ group: rbacGroup, resource: 'rolebindings' }, '')]
  const namespaces = new Set(['', ...bindings.map(({ metadata }) => metadata.namespace ?? '')])
  const places = new Map<PolicyRule, Set<string>>()
  /** Rules that ClusterRoles are made of, by their text: of two alike one is taken. */
  const aggregated = new Map<string, Set<string>>()
  for (const namespace of namespaces) {
    for (const { binding, rules } of resolver.bindingsFor(user, namespace)) {
      if (binding.namespace !== namespace) continue
      for (const rule of rules ?? []) {
        places.set(rule, (places.get(rule) ?? new Set()).add(namespace))
        const text = JSON.stringify(rule)
        if (binding.roleRef.kind === 'ClusterRole') aggregated.set(text, (aggregated.get(text) ?? new Set()).add(namespace))
      }
    }
  }
  return {
    /** The namespaces in which a role's rule counts. */
    in(rule: PolicyRule, { kind, metadata }: KubeObject): string[] {
      const mayBePart = kind === 'ClusterRole' && metadata.labels !== undefined
      return [...(places.get(rule) ?? (mayBePart ? aggregated.get(JSON.stringify(rule)) : undefined) ?? [])]
    },
  }
}

function unusedParts(rule: PolicyRule, allowed: readonly Attributes[]): RuleCoverage['unusedParts'] {
  const without = (list: readonly string[] | undefined, isUsed: (word: string) => boolean) =>
    (list ?? []).filter((word) => word !== '*' && !isUsed(word))
  const parts = {
    verbs: without(rule.verbs, (verb) => allowed.some((each) => matches([verb], each.verb))),
    resources: without(rule.resources, (resource) => allowed.some((each) => resourceMatches({ verbs: [], resources: [resource] }, each))),
    resourceNames: without(rule.resourceNames, (name) =>
      allowed.some((each) => nameMatches({ verbs: [], resourceNames: [name] }, each.name)),
    ),
    nonResourceURLs: without(rule.nonResourceURLs, (url) => allowed.some((each) => !each.resourceRequest && urlMatches(url, each.path))),
  }
  return Object.fromEntries(Object.entries(parts).filter(([, words]) => words.length > 0))
}

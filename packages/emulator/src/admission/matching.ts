/** Which requests webhooks and policies are about (apiserver, admission/plugin/webhook/predicates). */

import type { KubeObject } from '../apimachinery/object.ts'
import type { LabelSelector } from '../apimachinery/selectors/label-selector.ts'
import { newNotFound } from '../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { AdmissionSource } from './plugin.ts'

export interface Rule {
  apiGroups?: string[]
  apiVersions?: string[]
  resources?: string[]
  operations?: string[]
  scope?: string
  resourceNames?: string[]
}

export interface MatchResources {
  rules: readonly Rule[] | 'all'
  /** What is left out although a rule is about it. */
  excluded: readonly Rule[]
  /** Whether rules also mean other versions and groups of the same objects. */
  equivalent: boolean
  namespaces: LabelSelector
  objects: LabelSelector
}

export interface MatchSource extends AdmissionSource {
  /** All versions and groups in which the same objects are served, this one too. */
  served(definition: ResourceDefinition): readonly ResourceDefinition[]
}

/** Objects that would lock their own makers out. */
const exempt = new Set(
  ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'].concat(
    ['validating', 'mutating'].flatMap((kind) => [`${kind}admissionpolicies`, `${kind}admissionpolicybindings`]),
  ),
)

export const isExempt = ({ definition }: AdmissionAttributes): boolean =>
  definition.group === 'admissionregistration.k8s.io' && exempt.has(definition.resource)

/**
 * The definition in whose version a match wants the object; undefined if the request is not meant.
 * @throws StatusError 404 for a namespace that is not there
 */
export function matchedDefinition(
  attributes: AdmissionAttributes,
  match: MatchResources,
  source: MatchSource,
): ResourceDefinition | undefined {
  if (match.excluded.length > 0 && definitionOf(attributes, match.excluded, match.equivalent, source) !== undefined) return undefined
  if (!matchesObject(attributes, match.objects)) return undefined
  const definition = definitionOf(attributes, match.rules, match.equivalent, source)
  // Looked at last, though it comes first: a namespace that is missing only matters where the rest fits.
  return definition !== undefined && matchesNamespace(attributes, match.namespaces, source) ? definition : undefined
}

function definitionOf(
  attributes: AdmissionAttributes,
  rules: MatchResources['rules'],
  equivalent: boolean,
  source: MatchSource,
): ResourceDefinition | undefined {
  const { definition } = attributes
  if (rules === 'all') return definition
  if (rules.some((rule) => ruleMatches(rule, attributes, definition))) return definition
  if (!equivalent) return undefined
  const others = source.served(definition).filter((each) => each !== definition)
  for (const rule of rules) for (const each of others) if (ruleMatches(rule, attributes, each)) return each
  return undefined
}

const includes = (items: readonly string[] | undefined, item: string) =>
  items !== undefined && (items.includes('*') || items.includes(item))

function ruleMatches(rule: Rule, attributes: AdmissionAttributes, { group, version, resource }: ResourceDefinition): boolean {
  const { operation, subresource, name } = attributes
  if (!includes(rule.operations, operation) || !includes(rule.apiGroups, group) || !includes(rule.apiVersions, version)) return false
  if (!inScope(rule.scope ?? '*', attributes)) return false
  if ((rule.resourceNames ?? []).length > 0 && !rule.resourceNames!.includes(name)) return false
  return (rule.resources ?? []).some((pattern) => {
    const [of = '', sub = ''] = splitOnce(pattern)
    return (of === '*' || of === resource) && (sub === '*' || sub === subresource)
  })
}

function splitOnce(pattern: string): [string, string] {
  const slash = pattern.indexOf('/')
  return slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)]
}

const isNamespace = ({ definition }: AdmissionAttributes) => definition.group === '' && definition.resource === 'namespaces'

function inScope(scope: string, attributes: AdmissionAttributes): boolean {
  if (scope === '*') return true
  const namespaced = !isNamespace(attributes) && attributes.namespace !== ''
  return scope === 'Namespaced' ? namespaced : scope === 'Cluster' ? !namespaced : false
}

function matchesObject({ object, oldObject }: AdmissionAttributes, selector: LabelSelector): boolean {
  if (selector.empty) return true
  return [object, oldObject].some((each) => each !== undefined && selector.matches(each.metadata?.labels))
}

function matchesNamespace(attributes: AdmissionAttributes, selector: LabelSelector, { lookup }: AdmissionSource): boolean {
  const { namespace, object, operation, subresource } = attributes
  const ofNamespaces = attributes.definition.resource === 'namespaces'
  if ((namespace === '' && !ofNamespaces) || selector.empty) return true
  if (ofNamespaces && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'))
    return selector.matches(object!.metadata.labels)
  const found: KubeObject | undefined = lookup({ group: '', resource: 'namespaces' }, '', namespace)
  if (found === undefined) throw newNotFound({ group: '', resource: 'namespaces' }, namespace)
  return selector.matches(found.metadata.labels)
}

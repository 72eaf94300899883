import { quote } from '../../apimachinery/quote.ts'
import type { Attributes } from '../attributes.ts'
import { matches, nameMatches, type PolicyRule, resourceMatches, urlMatches } from '../rbac/policy-rule.ts'

export type LackingPart = 'verb' | 'apiGroup' | 'resource' | 'subresource' | 'name' | 'url' | 'namespace' | 'subject'

/** What keeps a rule from allowing a request: one part of it. */
export interface Lack {
  part: LackingPart
  /** As in "lacks …". */
  text: string
}

/** What a rule lacks for a request, nothing if it allows it. Undefined for a rule of another sort: of URLs for a resource, or the reverse. */
export function lacksOf(rule: PolicyRule, attributes: Attributes): Lack[] | undefined {
  const ofUrls = (rule.nonResourceURLs ?? []).length > 0
  if (ofUrls === attributes.resourceRequest) return undefined
  const verb: Lack[] = matches(rule.verbs, attributes.verb) ? [] : [{ part: 'verb', text: `the verb ${quote(attributes.verb)}` }]
  if (ofUrls) {
    const covered = rule.nonResourceURLs!.some((url) => urlMatches(url, attributes.path))
    return covered ? verb : [...verb, { part: 'url', text: `the path ${quote(attributes.path)}` }]
  }
  return [...verb, ...groupLacks(rule, attributes), ...resourceLacks(rule, attributes), ...nameLacks(rule, attributes)]
}

function groupLacks({ apiGroups }: PolicyRule, { group }: Attributes): Lack[] {
  return matches(apiGroups, group) ? [] : [{ part: 'apiGroup', text: `the API group ${quote(group)}` }]
}

function resourceLacks(rule: PolicyRule, attributes: Attributes): Lack[] {
  if (resourceMatches(rule, attributes)) return []
  const { resource, subresource } = attributes
  if (subresource === '') return [{ part: 'resource', text: `the resource ${quote(resource)}` }]
  const hasParent = (rule.resources ?? []).some((one) => one === resource || one.startsWith(`${resource}/`))
  const text = `the subresource ${quote(`${resource}/${subresource}`)}`
  return [hasParent ? { part: 'subresource', text } : { part: 'resource', text }]
}

function nameLacks(rule: PolicyRule, { name }: Attributes): Lack[] {
  if (nameMatches(rule, name)) return []
  return [{ part: 'name', text: name === '' ? 'requests that name no object' : `the object ${quote(name)}` }]
}

const weights: Record<LackingPart, number> = {
  verb: 1,
  apiGroup: 1,
  subresource: 1,
  name: 1,
  url: 3,
  resource: 3,
  namespace: 1.5,
  subject: 1.5,
}

/** How far from allowing: the smaller the nearer. */
export const distance = (lacks: readonly Lack[]): number => lacks.reduce((sum, { part }) => sum + weights[part], 0)

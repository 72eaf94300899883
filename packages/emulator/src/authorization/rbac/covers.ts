import { quoteList } from '../../apimachinery/quote.ts'
import type { PolicyRule } from './policy-rule.ts'

/** Those of the rules' single permissions that the owner's rules do not hold (component-helpers, auth/rbac/validation). */
export function uncovered(owner: readonly PolicyRule[], rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.flatMap(breakDown).filter((single) => !owner.some((rule) => covers(rule, single)))
}

/** A rule as single permissions: one verb on one resource, or object, or URL. */
export function breakDown({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): PolicyRule[] {
  const names = (resourceNames ?? []).length === 0 ? [undefined] : resourceNames!
  const singles: PolicyRule[] = []
  for (const apiGroup of apiGroups ?? []) {
    for (const resource of resources ?? []) {
      for (const verb of verbs ?? []) {
        for (const name of names) {
          const named = name === undefined ? {} : { resourceNames: [name] }
          singles.push({ apiGroups: [apiGroup], resources: [resource], ...named, verbs: [verb] })
        }
      }
    }
  }
  for (const url of nonResourceURLs ?? []) for (const verb of verbs ?? []) singles.push({ nonResourceURLs: [url], verbs: [verb] })
  return singles
}

/** Whether a rule holds a single permission. A star is held by a star alone. */
function covers(owner: PolicyRule, single: PolicyRule): boolean {
  const all = (list: readonly string[] | undefined, wanted: readonly string[] | undefined) =>
    (list ?? []).includes('*') || (wanted ?? []).every((value) => (list ?? []).includes(value))
  const names = owner.resourceNames ?? []
  return (
    all(owner.verbs, single.verbs) &&
    all(owner.apiGroups, single.apiGroups) &&
    (single.resources ?? []).every((resource) => coversResource(owner, resource)) &&
    (names.length === 0 || single.resourceNames?.every((name) => names.includes(name)) === true) &&
    (single.nonResourceURLs ?? []).every((url) => (owner.nonResourceURLs ?? []).some((pattern) => coversUrl(pattern, url)))
  )
}

function coversResource({ resources = [] }: PolicyRule, resource: string): boolean {
  if (resources.includes('*') || resources.includes(resource)) return true
  const slash = resource.indexOf('/')
  return slash >= 0 && resources.includes(`*${resource.slice(slash)}`)
}

function coversUrl(pattern: string, url: string): boolean {
  return pattern === url || (pattern.endsWith('*') && url.startsWith(pattern.replace(/\*+$/, '')))
}

/** Single permissions as an error lists them: one resource or object a line with all its verbs, sorted. */
export function listPermissions(singles: readonly PolicyRule[]): string {
  const lines: string[] = []
  const verbsOf = new Map<string, PolicyRule>()
  for (const single of singles) {
    if (single.nonResourceURLs !== undefined) lines.push(showRule(single))
    else {
      const key = JSON.stringify([single.apiGroups, single.resources, single.resourceNames])
      const seen = verbsOf.get(key)
      verbsOf.set(key, seen === undefined ? single : { ...seen, verbs: [...seen.verbs, ...single.verbs] })
    }
  }
  return [...new Set([...lines, ...[...verbsOf.values()].map(showRule)])].sort().join('\n')
}

function showRule({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ]
  const shown = parts.flatMap(([title, list]) => (list === undefined || list.length === 0 ? [] : [`${title}:${quoteList(list)}`]))
  return `{${shown.join(', ')}}`
}

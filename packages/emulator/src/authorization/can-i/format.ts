import type { Decision } from '../attributes.ts'
import type { UserRules } from '../rbac/authorizer.ts'
import { breakDown } from '../rbac/covers.ts'
import type { PolicyRule } from '../rbac/policy-rule.ts'

/** `yes`, or `no` and why, as `kubectl auth can-i` prints it. */
export function formatAnswer({ verdict, reason, evaluationError = '' }: Decision): string {
  if (verdict === 'allow') return 'yes'
  return ['no', reason, evaluationError].filter((part) => part !== '').join(' - ')
}

/** Warnings as kubectl prints them on standard error. */
export const formatWarnings = (warnings: readonly string[]): string => warnings.map((warning) => `Warning: ${warning}\n\n`).join('')

const header = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']
const columnGap = 3

/** All that a user may do in a namespace, as `kubectl auth can-i --list` prints it, with a final newline. */
export function formatRules({ resourceRules, nonResourceRules }: UserRules, withHeader = true): string {
  const rules = compact([...resourceRules, ...nonResourceRules].flatMap((rule) => breakDown(rule as PolicyRule)))
  rules.sort((a, b) => compare(sortKey(a), sortKey(b)))
  const rows = [...(withHeader ? [header] : []), ...rules.map(row)]
  const widths = header.map((_, column) => Math.max(0, ...rows.map((cells) => cells[column]!.length)) + columnGap)
  const last = header.length - 1
  return rows.map((cells) => `${cells.map((cell, i) => (i === last ? cell : cell.padEnd(Math.max(widths[i]!, 6)))).join('')}\n`).join('')
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const list = (words: readonly string[] | undefined) => `[${(words ?? []).join(' ')}]`

/** The order of kubectl: that of the rule's text, field by field. */
const sortKey = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule) =>
  `Verbs:${list(verbs)},APIGroups:${list(apiGroups)},Resources:${list(resources)},ResourceNames:${list(resourceNames)},NonResourceURLs:${list(nonResourceURLs)}`

const row = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule) => [
  combine(resources?.[0], apiGroups?.[0]),
  list(nonResourceURLs),
  list(resourceNames),
  list(verbs),
]

/** `deployments.apps/scale`: the group goes with the resource, before the subresource. */
function combine(resource: string | undefined, group: string | undefined): string {
  if (resource === undefined) return ''
  const slash = resource.indexOf('/')
  const [parent, rest] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)]
  return `${parent}${group ? `.${group}` : ''}${rest}`
}

/** Single permissions on one resource, or object, become one with all their verbs; URLs stay apart. */
function compact(singles: readonly PolicyRule[]): PolicyRule[] {
  const byResource = new Map<string, PolicyRule>()
  for (const single of singles) {
    if (single.nonResourceURLs !== undefined) continue
    const key = JSON.stringify([single.apiGroups, single.resources, single.resourceNames])
    const seen = byResource.get(key)
    const verbs = [...new Set([...(seen?.verbs ?? []), ...single.verbs])]
    byResource.set(key, { ...single, verbs })
  }
  return [...singles.filter(({ nonResourceURLs }) => nonResourceURLs !== undefined), ...byResource.values()]
}

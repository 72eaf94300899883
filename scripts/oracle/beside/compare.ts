import type { Answer, Step } from '../../../test/conformance/variants/replay.ts'
import type { Part } from './area.ts'

/** Headers that clients act upon. */
const compared = [
  'content-type',
  'warning',
  'allow',
  'location',
  'cache-control',
  'retry-after',
  'www-authenticate',
  'vary',
  'x-content-type-options',
]

export interface Received {
  answer: Answer
  headers: Headers
}

/** What differs, as lines `path: theirs | ours`; none if nothing. */
export function differences(theirs: Received, ours: Received, step: Step, namespace: string): string[] {
  // The real server's handler panicked.
  if (theirs.answer.status === 0) return []
  const scrub = scrubberOf(step)
  const lines = compared.flatMap((name) => {
    const [their, our] = [theirs, ours].map(({ headers }) => inOrder(scrub(headers.get(name) ?? '')))
    return their === our ? [] : [`header ${name}: ${their} | ${our}`]
  })
  const [their, our] = [theirs, ours].map(({ answer: { status, body } }) => ({
    status,
    body: unordered(settle(own(events(body), step, namespace), '', scrub)),
  }))
  walk(their, our, '', lines)
  return lines
}

/** Fields that a patch by pointers brought, and a kind does not know, come in the order of a Go map. */
const inOrder = (text: string) => (text.includes('unknown field') ? text.split(', 299 - ').sort().join(', ') : text)

function walk(theirs: Part, ours: Part, path: string, lines: string[]): void {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return
  const both = [theirs, ours].every((value) => typeof value === 'object' && value !== null)
  if (!both || Array.isArray(theirs) !== Array.isArray(ours)) {
    lines.push(`${path.slice(1)}: ${JSON.stringify(theirs)} | ${JSON.stringify(ours)}`)
    return
  }
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) walk(theirs[key], ours[key], `${path}.${key}`, lines)
}

/** Errors of one field, and conflicts, which often come in the order of a Go map's keys or of the second, in an order of their own. */
function unordered(body: Part): Part {
  if (body?.kind === 'SelfSubjectRulesReview' && body.status?.resourceRules) return withSortedRules(body)
  if (body?.kind !== undefined && body.kind !== 'Status') return body
  const message =
    typeof body?.message === 'string'
      ? body.message
          .split(/[[\],\s]+/)
          .sort()
          .join(' ')
      : body?.message
  const causes: Part[] | undefined = body?.details?.causes
  if (causes === undefined) return typeof body === 'object' && body !== null ? { ...body, message } : body
  const fields = causes.map(({ field }) => mapOf(field))
  // Schemas have their properties in Go maps, limits what they limit.
  const bySchema =
    body.details.kind === 'LimitRange' || body.details.group === 'apiextensions.k8s.io' || body.details.group?.startsWith('beside-')
  const rank = body.reason === 'Conflict' || bySchema ? () => 0 : ({ field }: Part) => fields.indexOf(mapOf(field))
  const text = (cause: Part) => JSON.stringify(cause)
  const sorted = causes.toSorted((a, b) => rank(a) - rank(b) || (text(a) < text(b) ? -1 : 1))
  return { ...body, message, details: { ...body.details, causes: sorted } }
}

/** A field, or the map whose entry it is; of resources, one loop looks at requests and asks for limits. */
const mapOf = (field = '') => field.replace(/\.(requests|limits)(\[[^\]]*\])?$/, '').replace(/\[([^\]\d][^\]]*)?\]$/, '')

/** The events of a watch without those bookmarks that come when the server's clock has it so. */
function events(body: Part): Part {
  const all: Part[] = Array.isArray(body) ? body : body?.type !== undefined && body.object !== undefined ? [body] : []
  if (all.length === 0) return body
  return all.filter(({ type, object }) => type !== 'BOOKMARK' || object?.metadata?.annotations !== undefined)
}

/** Rules come in the order of a Go map's bindings. */
function withSortedRules(review: Part): Part {
  const sorted = (rules: Part[]) => rules.map((rule) => JSON.stringify(rule)).sort()
  const { resourceRules, nonResourceRules, ...status } = review.status
  return { ...review, status: { ...status, resourceRules: sorted(resourceRules), nonResourceRules: sorted(nonResourceRules) } }
}

/** A list of all namespaces without what is in others than the rounds'. */
function own(body: Part, { path }: Step, own: string): Part {
  if (/\/namespaces\/[^/.%]+\/|\/namespaces\/[A-Z]/.test(path) || body === null) return body
  if (typeof body !== 'object') return typeof body === 'string' && /^apiVersion: .*\nitems:/.test(body) ? '<list>' : body
  const isOwn = (item: Part) => {
    const { namespace, name } = item?.metadata ?? item?.object?.metadata ?? {}
    return namespace === undefined ? !/^beside-/.test(name ?? '') : namespace === own && name !== 'kube-root-ca.crt'
  }
  const { remainingItemCount: _, ...metadata } = body.metadata ?? {}
  const lists = ['items', 'rows'].filter((list) => Array.isArray(body[list]))
  if (lists.length === 0) return body
  return { ...body, metadata, ...Object.fromEntries(lists.map((list) => [list, body[list].filter(isOwn)])) }
}

/** What chance or the server's own state makes, replaced by what it is. */
function settle(value: Part, key: string, scrub: (text: string) => string): Part {
  if (Array.isArray(value)) return value.map((each) => settle(each, key, scrub))
  // Who publishes it is no part of the API server.
  if (value?.metadata?.name === 'kube-root-ca.crt') return '<kube-root-ca.crt>'
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, settle(member, name, scrub)]))
  if (/^(nodePort|healthCheckNodePort)$/.test(key) && value > 0) return '<port>'
  return typeof value === 'string' ? scrub(value) : value
}

function scrubberOf({ body }: Step): (text: string) => string {
  const prefix = (body as Part)?.metadata?.generateName
  const generated = typeof prefix === 'string' && prefix !== '' ? prefix.slice(0, 58) : undefined
  return (text) => {
    const shown = text
      .replace(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs, '<certificate>')
      .replace(/ {4}managedFields:\n(?: {4}[- ].*\n)*(?= {4}name: kube-root-ca\.crt)/g, '')
      .replace(/kube-api-access-\w{5}/g, 'kube-api-access-<random>')
      .replace(/\b10\.96\.\d+\.\d+\b/g, '<ip>')
      .replace(/127\.0\.0\.1:\d+/g, '<server>')
      .replace(/selfType\d+/g, 'selfType')
      .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "<rv>"')
      .replace(/((?:healthCheckN|n)odePort\\*":)\d+/g, '$1<port>')
      .replace(/(NodePort:|duplicate nodePort: \{TCP )3\d{4}/g, '$1<port>')
      .replace(/(?<=\bcontinue: )ey[\w-]+/g, '<continue>')
      .replace(/\b(\d+):3\d{4}\/(TCP|UDP|SCTP)/g, '$1:<port>/$2')
      .replace(
        /(in precondition \(|in record \(|ResourceVersion in precondition: |ResourceVersion in the precondition \(|ResourceVersion in object meta: )\d+/g,
        '$1<rv>',
      )
      // Of several bindings that allow it, the server tells of any.
      .replace(/RBAC: allowed by .*/, 'RBAC: allowed')
    if (generated === undefined) return shown
    const parts = shown.split(generated)
    return parts.map((part, index) => (index === 0 ? part : part.replace(/^[bcdfghjklmnpqrstvwxz2456789]{5}/, '<random>'))).join(generated)
  }
}

/** What kind of difference it is: alike for requests that differ for the same reason. */
export function kindOf(method: string, path: string, lines: readonly string[]): string {
  const resource = path
    .split('?')[0]!
    .replace(/\/namespaces\/[^/]+/, '')
    .split('/')
    .slice(0, 5)
    .join('/')
  const [first = ''] = lines.filter((line) => !/^(body\.code|status|body\.reason)/.test(line)).concat(lines)
  const shown = first.replace(/\d+/g, '0').replace(/"[^"\\]*"/g, '""')
  return `${method} ${resource}: ${shown.slice(0, 160)}`
}

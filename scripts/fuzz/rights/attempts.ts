import fc from 'fast-check'
import type { Asked, Rule } from './allowed.ts'
import type { Grants } from './grants.ts'
import { draft, objectOf, subresourceOf } from './objects.ts'
import { names, resources } from './vocabulary.ts'

/** One request of somebody who has some rights. `{ns}` stands for the namespace of the run, `{other}` for that of somebody else. */
export interface Attempt {
  asked: Asked
  /** What is written, by kind; undefined for what is only read or deleted, and for subresources. */
  kind?: string
  method: string
  path: string
  headers: (readonly [name: string, value: string])[]
  body?: string
  impersonates?: Impersonation
  /** Told how it is odd, if it is: then a server may take it for another request, or for none. */
  odd?: string
}

export interface Impersonation {
  user?: string
  groups?: string[]
  uid?: string
  scopes?: string
}

const methods: Record<string, string> = {
  ...{ get: 'GET', list: 'GET', watch: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', apply: 'PATCH' },
  ...{ delete: 'DELETE', deletecollection: 'DELETE' },
}
const patchTypes = ['merge-patch', 'strategic-merge-patch', 'json-patch', 'merge-patch']

const anyPlan = fc.record({
  resource: fc.constantFrom(...resources),
  verb: fc.constantFrom('get', 'list', 'watch', 'create', 'update', 'patch', 'apply', 'delete', 'deletecollection', 'create', 'patch'),
  subresource: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
  version: fc.nat(5),
  name: fc.constantFrom(...names),
  where: fc.constantFrom(...['{ns}', '{ns}', '{ns}', '{ns}', '{ns}', '{ns}', '{ns}', '{other}', '{other}', '']),
  draft,
  query: fc.nat(11),
  patchType: fc.nat(3),
})
type AnyPlan = typeof anyPlan extends fc.Arbitrary<infer Value> ? Value : never
interface Plan extends Omit<AnyPlan, 'subresource' | 'verb'> {
  verb: string
  /** Empty for the object itself. */
  below: string
}

const plan = anyPlan.map(({ subresource, ...rest }): Plan => {
  const { subresources } = rest.resource
  const below =
    subresource === 0 || rest.verb === 'deletecollection' ? '' : (subresources[subresource % Math.max(1, subresources.length)] ?? '')
  return { ...rest, below }
})

/** Most attempts use a right that is there, or one that is near to it. */
function planFor(grants: Grants): fc.Arbitrary<Plan> {
  const rules = [...grants.inNamespace, ...grants.everywhere]
  const own = fc
    .record({ rule: fc.constantFrom(...rules), planned: plan, verb: fc.nat(9), name: fc.nat(9) })
    .map(({ rule, planned, verb, name }) => narrowed(planned, rule, verb, name))
  return fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: plan })
}

function narrowed(
  planned: Plan,
  { verbs, apiGroups = [], resources: [named = ''] = [], resourceNames = [] }: Rule,
  verb: number,
  name: number,
): Plan {
  const [plain, below = ''] = named.split('/')
  const known = resources.filter(
    (each) =>
      (each.name === plain || (plain === '*' && each.subresources.includes(below))) &&
      (apiGroups.includes('*') || apiGroups.includes(each.group)),
  )
  const resource = known[verb % Math.max(1, known.length)]
  if (resource === undefined) return planned
  const own = verbs[verb % verbs.length]!
  return {
    ...planned,
    resource,
    below: planned.below === '' || resource.subresources.includes(planned.below) ? (verb < 8 ? below : planned.below) : below,
    verb: verb === 9 || own === '*' || !(own in methods) ? planned.verb : own === 'patch' && name > 6 ? 'apply' : own,
    name:
      name < 7 && resourceNames.length > 0
        ? resourceNames[name % resourceNames.length]!
        : name === 9
          ? planned.name
          : (existing[resource.name] ?? planned.name),
  }
}

/** Names of objects that are there from the beginning. */
const existing: Record<string, string> = {
  ...{ secrets: 'secret', configmaps: 'secret', serviceaccounts: 'boss', pods: 'a', services: 'a', events: 'a', deployments: 'a' },
  ...{ horizontalpodautoscalers: 'a', roles: 'user', rolebindings: 'user', clusterroles: 'user', certificatesigningrequests: 'a' },
}

/** A request in its usual form. */
function attemptOf(planned: Plan): Attempt {
  const { resource, verb } = planned
  const sub = planned.below
  const version = resource.versions[planned.version % resource.versions.length]!
  const onCollection = ['list', 'watch', 'deletecollection'].includes(verb) && sub === ''
  const isCreated = verb === 'create' && sub === ''
  const named = nameOf(planned)
  const query = queryOf(planned, onCollection)
  const asked: Asked = {
    verb:
      verb === 'apply'
        ? 'patch'
        : sub !== '' && ['list', 'watch'].includes(verb)
          ? 'get'
          : sub !== '' && verb === 'deletecollection'
            ? 'delete'
            : verb,
    group: resource.group,
    resource: sub === '' ? resource.name : `${resource.name}/${sub}`,
    namespace: resource.name === 'namespaces' ? (onCollection || isCreated ? '' : named) : resource.namespaced ? planned.where : '',
    name: isCreated ? '' : onCollection ? (/^fieldSelector=metadata.name==?([a-z-]+)/.exec(query)?.[1] ?? '') : named,
  }
  if (verb === 'deletecollection' && sub === '') asked.name = ''
  const place = resource.namespaced && planned.where !== '' ? `namespaces/${planned.where}/` : ''
  const start = resource.group === '' ? '/api/v1' : `/apis/${resource.group}/${version}`
  const rest = onCollection || isCreated ? '' : `/${named}${sub === '' ? '' : `/${sub}`}`
  const full = [...(verb === 'watch' ? ['watch=1&timeoutSeconds=1'] : []), ...(query === '' ? [] : [query])]
  const path = `${start}/${place}${resource.name}${rest}${full.length === 0 ? '' : `?${full.join('&')}`}`
  const written = bodyOf(planned, sub, version, named)
  return {
    asked,
    ...(sub === '' && written !== undefined ? { kind: resource.kind } : {}),
    method: methods[verb]!,
    path,
    headers: written === undefined ? [] : [['Content-Type', written.type]],
    ...(written === undefined ? {} : { body: written.text }),
  }
}

/** What is for the whole cluster has names of its own, lest one run meets another's. */
function nameOf({ resource, name, where }: Plan): string {
  if (resource.name === 'namespaces') return where === '' ? '{ns}' : where
  return resource.namespaced ? name : `{ns}-${name}`
}

function queryOf({ verb, query, name, draft: { flavour } }: Plan, onCollection: boolean): string {
  if (verb === 'apply') return `fieldManager=m${flavour % 2 === 0 ? '&force=true' : ''}`
  if (onCollection && query < 4) {
    const selectors = [
      `metadata.name=${name}`,
      `metadata.name==${name}`,
      `metadata.name!=${name}`,
      `metadata.name=${name},metadata.name!=b`,
    ]
    return `fieldSelector=${selectors[query]}`
  }
  if (['create', 'update', 'patch', 'delete'].includes(verb) && query === 4) return 'dryRun=All'
  return onCollection && verb === 'list' && query === 5
    ? 'limit=1'
    : onCollection && verb === 'list' && query === 6
      ? 'resourceVersion=0'
      : ''
}

function bodyOf({ resource, verb, draft: given, patchType }: Plan, sub: string, version: string, name: string) {
  if (!['create', 'update', 'patch', 'apply'].includes(verb)) return undefined
  const apiVersion = resource.group === '' ? 'v1' : `${resource.group}/${version}`
  const typed = { apiVersion, kind: resource.kind }
  const flavoured = resource.group === 'events.k8s.io' ? 'events' : version
  const object =
    sub === ''
      ? { ...typed, ...objectOf(resource.kind, name, flavoured, given) }
      : { ...typed, ...subresourceOf(`${resource.name}/${sub}`, name, given) }
  if (sub === 'scale') Object.assign(object, { apiVersion: 'autoscaling/v1', kind: 'Scale' })
  if (sub === 'token') Object.assign(object, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' })
  if (sub === 'binding') Object.assign(object, { kind: 'Binding' })
  if (sub === 'eviction') Object.assign(object, { apiVersion: 'policy/v1', kind: 'Eviction' })
  if (verb === 'apply') return { type: 'application/apply-patch+yaml', text: JSON.stringify(object) }
  if (verb !== 'patch') return { type: 'application/json', text: JSON.stringify(object) }
  const type = patchTypes[patchType]!
  return { type: `application/${type}+json`, text: JSON.stringify(type === 'json-patch' ? asJsonPatch(object) : withoutOwn(object)) }
}

type Body = Record<string, unknown> & { metadata?: Record<string, unknown> }

function withoutOwn({ apiVersion: _, kind: __, metadata: { name: ___, ...metadata } = {}, ...rest }: Body) {
  return { metadata, ...rest }
}

function asJsonPatch(object: Body) {
  const { metadata = {}, ...rest } = withoutOwn(object)
  return [
    ...Object.entries(metadata).map(([key, value]) => ({ op: 'add', path: `/metadata/${key}`, value })),
    ...Object.entries(rest).map(([key, value]) => ({ op: 'add', path: `/${key}`, value })),
  ]
}

const impersonation: fc.Arbitrary<Impersonation> = fc.record(
  {
    user: fc.constantFrom('system:serviceaccount:{ns}:boss', 'system:serviceaccount:{ns}:nobody', 'alice', 'system:admin', 'system:node:x'),
    groups: fc.subarray(['system:masters', 'system:serviceaccounts', 'system:nodes'], { maxLength: 2 }),
    uid: fc.constantFrom('x', ''),
    scopes: fc.constant('x'),
  },
  { requiredKeys: [] },
)

function impersonating(attempt: Attempt, who: Impersonation): Attempt {
  const headers: [string, string][] = [
    ...(who.user === undefined ? [] : [['Impersonate-User', who.user] as [string, string]]),
    ...(who.groups ?? []).map((group): [string, string] => ['Impersonate-Group', group]),
    ...(who.uid === undefined ? [] : [['Impersonate-Uid', who.uid] as [string, string]]),
    ...(who.scopes === undefined ? [] : [['Impersonate-Extra-Scopes', who.scopes] as [string, string]]),
  ]
  return headers.length === 0 ? attempt : { ...attempt, impersonates: who, headers: [...attempt.headers, ...headers] }
}

/** Replaces the nth match, counted round. */
function replaceNth(text: string, what: RegExp, by: (found: string) => string, nth: number): string {
  const count = [...text.matchAll(what)].length
  let at = 0
  return text.replaceAll(what, (found) => (at++ === nth % Math.max(1, count) ? by(found) : found))
}

const encoded = (text: string) => `%${text.charCodeAt(0).toString(16).padStart(2, '0')}`
const header =
  (...added: [string, string][]) =>
  (attempt: Attempt): Attempt => ({ ...attempt, headers: [...attempt.headers, ...added] })
const path =
  (change: (path: string, at: number) => string) =>
  (attempt: Attempt, at: number): Attempt => ({ ...attempt, path: change(attempt.path, at) })

/** Ways to ask for one thing and to look like another. */
const oddities: Record<string, (attempt: Attempt, at: number) => Attempt> = {
  'a character is encoded': path((text, at) => replaceNth(text, /[a-z](?![^{]*\})/g, encoded, at)),
  'a slash is encoded': path((text, at) => replaceNth(text, /(?<=.)\//g, () => '%2f', at)),
  'a slash is doubled': path((text, at) => replaceNth(text, /\//g, () => '//', at)),
  'a dot between': path((text, at) => replaceNth(text, /\//g, () => '/./', at)),
  'a way back': path((text, at) => replaceNth(text, /\//g, () => '/configmaps/../', at)),
  'an encoded way back': path((text, at) => replaceNth(text, /\//g, () => '/own/%2e%2e/', at)),
  'a slash behind': path((text) => text.replace(/(\?|$)/, '/$1')),
  'a capital': path((text, at) => replaceNth(text, /[a-z](?![^{]*\})/g, (letter) => letter.toUpperCase(), at)),
  'a parameter in a segment': path((text, at) => replaceNth(text, /(?<=.)\//g, () => ';a=b/', at)),
  'a NUL': path((text) => text.replace(/(\?|$)/, '%00$1')),
  'a watch by its path': path((text) => text.replace(/^\/(api\/v1|apis\/[^/]+\/[^/]+)\//, '/$1/watch/')),
  'a proxy by its path': path((text) => text.replace(/^\/api\/v1\//, '/api/v1/proxy/')),
  'a parameter twice': path(
    (text) => `${text}${text.includes('?') ? '&' : '?'}watch=0&watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Down`,
  ),
  'an absolute form': path((text) => `https://kubernetes${text}`),
  'a fragment': path((text) => `${text}#/own`),
  'another method in a header': header(['X-HTTP-Method-Override', 'GET'], ['X-HTTP-Method', 'GET'], ['X-Method-Override', 'GET']),
  'another path in a header': header(['X-Original-URL', '/version'], ['X-Rewrite-URL', '/version']),
  'a front proxy': header(['X-Remote-User', 'admin'], ['X-Remote-Group', 'system:masters']),
  'a second credential': header(['Authorization', 'Bearer admin']),
  'hop by hop': header(['Connection', 'Authorization, Impersonate-User']),
  'an impersonated group alone': header(['Impersonate-Group', 'system:masters']),
  'an impersonated extra that is none': header(['Impersonate-Extra-', 'x']),
  'an underscore': header(['Impersonate_User', 'system:admin'], ['Impersonate_Group', 'system:masters']),
  'a HEAD': (attempt) => ({ ...attempt, method: 'HEAD' }),
  'a method in small letters': (attempt) => ({ ...attempt, method: attempt.method.toLowerCase() }),
}

/** All of one run, one after another. */
export function attemptsFor(grants: Grants): fc.Arbitrary<Attempt[]> {
  const usual = planFor(grants).map(attemptOf)
  const odd = fc
    .tuple(usual, fc.constantFrom(...Object.keys(oddities)), fc.nat(50))
    .map(([attempt, how, at]): Attempt => ({ ...oddities[how]!(attempt, at), odd: how }))
  const impersonated = fc.tuple(usual, impersonation).map(([attempt, who]) => impersonating(attempt, who))
  return fc.array(fc.oneof({ weight: 12, arbitrary: usual }, { weight: 2, arbitrary: impersonated }, { weight: 4, arbitrary: odd }), {
    minLength: 15,
    maxLength: 40,
    size: 'max',
  })
}

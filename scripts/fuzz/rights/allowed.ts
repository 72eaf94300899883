// What rules allow, told in as few words as can be: it is there to be right, and shares nothing with the server's own evaluator.

export interface Rule {
  verbs: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
}

/** What a request asks for. */
export interface Asked {
  verb: string
  group: string
  /** With its subresource, as in `pods/status`. */
  resource: string
  /** Empty for what is in no namespace, and for all namespaces. */
  namespace: string
  /** Empty if none is named. */
  name: string
}

/** The rules that somebody has in one namespace, and those for the whole cluster. */
export interface Rights {
  namespace: string
  inNamespace: readonly Rule[]
  everywhere: readonly Rule[]
}

export const rulesAt = (rights: Rights, namespace: string): readonly Rule[] =>
  namespace === rights.namespace ? [...rights.inNamespace, ...rights.everywhere] : rights.everywhere

export function isAllowed(rights: Rights, asked: Asked): boolean {
  return rulesAt(rights, asked.namespace).some((rule) => ruleAllows(rule, asked))
}

function ruleAllows({ verbs, apiGroups = [], resources = [], resourceNames = [] }: Rule, { verb, group, resource, name }: Asked): boolean {
  const [, subresource] = resource.split('/')
  return (
    (verbs.includes('*') || verbs.includes(verb)) &&
    (apiGroups.includes('*') || apiGroups.includes(group)) &&
    (resources.includes('*') || resources.includes(resource) || (subresource !== undefined && resources.includes(`*/${subresource}`))) &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  )
}

/** Whether all that `wanted` allows is allowed by one of `owned`: what somebody may give to others. */
export function covers(owned: readonly Rule[], wanted: readonly Rule[]): boolean {
  return wanted.flatMap(takeApart).every((single) => owned.some((rule) => coversSingle(rule, single)))
}

interface Single {
  verb: string
  group?: string
  resource?: string
  name?: string
  url?: string
}

function takeApart({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): Single[] {
  const names = resourceNames.length === 0 ? [''] : resourceNames
  return verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) => resources.flatMap((resource) => names.map((name) => ({ verb, group, resource, name })))),
    ...nonResourceURLs.map((url) => ({ verb, url })),
  ])
}

function coversSingle(rule: Rule, { verb, group, resource, name, url }: Single): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(verb)) return false
  const urls = rule.nonResourceURLs ?? []
  if (url !== undefined) return urls.some((own) => own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1))))
  return ruleAllows({ ...rule, verbs: ['*'] }, { verb, group: group!, resource: resource!, namespace: '', name: name! })
}

/** Whose requests, and which, a FlowSchema is for (flowcontrol/validation). */
import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import { type Fields, isDNS1123Label, validateDNS1123Label, validateDNS1123Subdomain } from '../../apimachinery/validation/index.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const subjectKinds: Record<string, string> = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' }

export function validateFlowRule({ subjects, resourceRules, nonResourceRules }: Fields, path: FieldPath): FieldError[] {
  const [who, resources, urls]: Fields[][] = [subjects ?? [], resourceRules ?? [], nonResourceRules ?? []]
  const nothing = resources!.length === 0 && urls!.length === 0
  return [
    ...(who!.length === 0 ? [required(path.child('subjects'), 'subjects must contain at least one value')] : []),
    ...who!.flatMap((subject, i) => validateSubject(subject, path.child('subjects').index(i))),
    ...(nothing ? [required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
    ...resources!.flatMap((rule, i) => validateResourceRule(rule, path.child('resourceRules').index(i))),
    ...urls!.flatMap((rule, i) => validateNonResourceRule(rule, path.child('nonResourceRules').index(i))),
  ]
}

function validateSubject(subject: Fields, path: FieldPath): FieldError[] {
  const { kind = '' } = subject
  const own = subjectKinds[kind]
  if (own === undefined) return [notSupported(path.child('kind'), kind, Object.keys(subjectKinds))]
  // The server looks at the others in the order service account, user, group.
  const others = ['ServiceAccount', 'User', 'Group'].filter((other) => other !== kind && subject[subjectKinds[other]!])
  return [
    ...validateOwnSubject(subject[own], kind, path.child(own)),
    ...others.map((other) => {
      const field = subjectKinds[other]!
      return forbidden(path.child(field), `${field} is forbidden when subject kind is not '${other}'`)
    }),
  ]
}

function validateOwnSubject(subject: Fields | undefined, kind: string, path: FieldPath): FieldError[] {
  if (!subject) return [required(path, `${subjectKinds[kind]} is required when subject kind is '${kind}'`)]
  const { name = '', namespace = '' } = subject
  if (name === '' && kind !== 'ServiceAccount') return [required(path.child('name'))]
  if (kind !== 'ServiceAccount') return []
  const namespacePath = path.child('namespace')
  return [
    ...(name === '' ? [required(path.child('name'))] : name === '*' ? [] : validateDNS1123Subdomain(name, path.child('name'))),
    ...(namespace === ''
      ? [required(namespacePath, 'must specify namespace for service account')]
      : validateDNS1123Label(namespace, namespacePath)),
  ]
}

/** `*` stands alone. */
const mixedWildcard = (values: string[], path: FieldPath, what: string): FieldError[] =>
  values.length > 1 && values.includes('*') ? [invalid(path, values, `if '*' is present, must not specify other ${what}`)] : []

function validateVerbs(list: string[], path: FieldPath): FieldError[] {
  if (list.length === 0) return [required(path, 'verbs must contain at least one value')]
  if (list.includes('*')) return mixedWildcard(list, path, 'verbs')
  return list.every((verb) => verbs.includes(verb)) ? [] : [notSupported(path, list, verbs)]
}

function validateResourceRule(rule: Fields, path: FieldPath): FieldError[] {
  const [groups, resources, namespaces]: string[][] = [rule['apiGroups'] ?? [], rule['resources'] ?? [], rule['namespaces'] ?? []]
  const nowhere = 'resource rules that are not cluster scoped must supply at least one namespace'
  const namespacesPath = path.child('namespaces')
  const badNamespace = (namespace: string, i: number) =>
    isDNS1123Label(namespace).map((text) =>
      invalid(namespacesPath.index(i), namespace, `each member of this list must be '*' or a DNS-1123 label; ${text}`),
    )
  return [
    ...validateVerbs(rule['verbs'] ?? [], path.child('verbs')),
    ...(groups!.length === 0 ? [required(path.child('apiGroups'), 'resource rules must supply at least one api group')] : []),
    ...mixedWildcard(groups!, path.child('apiGroups'), 'api groups'),
    ...(resources!.length === 0 ? [required(path.child('resources'), 'resource rules must supply at least one resource')] : []),
    ...mixedWildcard(resources!, path.child('resources'), 'resources'),
    ...(namespaces!.length === 0 && !rule['clusterScope'] ? [required(namespacesPath, nowhere)] : []),
    ...(namespaces!.includes('*') ? mixedWildcard(namespaces!, namespacesPath, 'namespaces') : namespaces!.flatMap(badNamespace)),
  ]
}

function validateNonResourceRule(rule: Fields, path: FieldPath): FieldError[] {
  const urls: string[] = rule['nonResourceURLs'] ?? []
  const at = path.child('nonResourceURLs')
  const errors = validateVerbs(rule['verbs'] ?? [], path.child('verbs'))
  if (urls.length === 0) return [...errors, required(at, 'nonResourceURLs must contain at least one value')]
  if (urls.includes('*')) return [...errors, ...mixedWildcard(urls, at, 'non-resource URLs')]
  return [
    ...errors,
    ...urls.flatMap((url, i) => {
      const text = nonResourceURLError(url)
      return text === undefined ? [] : [invalid(at.index(i), url, text)]
    }),
  ]
}

function nonResourceURLError(url: string): string | undefined {
  if (url === '') return 'must not be empty'
  if (!url.startsWith('/')) return 'must start with slash'
  if (url.includes(' ')) return 'must not contain white-space'
  if (url.includes('//')) return 'must not contain double slash'
  const wildcards = url.split('*').length - 1
  return wildcards > 1 || (wildcards === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined
}

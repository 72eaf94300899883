/** Which requests webhooks and policies are for (admissionregistration/validation). */
import { duplicate, type FieldError, type FieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import { check, type Fields, pathSegmentName, validateLabelSelector, validateOneOf } from '../../apimachinery/validation/index.ts'

export const failurePolicies = ['Fail', 'Ignore']
export const matchPolicies = ['Equivalent', 'Exact']
export const reinvocationPolicies = ['IfNeeded', 'Never']
const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const mutatingOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE']

export function applyRuleDefaults(rules: Fields[] | null | undefined): void {
  for (const rule of rules ?? []) rule['scope'] ??= '*'
}

/** A list that may hold one `*` and nothing else beside it. */
function validateWildcard(values: string[], path: FieldPath, what: string): FieldError[] {
  const mixed = values.length > 1 && values.includes('*')
  return mixed ? [invalid(path, values, `if '*' is present, must not specify other ${what}`)] : []
}

export function validateRule(rule: Fields, path: FieldPath): FieldError[] {
  const lists = ['operations', 'apiGroups', 'apiVersions'] as const
  const [verbs, groups, versions] = lists.map((name) => (rule[name] ?? []) as string[]) as [string[], string[], string[]]
  const [verbPath, groupPath, versionPath] = lists.map((name) => path.child(name)) as [FieldPath, FieldPath, FieldPath]
  return [
    ...(verbs.length === 0 ? [required(verbPath)] : []),
    ...validateWildcard(verbs, verbPath, 'operations'),
    ...verbs.flatMap((verb, i) => validateOneOf(verb, operations, verbPath.index(i))),
    ...(groups.length === 0 ? [required(groupPath)] : []),
    ...validateWildcard(groups, groupPath, 'API groups'),
    ...(versions.length === 0 ? [required(versionPath)] : []),
    ...validateWildcard(versions, versionPath, 'API versions'),
    ...versions.flatMap((version, i) => (version === '' ? [required(versionPath.index(i))] : [])),
    ...validateResources(rule['resources'] ?? [], path.child('resources')),
    ...(rule['scope'] == null ? [] : validateOneOf(rule['scope'], ['*', 'Cluster', 'Namespaced'], path.child('scope'))),
  ]
}

function validateResources(resources: string[], path: FieldPath): FieldError[] {
  const errors = resources.length === 0 ? [required(path)] : []
  const allSubresourcesOf = new Set<string>()
  const onAllResources = new Set<string>()
  let hasPlain = false
  for (const [i, entry] of resources.entries()) {
    if (entry === '') {
      errors.push(required(path.index(i)))
      continue
    }
    const slash = entry.indexOf('/')
    if (slash < 0) {
      // Only the last entry without a subresource counts.
      hasPlain = entry !== '*'
      continue
    }
    const [resource, subresource] = [entry.slice(0, slash), entry.slice(slash + 1)]
    const clash = (wildcard: string) => invalid(path.index(i), entry, `if '${wildcard}' is present, must not specify ${entry}`)
    if (allSubresourcesOf.has(resource)) errors.push(clash(`${resource}/*`))
    if (onAllResources.has(subresource)) errors.push(clash(`*/${subresource}`))
    if (subresource === '*') allSubresourcesOf.add(resource)
    if (resource === '*') onAllResources.add(subresource)
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (resources.includes('*') && hasPlain) {
    errors.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"))
  }
  return errors
}

/** Policies and bindings choose requests by resource and selectors. */
export function applyMatchDefaults(match: Fields): void {
  match['matchPolicy'] ??= 'Equivalent'
  match['namespaceSelector'] ??= {}
  match['objectSelector'] ??= {}
  applyRuleDefaults(match['resourceRules'])
  applyRuleDefaults(match['excludeResourceRules'])
}

export function validateMatchResources(match: Fields, path: FieldPath): FieldError[] {
  return [
    ...validateOneOf(match['matchPolicy'], matchPolicies, path.child('matchPolicy')),
    ...validateLabelSelector(match['namespaceSelector'], path.child('namespaceSelector')),
    ...validateLabelSelector(match['objectSelector'], path.child('objectSelector')),
    ...['resourceRules', 'excludeResourceRules'].flatMap((field) =>
      (match[field] ?? []).flatMap((rule: Fields, i: number) => validateNamedRule(rule, path.child(field).index(i))),
    ),
  ]
}

function validateNamedRule(rule: Fields, path: FieldPath): FieldError[] {
  const names: string[] = rule['resourceNames'] ?? []
  const at = path.child('resourceNames')
  return [
    ...names.flatMap((name, i) => [
      ...check((value) => pathSegmentName(value, false), name, at.index(i)),
      ...(names.indexOf(name) < i ? [duplicate(at.index(i), name)] : []),
    ]),
    ...validateRule(rule, path),
  ]
}

/** Mutating policies cannot be for deletions. */
export const validateMutatingOperations = (match: Fields, path: FieldPath): FieldError[] =>
  (match['resourceRules'] ?? []).flatMap((rule: Fields) =>
    (rule['operations'] ?? []).flatMap((verb: string) =>
      validateOneOf(verb, mutatingOperations, path.child('resourceRules', 'operations')),
    ),
  )

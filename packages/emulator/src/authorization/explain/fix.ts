import type { KubeObject } from '../../apimachinery/object.ts'
import { splitServiceAccountUserName } from '../../authentication/service-account-name.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Attributes } from '../attributes.ts'
import type { Binding } from '../rbac/binding-index.ts'
import { type PolicyRule, type RoleRef, rbacGroup, type Subject } from '../rbac/policy-rule.ts'
import { bindingTitle, type Candidate, type Inquiry, roleTitle } from './candidates.ts'
import { formatDocuments, formatYaml } from './yaml.ts'

/** The smallest addition to the manifests that allows the request. */
export interface Fix {
  /** What to do with the YAML. */
  text: string
  yaml: string
  /** The objects as they are with the addition: to be created, or to replace those of their names. */
  objects: KubeObject[]
}

const apiVersion = `${rbacGroup}/v1`

/** Candidates with the nearest first. A subject, a missing role, a binding, a rule: the first of these that is enough. */
export function findFix(inquiry: Inquiry, candidates: readonly Candidate[]): Fix {
  return (
    addSubject(inquiry, candidates) ??
    addMissingRole(inquiry) ??
    addBinding(inquiry, candidates) ??
    addRule(inquiry, candidates) ??
    addRoleAndBinding(inquiry, candidates)
  )
}

const lacksOnly = ({ lacks }: Candidate, part: string) => lacks.length === 1 && lacks[0]!.part === part

function addSubject({ attributes, source }: Inquiry, candidates: readonly Candidate[]): Fix | undefined {
  const found = candidates.find((candidate) => lacksOnly(candidate, 'subject'))
  const object = found && objectOfBinding(source, found.binding)
  if (found === undefined || object === undefined) return undefined
  const subject = subjectFor(attributes.user)
  return {
    text: `add this to subjects of ${bindingTitle(found.binding)}`,
    yaml: formatYaml([subject]),
    objects: [{ ...object, subjects: [...(object.subjects ?? []), subject] }],
  }
}

function objectOfBinding(source: Inquiry['source'], { name, namespace }: Binding): KubeObject | undefined {
  const resource = namespace === '' ? 'clusterrolebindings' : 'rolebindings'
  return find(source, resource, namespace, name)
}

function find(source: Inquiry['source'], resource: string, namespace: string, name: string): KubeObject | undefined {
  for (const object of source.list({ group: rbacGroup, resource }, namespace)) {
    if (object.metadata.name === name && (object.metadata.namespace ?? '') === namespace) return object
  }
  return undefined
}

/** A binding waits for its role: the role alone is missing. */
function addMissingRole({ attributes, resolver }: Inquiry): Fix | undefined {
  const bound = resolver
    .bindingsFor(attributes.user, attributes.namespace)
    .find(({ rules, subject }) => rules === undefined && subject.kind !== 'Group')
  if (bound === undefined) return undefined
  const { roleRef, namespace } = bound.binding
  const role = makeRole(roleRef.kind, roleRef.kind === 'Role' ? namespace : '', roleRef.name, ruleFor(attributes))
  return {
    text: `create the ${roleTitle(bound.binding)} that ${bindingTitle(bound.binding)} names`,
    yaml: formatYaml(role),
    objects: [role],
  }
}

/** The rights are there, but in another namespace. */
function addBinding({ attributes, source }: Inquiry, candidates: readonly Candidate[]): Fix | undefined {
  const { namespace, user } = attributes
  const found = candidates.find((candidate) => lacksOnly(candidate, 'namespace') && candidate.binding.roleRef.kind === 'ClusterRole')
  if (found === undefined || namespace === '') return undefined
  const name = freeName(source, 'rolebindings', namespace, found.binding.name)
  const binding = makeBinding(namespace, name, found.binding.roleRef, subjectFor(user))
  return { text: `bind ${roleTitle(found.binding)} in this namespace, too`, yaml: formatYaml(binding), objects: [binding] }
}

/** A role that is the user's own gets one rule more. */
function addRule({ attributes, source, resolver }: Inquiry, candidates: readonly Candidate[]): Fix | undefined {
  const applied = resolver.bindingsFor(attributes.user, attributes.namespace).map(({ binding, subject }) => ({ binding, subject }))
  const own = [...candidates.filter(({ applies }) => applies), ...applied].filter(({ subject }) => subject.kind !== 'Group')
  const binding = (own.find(({ binding }) => isLocal(attributes, binding)) ?? own.find(({ binding }) => isEditable(source, binding)))
    ?.binding
  if (binding === undefined) return undefined
  const { roleRef, namespace } = binding
  const role = roleRef.kind === 'Role' ? find(source, 'roles', namespace, roleRef.name) : find(source, 'clusterroles', '', roleRef.name)
  if (role === undefined || (!attributes.resourceRequest && namespace !== '')) return undefined
  const rule = ruleFor(attributes, candidates[0])
  return {
    text: `add this to rules of ${roleTitle(binding)}`,
    yaml: formatYaml([rule]),
    objects: [{ ...role, rules: [...(role.rules ?? []), rule] }],
  }
}

const isLocal = ({ resourceRequest }: Attributes, { roleRef }: Binding) => resourceRequest && roleRef.kind === 'Role'

/** Roles of the server's own, or made of others, do not keep what is added. */
function isEditable(source: Inquiry['source'], { roleRef }: Binding): boolean {
  const role = roleRef.kind === 'ClusterRole' ? find(source, 'clusterroles', '', roleRef.name) : undefined
  return role !== undefined && !role.aggregationRule && role.metadata.labels?.['kubernetes.io/bootstrapping'] === undefined
}

function addRoleAndBinding({ attributes, source }: Inquiry, [nearest]: readonly Candidate[]): Fix {
  const { namespace, user } = attributes
  const local = attributes.resourceRequest && namespace !== ''
  const [roles, bindings] = local ? ['roles', 'rolebindings'] : ['clusterroles', 'clusterrolebindings']
  const name = freeName(source, [roles!, bindings!], local ? namespace : '', nameFor(attributes))
  const role = makeRole(local ? 'Role' : 'ClusterRole', local ? namespace : '', name, ruleFor(attributes, nearest))
  const roleRef = { apiGroup: rbacGroup, kind: role.kind, name }
  const binding = makeBinding(local ? namespace : '', name, roleRef, subjectFor(user))
  return { text: `create this ${role.kind} and ${binding.kind}`, yaml: formatDocuments([role, binding]), objects: [role, binding] }
}

function freeName(source: Inquiry['source'], resources: string | readonly string[], namespace: string, wanted: string): string {
  const taken = (name: string) => [resources].flat().some((resource) => find(source, resource, namespace, name) !== undefined)
  let name = wanted
  for (let i = 2; taken(name); i++) name = `${wanted}-${i}`
  return name
}

/** Such as `bot-list-pods`. */
function nameFor({ user, verb, resourceRequest, path, resource, subresource }: Attributes): string {
  const who = splitServiceAccountUserName(user.name)?.name ?? user.name
  const what = resourceRequest ? `${resource}-${subresource}` : path
  const words = `${who}-${verb}-${what}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return (
    words
      .replace(/^-+|-+$/g, '')
      .slice(0, 60)
      .replace(/-+$/, '') || 'allowed'
  )
}

/** One rule for this request alone; for the one object if the nearest rule is for others by name. */
function ruleFor({ verb, resourceRequest, path, group, resource, subresource, name }: Attributes, nearest?: Candidate): PolicyRule {
  if (!resourceRequest) return { nonResourceURLs: [path], verbs: [verb] }
  const named = name !== '' && nearest?.lacks.some(({ part }) => part === 'name') === true
  return {
    apiGroups: [group],
    resources: [subresource === '' ? resource : `${resource}/${subresource}`],
    ...(named ? { resourceNames: [name] } : {}),
    verbs: [verb],
  }
}

function makeRole(kind: string, namespace: string, name: string, rule: PolicyRule): KubeObject {
  return { apiVersion, kind, metadata: { name, ...(namespace === '' ? {} : { namespace }) }, rules: [rule] }
}

function makeBinding(namespace: string, name: string, roleRef: RoleRef, subject: Subject): KubeObject {
  const kind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding'
  return { apiVersion, kind, metadata: { name, ...(namespace === '' ? {} : { namespace }) }, roleRef, subjects: [subject] }
}

function subjectFor({ name }: UserInfo): Subject {
  const account = splitServiceAccountUserName(name)
  return account === undefined
    ? { kind: 'User', apiGroup: rbacGroup, name }
    : { kind: 'ServiceAccount', ...{ name: account.name, namespace: account.namespace } }
}

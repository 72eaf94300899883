import { type FieldError, type FieldPath, fieldPath, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { check, nameIsDNSSubdomain, pathSegmentName } from '../../apimachinery/validation/index.ts'
import { type RoleRef, rbacGroup, type Subject } from '../../authorization/rbac/policy-rule.ts'
import type { Strategy } from '../strategy.ts'
import { validateAsNew } from './metadata.ts'

/** RoleBindings and ClusterRoleBindings (kubernetes, pkg/apis/rbac/validation). */
const bindingStrategy = (namespaced: boolean): Strategy => {
  const validate = (binding: KubeObject) => [...validateRoleRef(roleRefOf(binding), namespaced), ...validateSubjects(binding, namespaced)]
  return {
    // A prefix of generated names is checked as a name, too.
    metadataChecksOnUpdate: [],
    nameRule: (name) => pathSegmentName(name, false),
    allowCreateOnUpdate: true,
    applyDefaults: setApiGroups,
    validate,
    validateUpdate: (binding, old) => [...validateAsNew(binding, old, namespaced, validate(binding)), ...validateSameRole(binding, old)],
  }
}

export const roleBindingStrategy = bindingStrategy(true)
export const clusterRoleBindingStrategy = bindingStrategy(false)

function setApiGroups(binding: KubeObject): void {
  binding.roleRef ??= {}
  if (!binding.roleRef.apiGroup) binding.roleRef.apiGroup = rbacGroup
  for (const subject of (binding.subjects ?? []) as Subject[]) {
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = rbacGroup
  }
}

const roleRefOf = ({ roleRef }: KubeObject): RoleRef => ({
  apiGroup: roleRef?.apiGroup ?? '',
  kind: roleRef?.kind ?? '',
  name: roleRef?.name ?? '',
})

function validateRoleRef({ apiGroup, kind, name }: RoleRef, namespaced: boolean): FieldError[] {
  const path = fieldPath('roleRef')
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  return [
    ...(apiGroup === rbacGroup ? [] : [notSupported(path.child('apiGroup'), apiGroup, [rbacGroup])]),
    ...(kinds.includes(kind) ? [] : [notSupported(path.child('kind'), kind, kinds)]),
    ...(name === '' ? [required(path.child('name'))] : check((value) => pathSegmentName(value, false), name, path.child('name'))),
  ]
}

function validateSubjects({ subjects }: KubeObject, namespaced: boolean): FieldError[] {
  return ((subjects ?? []) as Subject[]).flatMap((subject, i) => validateSubject(subject, namespaced, fieldPath('subjects').index(i)))
}

function validateSubject(
  { kind = '', name = '', apiGroup = '', namespace = '' }: Subject,
  namespaced: boolean,
  path: FieldPath,
): FieldError[] {
  const errors = name === '' ? [required(path.child('name'))] : []
  if (kind === 'ServiceAccount') {
    if (name !== '') errors.push(...check((value) => nameIsDNSSubdomain(value, false), name, path.child('name')))
    if (apiGroup !== '') errors.push(notSupported(path.child('apiGroup'), apiGroup, ['']))
    if (!namespaced && namespace === '') errors.push(required(path.child('namespace')))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== rbacGroup) errors.push(notSupported(path.child('apiGroup'), apiGroup, [rbacGroup]))
  } else {
    errors.push(notSupported(path.child('kind'), kind, ['ServiceAccount', 'User', 'Group']))
  }
  return errors
}

/** Who may change a binding's subjects could otherwise hand out any role. The error shows the fields as Go names them. */
function validateSameRole(binding: KubeObject, old: KubeObject): FieldError[] {
  const [now, before] = [roleRefOf(binding), roleRefOf(old)]
  if (now.apiGroup === before.apiGroup && now.kind === before.kind && now.name === before.name) return []
  return [invalid(fieldPath('roleRef'), { APIGroup: now.apiGroup, Kind: now.kind, Name: now.name }, 'cannot change roleRef')]
}

import type { KubeObject } from '../../apimachinery/object.ts'
import { serviceAccountUserName, type UserInfo } from '../../authentication/user-info.ts'
import type { RoleRef, Subject } from './policy-rule.ts'

/** A RoleBinding or, with an empty namespace, a ClusterRoleBinding. */
export interface Binding {
  name: string
  namespace: string
  roleRef: RoleRef
  subjects: readonly Subject[]
  /** What each subject is found by, in the order of `subjects`; undefined for one that can match nobody. */
  keys: readonly (string | undefined)[]
}

/** A binding that applies to a user, with the first subject through which it does. */
export interface AppliedBinding {
  binding: Binding
  subject: Subject
}

/** The bindings by subject, so that finding those of a user costs nothing for the bindings of others. */
export interface BindingIndex {
  set(object: KubeObject): void
  delete(namespace: string, name: string): void
  /** Those in force for a user in one namespace ('': cluster-wide alone), in the order of their names. */
  appliedTo(user: UserInfo, namespace: string): AppliedBinding[]
  all(): Iterable<Binding>
}

const userKey = (name: string) => `u:${name}`
const groupKey = (name: string) => `g:${name}`

export function toBinding({ metadata, roleRef, subjects }: KubeObject): Binding {
  const namespace = metadata.namespace ?? ''
  const list: Subject[] = subjects ?? []
  return {
    name: metadata.name ?? '',
    namespace,
    roleRef: roleRef ?? { apiGroup: '', kind: '', name: '' },
    subjects: list,
    keys: list.map((subject) => subjectKey(subject, namespace)),
  }
}

/** A service account without a namespace is one of the binding's own; of a ClusterRoleBinding's it is nobody. */
function subjectKey({ kind, name, namespace = '' }: Subject, bindingNamespace: string): string | undefined {
  if (kind === 'User') return userKey(name)
  if (kind === 'Group') return groupKey(name)
  if (kind !== 'ServiceAccount') return undefined
  const home = namespace === '' ? bindingNamespace : namespace
  return home === '' ? undefined : userKey(serviceAccountUserName(home, name))
}

export function createBindingIndex(): BindingIndex {
  /** By namespace, then name. */
  const bindings = new Map<string, Map<string, Binding>>()
  /** By namespace, then subject. */
  const bySubject = new Map<string, Map<string, Set<Binding>>>()

  const remove = (namespace: string, name: string) => {
    const binding = bindings.get(namespace)?.get(name)
    if (binding === undefined) return
    bindings.get(namespace)!.delete(name)
    const subjects = bySubject.get(namespace)!
    for (const key of binding.keys) {
      const set = key === undefined ? undefined : subjects.get(key)
      set?.delete(binding)
      if (set?.size === 0) subjects.delete(key!)
    }
  }

  return {
    delete: remove,
    set(object) {
      const binding = toBinding(object)
      remove(binding.namespace, binding.name)
      getOrMake(bindings, binding.namespace, () => new Map()).set(binding.name, binding)
      const subjects = getOrMake(bySubject, binding.namespace, () => new Map())
      for (const key of binding.keys) if (key !== undefined) getOrMake(subjects, key, () => new Set()).add(binding)
    },
    appliedTo(user, namespace) {
      const subjects = bySubject.get(namespace)
      if (subjects === undefined) return []
      const keys = new Set([userKey(user.name), ...user.groups.map(groupKey)])
      const found = new Set<Binding>()
      for (const key of keys) for (const binding of subjects.get(key) ?? []) found.add(binding)
      return [...found]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((binding) => ({ binding, subject: binding.subjects[binding.keys.findIndex((key) => key !== undefined && keys.has(key))]! }))
    },
    *all() {
      for (const namespace of bindings.values()) yield* namespace.values()
    },
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

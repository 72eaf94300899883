import type { KubeObject } from '../apimachinery/object.ts'
import type { Registry } from '../registry/registry.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { ManifestObject } from './apply.ts'
import { nearest } from './nearest.ts'

const RBAC = 'rbac.authorization.k8s.io'
/** Of one role; an operator's may name dozens of groups that are not here. */
const MOST_WARNINGS = 3

type Known = Pick<Registry, 'lookup' | 'catalog'>

/**
 * What in RBAC manifests refers to nothing, as sentences: the API server takes them all the same, and they grant nothing. Asks for
 * what is there once everything is applied.
 */
export function findDanglingReferences(manifests: readonly ManifestObject[], known: Known, defaultNamespace: string): string[] {
  const ofRbac = manifests.filter(({ object }) => object.apiVersion.startsWith(`${RBAC}/`))
  if (ofRbac.length === 0) return []
  const serving = servingOf(manifests, known)
  return ofRbac.flatMap(({ object, source }) => {
    const where = source.line === undefined ? source.file : `${source.file}:${source.line}`
    const faults = object.kind.endsWith('Binding') ? bindingFaults(object, known, defaultNamespace) : roleFaults(object, serving)
    return faults.map((fault) => `${where}: ${object.kind} "${object.metadata.name}" ${fault}`)
  })
}

interface Serving {
  groups: { name: string; resources: ResourceDefinition[] }[]
  /** Groups that need not be there. Those are added that have been told of: an operator's roles for what it can integrate would all say the same. */
  expected: Set<string>
}

const servingOf = (manifests: readonly ManifestObject[], { catalog }: Known): Serving => ({
  groups: [...catalog.groups()].map(({ name, versions }) => ({ name, resources: versions.flatMap(({ resources }) => resources) })),
  // An aggregated API may come later.
  expected: new Set(manifests.filter(({ object }) => object.kind === 'APIService').map(({ object }) => object['spec']?.group)),
})

function bindingFaults({ kind, metadata, roleRef, subjects }: KubeObject, { lookup }: Known, defaultNamespace: string): string[] {
  const faults: string[] = []
  const namespace = kind === 'RoleBinding' ? (metadata.namespace ?? defaultNamespace) : ''
  const isRole = roleRef?.kind === 'Role'
  const resource = { group: RBAC, resource: isRole ? 'roles' : 'clusterroles' }
  if (roleRef !== undefined && lookup(resource, isRole ? namespace : '', roleRef.name) === undefined) {
    const place = isRole ? ` in namespace "${namespace}"` : ''
    faults.push(`refers to the ${roleRef.kind} "${roleRef.name}"${place}, which does not exist: it grants nothing`)
  }
  for (const subject of subjects ?? []) {
    if (subject.kind !== 'ServiceAccount') continue
    const home = subject.namespace ?? namespace
    if (lookup({ group: '', resource: 'serviceaccounts' }, home, subject.name) === undefined)
      faults.push(`names the service account "${subject.name}" in namespace "${home}", which does not exist`)
  }
  return faults
}

interface Rule {
  apiGroups?: (string | null)[] | null
  resources?: (string | null)[] | null
}

function roleFaults({ rules }: KubeObject, serving: Serving): string[] {
  const faults = (rules ?? []).flatMap((rule: Rule) => {
    const apiGroups = stringsOf(rule.apiGroups)
    return apiGroups.includes('*') ? [] : stringsOf(rule.resources).flatMap((resource) => resourceFault(resource, apiGroups, serving) ?? [])
  })
  const more = faults.length - MOST_WARNINGS
  return more > 1 ? [...faults.slice(0, MOST_WARNINGS), `names ${more} more resources that do not exist`] : faults
}

/** As the server reads them: null in the place of a list is an empty one, and of a string an empty one. */
const stringsOf = (list: (string | null)[] | null = []) => (list ?? []).map((each) => each ?? '')

/**
 * What authorizers are asked for though nothing serves it: by impersonation, by the signing of certificates, and by the kubelet
 * (Kubernetes documentation, "User impersonation", "Certificate Signing Requests" and "Kubelet authentication/authorization").
 */
const askedFor = new Map([
  ['', /^(users|groups|nodes\/(checkpoint|configz|healthz|log|metrics|pods|spec|stats))$/],
  ['authentication.k8s.io', /^(users|groups|serviceaccounts|nodes|uids|userextras(\/.*)?)$/],
  ['certificates.k8s.io', /^signers$/],
])

const isAskedFor = (groups: string[], resource: string) => groups.some((group) => askedFor.get(group)?.test(resource))

/** Clusters with the plugin OwnerReferencesPermissionEnforcement ask whether somebody may update it. */
const FINALIZERS = 'finalizers'

/** A resource must be in one of the rule's groups; with several groups in a rule, not in all. */
function resourceFault(resource: string, groups: string[], { groups: served, expected }: Serving): string | undefined {
  const [name, subresource] = resource.split('/') as [string, string?]
  if (name === '*' || subresource === '*' || isAskedFor(groups, resource) || groups.some((group) => expected.has(group))) return undefined
  const named = served.filter((group) => groups.includes(group.name))
  const definitions = named.flatMap((group) => group.resources.filter((each) => each.resource === name))
  const what = `names the resource "${resource}" of ${groups.map((group) => `"${group}"`).join(', ') || 'no group'}`
  if (definitions.length > 0) {
    const isThere =
      subresource === undefined || subresource === FINALIZERS || definitions.some(({ subresources }) => subresources.has(subresource))
    return isThere ? undefined : `${what}: "${name}" has no subresource "${subresource}"`
  }
  const elsewhere = served.find((group) => group.resources.some((each) => each.resource === name))?.name
  if (named.length === 0) {
    if (elsewhere !== undefined) return `${what}: nothing serves that group. "${name}" is in apiGroup "${elsewhere}"`
    for (const group of groups) expected.add(group)
    return `${what}: nothing serves that group. Its CustomResourceDefinition belongs into the manifests`
  }
  if (elsewhere !== undefined) return `${what}: it is in apiGroup "${elsewhere}"`
  const close = nearest(name, [...new Set(named.flatMap((group) => group.resources.map((each) => each.resource)))])
  return `${what}: no such resource${close === undefined ? '' : `. Did you mean "${close}"?`}`
}

import { createHash } from 'node:crypto'

interface DiscoveryResource {
  resource: string
  responseKind: { group: string; version: string; kind: string }
  scope: string
  singularResource: string
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
  subresources?: { subresource: string; responseKind: object; acceptedTypes?: object[]; verbs: string[] }[]
}
interface DiscoveryList {
  items: { metadata: { name?: string }; versions: { version: string; resources: DiscoveryResource[] }[] }[]
}

/** Kinds that are stored in another group or version than they are served in (Go: the storage factory's resource overrides). */
const storedAs: Readonly<Record<string, string>> = {
  'events.k8s.io/v1/Event': '/v1/Event',
  'autoscaling/v1/HorizontalPodAutoscaler': 'autoscaling/v2/HorizontalPodAutoscaler',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': 'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': 'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding',
  'apiextensions.k8s.io/v1/CustomResourceDefinition': 'apiextensions.k8s.io/v1beta1/CustomResourceDefinition',
}

/** The first bytes of a digest of the kind's storage version (k8s.io/apiserver, pkg/endpoints/discovery/storageversionhash.go). */
function storageVersionHash(group: string, version: string, kind: string): string {
  const name = `${group}/${version}/${kind}`
  const digest = createHash('sha256')
    .update(storedAs[name] ?? name)
    .digest()
  return digest.subarray(0, 8).toString('base64')
}

/** One row for each resource of each group version, in the order of discovery. */
export function resourceTable({ api, apis }: { api: DiscoveryList; apis: DiscoveryList }): object {
  const groups = [...api.items, ...apis.items].map(({ metadata, versions }) => ({
    group: metadata.name ?? '',
    versions: versions.map(({ version, resources }) => ({
      version,
      resources: resources.map((r) => row(metadata.name ?? '', version, r)),
    })),
  }))
  return { groups }
}

function row(group: string, version: string, r: DiscoveryResource): object {
  const stored = r.verbs.includes('create') && r.verbs.includes('get')
  return {
    group,
    version,
    resource: r.resource,
    kind: r.responseKind.kind,
    singular: r.singularResource,
    namespaced: r.scope === 'Namespaced',
    verbs: r.verbs,
    shortNames: r.shortNames ?? [],
    categories: r.categories ?? [],
    ...(stored ? { storageVersionHash: storageVersionHash(group, version, r.responseKind.kind) } : {}),
    subresources: (r.subresources ?? []).map(({ subresource, ...rest }) => ({ name: subresource, ...rest })),
  }
}

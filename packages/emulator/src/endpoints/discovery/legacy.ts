import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { ResourceCatalog, ResourceDefinition, ServedGroup } from '../../registry/resource.ts'

/** `GET /api`: the versions of the core group, and where the server is for clients of any address. */
export const coreVersions = (serverAddress: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
})

export const groupList = (catalog: ResourceCatalog) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...catalog.groups()].filter(({ name }) => name !== '').map(groupEntry),
})

/** `GET /apis/GROUP`. */
export const groupOf = (group: ServedGroup) => ({ kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) })

function groupEntry({ name, versions }: ServedGroup) {
  const entries = versions.map(({ version }) => ({ groupVersion: formatGroupVersion({ group: name, version }), version }))
  return { name, versions: entries, preferredVersion: entries[0] }
}

/** `GET /apis/GROUP/VERSION` and `/api/v1`: resources and subresources, as one flat list. */
export function resourceList(group: string, version: string, resources: readonly ResourceDefinition[]) {
  const entries = resources.flatMap(resourceEntries)
  const list = { kind: 'APIResourceList', groupVersion: formatGroupVersion({ group, version }), resources: entries }
  return group === '' ? list : { kind: list.kind, apiVersion: 'v1', groupVersion: list.groupVersion, resources: entries }
}

function resourceEntries(definition: ResourceDefinition): Array<Record<string, unknown> & { name: string }> {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories, storageVersionHash } = definition
  const main = {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs: [...(definition.advertisedVerbs ?? verbs)],
    ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
    ...(storageVersionHash === undefined ? {} : { storageVersionHash }),
  }
  const parts = [...definition.subresources.values()].map(({ name, verbs: ofPart, responseKind }) => ({
    name: `${resource}/${name}`,
    singularName: '',
    namespaced,
    ...(responseKind.group === definition.group && responseKind.version === definition.version
      ? {}
      : { group: responseKind.group, version: responseKind.version }),
    kind: responseKind.kind,
    verbs: [...ofPart],
  }))
  return verbs.size === 0 ? parts : [main, ...parts]
}

import type { ResourceCatalog, ResourceDefinition, ServedGroup } from '../../registry/resource.ts'
import { matchesMedia, parseAccept } from '../negotiation/accept.ts'
import { type OutputFormat, representations, yamlType } from '../negotiation/output.ts'

/** How a client takes aggregated discovery (KEP-3352), if it does. It wins over the legacy form wherever it stands in Accept. */
export function aggregatedMedia(accept: string | undefined): OutputFormat['media'] | undefined {
  if (accept?.includes('APIGroupDiscoveryList') !== true) return undefined
  for (const clause of parseAccept(accept)) {
    const { as, g: group, v: version } = clause.params
    const media = representations.find((each) => matchesMedia(clause, each))
    if (media === undefined || as !== 'APIGroupDiscoveryList' || group !== 'apidiscovery.k8s.io' || version !== 'v2') continue
    return media === yamlType ? 'yaml' : 'json'
  }
  return undefined
}

export const aggregatedType = (media: OutputFormat['media']) => `application/${media};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`

/** Everything that is served under /api or under /apis, in one document. */
export function groupDiscoveryList(catalog: ResourceCatalog, root: 'api' | 'apis') {
  const groups = [...catalog.groups()].filter(({ name }) => (root === 'api') === (name === ''))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items: groups.map(groupEntry) }
}

const groupEntry = ({ name, versions }: ServedGroup) => ({
  metadata: name === '' ? {} : { name },
  versions: versions.map(({ version, resources }) => ({ version, resources: resources.map(resourceEntry), freshness: 'Current' })),
})

function resourceEntry(definition: ResourceDefinition) {
  const { resource, kind, namespaced, singular, verbs, shortNames, categories, custom } = definition
  // Built-in resources leave group and version to the entry that they stand in.
  const own = (part: { group: string; version: string }) =>
    !custom && part.group === definition.group && part.version === definition.version
  const subresources = [...definition.subresources.values()].map(({ name, responseKind, verbs: ofPart }) => ({
    subresource: name,
    responseKind: own(responseKind) ? { group: '', version: '', kind: responseKind.kind } : { ...responseKind },
    verbs: [...ofPart],
  }))
  return {
    resource,
    responseKind: custom ? { group: definition.group, version: definition.version, kind } : { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: [...(definition.advertisedVerbs ?? verbs)],
    ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}

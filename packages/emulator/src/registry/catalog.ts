import type { Facts, ResourceFacts } from '../facts/types.ts'
import type { ObjectCodec, ResourceCatalog, ResourceDefinition, ServedGroup } from './resource.ts'
import { strategyFor } from './strategies.ts'
import { compareVersions } from './versions.ts'

/** Resources whose keys do not start with their own name, for reasons of age. */
const keyPrefixes: Record<string, string> = {
  '/nodes': 'minions',
  '/services': 'services/specs',
  '/endpoints': 'services/endpoints',
  '/replicationcontrollers': 'controllers',
  'networking.k8s.io/ingresses': 'ingress',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
}

/** Resources that several groups or versions serve, and the version that is stored. */
const storageVersions: Record<string, { group: string; version: string }> = {
  'autoscaling/horizontalpodautoscalers': { group: 'autoscaling', version: 'v2' },
  'events.k8s.io/events': { group: '', version: 'v1' },
}

const deprecationWarnings: Record<string, string> = {
  '/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  '/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
}

export type CodecFactory = (facts: ResourceFacts, storage: { group: string; version: string }) => ObjectCodec

/** The catalog of one emulator: built-in resources from the facts, and the groups that custom resources add. */
export interface MutableCatalog extends ResourceCatalog {
  /** Replaces all that custom resource definitions serve. */
  setCustom(definitions: readonly ResourceDefinition[]): void
}

export function createCatalog(facts: Facts, codecFor: CodecFactory): MutableCatalog {
  const builtIn: ServedGroup[] = facts.groups.map(({ group, versions }) => ({
    name: group,
    versions: versions.map(({ version, resources }) => ({ version, resources: resources.map((each) => defineBuiltIn(each, codecFor)) })),
  }))
  let groups = builtIn
  let index = indexGroups(groups)

  return {
    find: (group, version, resource) => index.byResource.get(`${group}/${version}/${resource}`),
    findKind: (group, version, kind) => index.byKind.get(`${group}/${version}/${kind}`),
    hasGroup: (group) => index.versions.has(group),
    hasVersion: (group, version) => index.versions.get(group)?.has(version) ?? false,
    stored: () => index.stored.values(),
    storedAs: (group, resource) => index.stored.get(`${group}/${resource}`),
    groups: () => groups,
    setCustom(definitions) {
      groups = [...builtIn, ...groupCustom(definitions.filter(({ unserved }) => !unserved))]
      index = indexGroups(groups)
      for (const each of definitions) if (each.unserved) index.stored.set(`${each.group}/${each.resource}`, each)
    },
  }
}

function defineBuiltIn(facts: ResourceFacts, codecFor: CodecFactory): ResourceDefinition {
  const { group, version, resource, kind } = facts
  const id = `${group}/${resource}`
  const storage = storageVersions[id] ?? { group, version }
  return {
    ...facts,
    listKind: `${kind}List`,
    verbs: new Set(facts.verbs),
    subresources: new Map(
      facts.subresources.map(({ name, verbs, responseKind }) => [
        name,
        {
          name,
          verbs: new Set(verbs),
          responseKind: responseKind.version === '' ? { group, version, kind: responseKind.kind } : responseKind,
        },
      ]),
    ),
    codec: codecFor(facts, storage),
    strategy: strategyFor(group, resource) ?? {},
    keyPrefix: `/registry/${keyPrefixes[id] ?? resource}/`,
    storageKind: { ...storage, kind },
    custom: false,
    ...(deprecationWarnings[id] === undefined ? {} : { deprecationWarning: deprecationWarnings[id] }),
  }
}

interface CatalogIndex {
  byResource: Map<string, ResourceDefinition>
  byKind: Map<string, ResourceDefinition>
  versions: Map<string, Set<string>>
  stored: Map<string, ResourceDefinition>
}

function indexGroups(groups: readonly ServedGroup[]): CatalogIndex {
  const index: CatalogIndex = { byResource: new Map(), byKind: new Map(), versions: new Map(), stored: new Map() }
  for (const { name, versions } of groups) {
    index.versions.set(name, new Set(versions.map(({ version }) => version)))
    for (const { version, resources } of versions) {
      for (const definition of resources) {
        index.byResource.set(`${name}/${version}/${definition.resource}`, definition)
        // A kind that several resources serve, such as Scale, belongs to the first.
        const kind = `${name}/${version}/${definition.kind}`
        if (!index.byKind.has(kind)) index.byKind.set(kind, definition)
        const { storageKind } = definition
        if (storageKind.group === name && storageKind.version === version) index.stored.set(`${name}/${definition.resource}`, definition)
      }
    }
  }
  return index
}

/** Custom groups come after the built-in ones, by name; each group's versions in the order of their maturity. */
function groupCustom(definitions: readonly ResourceDefinition[]): ServedGroup[] {
  const byGroup = Map.groupBy(definitions, ({ group }) => group)
  return [...byGroup]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, ofGroup]) => ({
      name,
      versions: [...Map.groupBy(ofGroup, ({ version }) => version)]
        .sort(([a], [b]) => compareVersions(a, b))
        .map(([version, resources]) => ({ version, resources: resources.sort((a, b) => (a.resource < b.resource ? -1 : 1)) })),
    }))
}

import type { KubeObject } from '../../apimachinery/object.ts'

/** A resource that a server has: what `kubectl api-resources` lists. */
export interface KnownResource {
  group: string
  version: string
  resource: string
  kind: string
  singular: string
  namespaced: boolean
  shortNames: readonly string[]
  subresources: readonly { name: string }[]
}

/** The resources of a server with these CustomResourceDefinitions, in the order in which names are resolved. */
export function knownResources(
  groups: readonly { versions: readonly { resources: readonly KnownResource[] }[] }[],
  definitions: readonly KubeObject[] = [],
): KnownResource[] {
  return [...groups.flatMap(({ versions }) => versions.flatMap(({ resources }) => resources)), ...definitions.flatMap(customResources)]
}

function customResources({ kind, spec }: KubeObject): KnownResource[] {
  if (kind !== 'CustomResourceDefinition' || !spec?.names) return []
  const { plural = '', kind: name = '', singular = '', shortNames = [] } = spec.names
  return (spec.versions ?? []).map((version: { name: string; subresources?: object }) => ({
    group: spec.group ?? '',
    version: version.name,
    resource: plural,
    kind: name,
    singular: singular || name.toLowerCase(),
    namespaced: spec.scope === 'Namespaced',
    shortNames,
    subresources: Object.keys(version.subresources ?? {}).map((subresource) => ({ name: subresource })),
  }))
}

/** The resource that a word may have been meant for: a kind, a singular, a short name, or a plural with a slip or two. */
export function nearestResource(word: string, resources: readonly KnownResource[]): KnownResource | undefined {
  const wanted = word.toLowerCase()
  const exact = resources.find(({ resource }) => resource === wanted)
  const other = resources.find((known) => [known.kind.toLowerCase(), known.singular, ...known.shortNames].includes(wanted))
  return exact ?? other ?? resources.find(({ resource }) => wanted.length > 3 && isNear(wanted, resource))
}

/** At most two letters apart. */
export function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2) return false
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) next.push(Math.min(row[j]! + (letter === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1))
    row = next
  }
  return row[b.length]! <= 2
}

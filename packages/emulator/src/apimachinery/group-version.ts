/** Names of the API's types: a group and version, and a resource or kind within it. The core group is ''. */
export interface GroupVersion {
  group: string
  version: string
}

export interface GroupVersionResource extends GroupVersion {
  resource: string
}

export interface GroupVersionKind extends GroupVersion {
  kind: string
}

/** `v1` for the core group, `apps/v1` elsewhere: the spelling of an object's apiVersion. */
export function formatGroupVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`
}

/** Reads an apiVersion. More than one slash gives undefined, as the API server refuses it. */
export function parseGroupVersion(apiVersion: string): GroupVersion | undefined {
  const slash = apiVersion.indexOf('/')
  if (slash < 0) return { group: '', version: apiVersion }
  if (apiVersion.indexOf('/', slash + 1) >= 0) return undefined
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** `pods`, `deployments.apps`: how messages name a resource (or, with its kind, a kind). */
export function qualifiedName(group: string, name: string): string {
  return group === '' ? name : `${name}.${group}`
}

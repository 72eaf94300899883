import { formatGroupVersion, type GroupVersion, type GroupVersionKind } from '../apimachinery/group-version.ts'
import { createSchemas } from './schemas.ts'
import { availableVersions, folderOf, readCompressed, readText } from './source.ts'
import type { Facts, GroupFacts, ResourceFacts } from './types.ts'

const defaultVersion = '1.36'

const loaded = new Map<string, Facts>()

/** The facts of a Kubernetes version such as `1.36`. Throws a RangeError, which names the versions there are, for any other. */
export function loadFacts(version: string = defaultVersion): Facts {
  const known = loaded.get(version)
  if (known !== undefined) return known
  const folder = folderOf(version)
  if (folder === undefined) {
    throw new RangeError(`no facts of Kubernetes ${version}; there are facts of ${availableVersions().join(', ')}`)
  }
  const facts = createFacts(version, folder)
  loaded.set(version, facts)
  return facts
}

function lazy<T>(make: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= make()
    return value
  }
}

function createFacts(version: string, folder: string): Facts {
  const json = <T>(name: string) => lazy(() => JSON.parse(readText(folder, name)) as T)
  const groups = lazy(() => json<{ groups: GroupFacts[] }>('resources.json')().groups)
  const types = json<Facts['types']>('types.json')
  const goNames = json<Facts['goNames']>('go-names.json')
  const bootstrap = json<Facts['bootstrap']>('bootstrap.json')
  const tableColumns = json<Facts['tableColumns']>('table-columns.json')
  const openApiIndex = json<Facts['openApiIndex']>('openapi-v3/index.json')
  const byName = lazy(() => indexBy(groups(), (r) => `${r.group}/${r.version}/${r.resource}`))
  const byKind = lazy(() => indexBy(groups(), (r) => `${r.group}/${r.version}/${r.kind}`))
  const schemas = lazy(() => createSchemas(readText(folder, 'schemas.jsonl')))
  return {
    version,
    get groups() {
      return groups()
    },
    get types() {
      return types()
    },
    get goNames() {
      return goNames()
    },
    get bootstrap() {
      return bootstrap()
    },
    get tableColumns() {
      return tableColumns()
    },
    get openApiIndex() {
      return openApiIndex()
    },
    openApiDocument: (path) =>
      Object.hasOwn(openApiIndex().paths, path) ? readCompressed(folder, `openapi-v3/${path.replaceAll('/', '_')}.json`) : undefined,
    openApiV2: () => readCompressed(folder, 'openapi-v2.json'),
    resource: (group, apiVersion, resource) => byName().get(`${group}/${apiVersion}/${resource}`),
    resourceOfKind: ({ group, version: apiVersion, kind }) => byKind().get(`${group}/${apiVersion}/${kind}`),
    schemas: (groupVersion) => schemas().of(documentPath(groupVersion)),
    schemaOf: (gvk: GroupVersionKind) => schemas().find(documentPath(gvk), gvk),
  }
}

function documentPath(groupVersion: GroupVersion): string {
  return `${groupVersion.group === '' ? 'api' : 'apis'}/${formatGroupVersion(groupVersion)}`
}

/** The first resource of a key wins: kinds that several resources serve belong to the first. */
function indexBy(groups: readonly GroupFacts[], keyOf: (resource: ResourceFacts) => string): Map<string, ResourceFacts> {
  const index = new Map<string, ResourceFacts>()
  for (const { versions } of groups) {
    for (const { resources } of versions) {
      for (const resource of resources) if (!index.has(keyOf(resource))) index.set(keyOf(resource), resource)
    }
  }
  return index
}

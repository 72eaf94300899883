import type { Area } from '../area.ts'
import { listQuery, lists } from './lists.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const resources = ['configmaps', 'secrets', 'pods']

/** The first second of a watch: what it begins with, what writes make of it, and how it ends. */
export const watches: Area = {
  lanes: 8,
  prepare: (namespace) => lists.prepare?.(namespace) ?? [],
  *round(random, namespace, name) {
    const list = `/api/v1/namespaces/${namespace}/${random.pick(resources)}`
    const configmaps = `/api/v1/namespaces/${namespace}/configmaps`
    yield { path: `${list}?limit=1`, setup: true, save: { RV: 'metadata.resourceVersion' } }
    yield { method: 'POST', path: configmaps, body: { metadata: { name, labels: { a: '1' } } } }
    yield {
      method: 'PATCH',
      path: `${configmaps}/${name}`,
      body: { metadata: { labels: { a: random.pick(['1', '2', 'x']) } } },
      contentType: 'application/merge-patch+json',
    }
    yield { method: 'DELETE', path: `${configmaps}/${name}` }
    const query = listQuery(random)
      .replaceAll('NS', namespace)
      .replace(/&?timeoutSeconds=[^&]*/, '')
    const where = random.chance(0.2) ? `&fieldSelector=metadata.name%3D${name}` : ''
    const started = random.pick([
      'resourceVersion=$RV',
      'resourceVersion=$RV',
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
      query,
      query,
    ])
    const accept = random.pick([
      'application/json',
      'application/json',
      table,
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
      'application/yaml',
      'application/json;stream=watch',
    ])
    yield {
      path: `${list}?watch=${random.pick(['1', 'true', 'true', ''])}&timeoutSeconds=1&${started}${where}`,
      headers: { accept },
      managedFields: false,
    }
  },
}

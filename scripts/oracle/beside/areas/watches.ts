import type { Random } from '../../random-objects.ts'
import type { Area, Asked } from '../area.ts'
import { tableMedia } from '../common.ts'
import { listQuery } from './lists.ts'

const resources = ['configmaps', 'secrets', 'pods']

/** The first second of a watch: what it begins with, what writes make of it, and how it ends. Each has a namespace of its own. */
export const watches: Area = {
  lanes: 8,
  *round(random, _namespace, name) {
    yield { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } }, setup: true }
    yield { path: `/api/v1/namespaces/${name}/configmaps/kube-root-ca.crt`, retry: 20_000, setup: true }
    const list = `/api/v1/namespaces/${name}/${random.pick(resources)}`
    const configmaps = `/api/v1/namespaces/${name}/configmaps`
    yield { path: `${list}?limit=1`, setup: true, save: { RV: 'metadata.resourceVersion' } }
    for (const each of ['l0', 'l1', 'l2'])
      yield { method: 'POST', path: configmaps, body: { metadata: { name: each, labels: { a: random.pick(['1', '2']) } } } }
    yield { method: 'POST', path: configmaps, body: { metadata: { name, labels: { a: '1' } } } }
    yield {
      method: 'PATCH',
      path: `${configmaps}/${name}`,
      body: { metadata: { labels: { a: random.pick(['1', '2', 'x']) } } },
      contentType: 'application/merge-patch+json',
    }
    if (random.chance(0.5)) yield { method: 'DELETE', path: `${configmaps}/${name}` }
    yield { path: `${list}?watch=${random.pick(['1', 'true', 'true', ''])}&timeoutSeconds=1&${startOf(random, name)}`, ...formOf(random) }
    yield { method: 'DELETE', path: `/api/v1/namespaces/${name}`, setup: true }
  },
}

function startOf(random: Random, name: string): string {
  const query = listQuery(random)
    .replaceAll('NS', name)
    .replace(/&?timeoutSeconds=[^&]*/, '')
    // How far back a server remembers is its own affair.
    .replace(/resourceVersion=1(?=&|$)/, 'resourceVersion=$RV')
  const where = random.chance(0.2) ? `&fieldSelector=metadata.name%3D${name}` : ''
  const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  return `${random.pick(['resourceVersion=$RV', 'resourceVersion=$RV', initial, query, query])}${where}`
}

function formOf(random: Random): Pick<Asked, 'headers' | 'managedFields'> {
  const accept = random.pick([
    'application/json',
    'application/json',
    tableMedia,
    'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    'application/yaml',
    'application/json;stream=watch',
  ])
  return { headers: { accept }, managedFields: false }
}

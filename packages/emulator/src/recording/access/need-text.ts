import type { Need } from './needs.ts'

type About = Pick<Need, 'resource' | 'subresource'>

/** As rules have it, such as `pods/log`. */
export const qualifiedResource = ({ resource, subresource }: About) => (subresource === '' ? resource : `${resource}/${subresource}`)

/** More are counted. */
const mostNamed = 3
const ofRequests = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'])

/** What was asked for, one line a path, such as `list /api/v1/namespaces/team-a/pods`. */
export function needLines(need: Need): string[] {
  const { verb, resourceRequest, path, names, anyName, requested } = need
  const end = requested ? '' : ' (only asked whether it may)'
  if (!resourceRequest) return [`${verb} ${path}${end}`]
  const sorted = [...names].sort()
  const shown = sorted.length > mostNamed ? [`${pathOf(need, '…')} (${sorted.length} names)`] : sorted.map((name) => pathOf(need, name))
  return [...(anyName && names.size < 1_000 ? [pathOf(need, '')] : []), ...shown].map((what) => `${verb} ${what}${end}`)
}

function pathOf(need: Need, name: string): string {
  const { verb, group, version, namespace, resource, subresource } = need
  // Who asks about a resource need not say a version.
  if (!ofRequests.has(verb) || version === '' || version === '*')
    return name === '' ? qualifiedResource(need) : `${qualifiedResource(need)} "${name}"`
  const api = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const place = namespace === '' || resource === 'namespaces' ? '' : `/namespaces/${namespace}`
  const collection = `${api}${place}/${resource}`
  if (name === '') return collection
  if (verb === 'list' || verb === 'watch') return `${collection}?fieldSelector=metadata.name=${name}`
  return `${collection}/${name}${subresource === '' ? '' : `/${subresource}`}`
}

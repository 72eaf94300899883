import { newMethodNotAllowed, newResourceNotFound } from '../../apimachinery/status-error.ts'
import type { ResourceCatalog } from '../../registry/resource.ts'
import { contentHash } from '../content-hash.ts'
import type { ApiRequest, ApiResponse } from '../http.ts'
import { checkRepresentations, negotiateOutput, wantsPretty } from '../negotiation/output.ts'
import { pageNotFound, respond } from '../responses.ts'
import { aggregatedMedia, aggregatedType, groupDiscoveryList } from './aggregated.ts'
import { coreVersions, groupList, groupOf, resourceList } from './legacy.ts'

/** Answers below /api and /apis that is about resources instead of their objects; undefined where the path leads elsewhere. */
export function serveDiscovery(
  catalog: ResourceCatalog,
  request: ApiRequest,
  path: string,
  serverAddress: string,
): ApiResponse | undefined {
  const [root, ...rest] = path.replace(/^\/|\/$/g, '').split('/')
  if (root !== 'api' && root !== 'apis') return undefined
  const document = documentOf(catalog, root, rest, serverAddress)
  if (document === 'page') return pageNotFound()
  if (document === 'resource') throw newResourceNotFound()
  if (document === undefined) return undefined
  if (request.method !== 'GET' && !takesAnyMethod(root, rest)) throw newMethodNotAllowed()
  const ofAggregator = takesAnyMethod(root, rest)
  if (!ofAggregator) checkRepresentations(request)
  const aggregated = path === '/apis' || root === 'api' ? aggregatedMedia(request.headers['accept']) : undefined
  if (rest.length === 0 && aggregated !== undefined) {
    const response = respond(200, groupDiscoveryList(catalog, root), { media: aggregated, pretty: wantsPretty(request) })
    return withTag(request, response, aggregatedType(aggregated))
  }
  return respond(200, document, negotiateOutput(request))
}

/** Clients keep the aggregated document, and ask whether it is still the same. */
function withTag({ headers: asked }: ApiRequest, response: ApiResponse, type: string): ApiResponse {
  const etag = `"${contentHash(response.body as string)}"`
  const headers = { vary: 'Accept', etag, 'cache-control': 'public' }
  if (asked['if-none-match'] === etag) return { status: 304, headers }
  return { ...response, headers: { 'content-type': type, ...headers } }
}

/** The aggregator's own pages look at no method: the list of groups, and each group but its own. */
const takesAnyMethod = (root: string, rest: readonly string[]) => root === 'apis' && rest.length < 2 && rest[0] !== 'apiregistration.k8s.io'

function documentOf(catalog: ResourceCatalog, root: 'api' | 'apis', rest: readonly string[], serverAddress: string) {
  if (rest.length === 0) return root === 'api' ? coreVersions(serverAddress) : groupList(catalog)
  const [group, version] = root === 'api' ? ['', rest[0]!] : [rest[0]!, rest[1]]
  if (rest.length > (root === 'api' ? 1 : 2)) return undefined
  const served = [...catalog.groups()].find(({ name }) => name === group)
  if (served === undefined || (root === 'apis' && group === '')) return 'page'
  if (version === undefined) return groupOf(served)
  const found = served.versions.find((each) => each.version === version)
  if (found !== undefined) return resourceList(group!, version, found.resources)
  return served.versions.some(({ resources }) => resources.some(({ custom }) => custom)) ? 'page' : 'resource'
}

import { newMethodNotAllowed } from '../apimachinery/status-error.ts'
import type { Facts } from '../facts/types.ts'
import type { Registry } from '../registry/registry.ts'
import { jsonWebKeySet, type KeyRing } from '../service-account/key-ring.ts'
import { serveDiscovery } from './discovery/handler.ts'
import { healthPaths, serveHealth } from './health.ts'
import type { ApiRequest, ApiResponse } from './http.ts'
import { checkRepresentations } from './negotiation/output.ts'
import { serveOpenApi } from './openapi/handler.ts'
import { pageNotFound, respond } from './responses.ts'
import type { ApiServices } from './services.ts'
import { versionInfo } from './version.ts'

export interface NonResourceDependencies {
  registry: Registry
  services: ApiServices
  facts: Facts
  keyRing: KeyRing
  issuer: string
  /** As discovery and OIDC give it: `127.0.0.1:6443`. */
  serverAddress(): string
}

/** Answers a request that is not for a resource. */
export async function serveNonResource(
  dependencies: NonResourceDependencies,
  request: ApiRequest,
  path: string,
  query: URLSearchParams,
): Promise<ApiResponse> {
  const { registry, services } = dependencies
  if (path.startsWith('/api')) {
    return serveDiscovery(registry.catalog, request, path, dependencies.serverAddress()) ?? pageNotFound()
  }
  const health = serveHealth(path, query)
  if (health !== undefined) return health
  if (path.startsWith('/openapi/')) return serveOpenApi(services.openApi, request, path, query.get('hash') ?? '')
  const name = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  const page = pages[name]
  const plain = ofAnyMethod.has(name)
  if (page === undefined || (plain && name !== path)) return pageNotFound()
  if (!plain && request.method !== 'GET') throw newMethodNotAllowed()
  return page(dependencies, request)
}

/** Served outside of the router that knows methods and trailing slashes. */
const ofAnyMethod = new Set(['/', '/metrics'])

type Page = (dependencies: NonResourceDependencies, request: ApiRequest) => ApiResponse | Promise<ApiResponse>

const pages: Record<string, Page> = {
  '/': ({ registry }) => respond(200, { paths: rootPaths(registry) }, { media: 'json', pretty: true }),
  '/version': ({ facts }, request) => {
    checkRepresentations(request)
    return respond(200, versionInfo(facts), { media: 'json', pretty: true })
  },
  '/metrics': () => ({ status: 200, headers: { 'content-type': metricsType }, body: '' }),
  '/.well-known/openid-configuration': ({ issuer, serverAddress }, request) => {
    checkRepresentations(request, ['application/json'])
    const configuration = {
      issuer,
      jwks_uri: `https://${serverAddress()}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }
    return cacheable({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(configuration) })
  },
  '/openid/v1/jwks': async ({ keyRing }, request) => {
    checkRepresentations(request, ['application/jwk-set+json'])
    const body = JSON.stringify(await jsonWebKeySet(keyRing))
    return cacheable({ status: 200, headers: { 'content-type': 'application/jwk-set+json' }, body })
  },
}

const metricsType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

const cacheable = (response: ApiResponse): ApiResponse => {
  response.headers['cache-control'] = 'public, max-age=3600'
  return response
}

function rootPaths({ catalog }: Registry): string[] {
  const paths = ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/']
  for (const { name, versions } of catalog.groups()) {
    if (name !== '') paths.push(`/apis/${name}`, ...versions.map(({ version }) => `/apis/${name}/${version}`))
  }
  paths.push(...healthPaths(), '/metrics', '/openapi/v2', '/openapi/v3', '/openapi/v3/', '/openid/v1/jwks', '/version')
  return paths.sort((a, b) => (a < b ? -1 : 1))
}

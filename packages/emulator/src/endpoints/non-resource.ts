import type { Clock } from '../apimachinery/clock.ts'
import { newMethodNotAllowed, newResourceNotFound } from '../apimachinery/status-error.ts'
import type { Facts } from '../facts/types.ts'
import type { Registry } from '../registry/registry.ts'
import { jsonWebKeySet, type KeyRing } from '../service-account/key-ring.ts'
import { serveHealthMetrics, serveMetrics } from './debug/metrics.ts'
import { serveFlags, serveProfiles, serveStatus } from './debug/pages.ts'
import { serveDiscovery } from './discovery/handler.ts'
import { healthPaths, isHealthPath, serveHealth } from './health.ts'
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
  clock: Clock
  /** In milliseconds since 1970. */
  startedAt: number
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
  const storageFails = registry.storage.catchUp !== undefined && isHealthPath(path) && (await isAway(registry.storage.catchUp))
  const health = serveHealth(path, query, storageFails)
  if (health !== undefined) return health
  if (path.startsWith('/openapi/')) return serveOpenApi(services.openApi, request, path, query.get('hash') ?? '')
  if (path.startsWith('/debug/pprof')) return serveProfiles(request, path)
  const name = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  const page = pages[name]
  const plain = ofAnyMethod.has(name)
  if (page === undefined && path.startsWith('/version/')) throw newResourceNotFound()
  if (page === undefined || (plain && name !== path)) return pageNotFound()
  if (!plain && request.method !== 'GET') throw newMethodNotAllowed()
  return page(dependencies, request)
}

/** As long as the API server waits for etcd when it is asked for its health. */
const healthPatienceMs = 2_000

function isAway(catchUp: () => Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(true), healthPatienceMs)
  const done = (isGone: boolean) => {
    clearTimeout(timer)
    resolve(isGone)
  }
  catchUp().then(
    () => done(false),
    () => done(true),
  )
  return promise
}

/** Served outside of the router that knows methods and trailing slashes. */
const ofAnyMethod = new Set(['/', '/index.html', '/metrics', '/metrics/slis', '/statusz', '/flagz'])

type Page = (dependencies: NonResourceDependencies, request: ApiRequest) => ApiResponse | Promise<ApiResponse>

const pages: Record<string, Page> = {
  '/': (dependencies) => serveIndex(dependencies),
  '/index.html': (dependencies) => serveIndex(dependencies),
  '/version': ({ facts }, request) => {
    checkRepresentations(request, ['application/json'])
    return respond(200, versionInfo(facts), { media: 'json', pretty: true })
  },
  '/metrics': ({ registry, startedAt, facts }, { method }) =>
    method === 'DELETE' ? metricsReset() : serveMetrics(registry, startedAt, versionInfo(facts)),
  '/metrics/slis': (_dependencies, { method }) => (method === 'DELETE' ? metricsReset() : serveHealthMetrics()),
  '/statusz': ({ startedAt, clock, facts }, request) => {
    const { gitVersion, goVersion } = versionInfo(facts)
    return serveStatus(request, { startedAt, now: clock.now() }, gitVersion.slice(1), goVersion)
  },
  '/flagz': ({ issuer, serverAddress }, request) => {
    const [address = '', port = ''] = serverAddress().split(':')
    return serveFlags(request, {
      'advertise-address': address,
      'allow-privileged': 'true',
      'anonymous-auth': 'true',
      'authorization-mode': '[Node,RBAC]',
      'secure-port': port,
      'service-account-issuer': `[${issuer}]`,
      'service-cluster-ip-range': '10.96.0.0/16',
    })
  },
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

const cacheable = (response: ApiResponse): ApiResponse => {
  response.headers['cache-control'] = 'public, max-age=3600'
  return response
}

const metricsReset = (): ApiResponse => ({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'metrics reset\n' })

const serveIndex = ({ registry }: NonResourceDependencies) => respond(200, { paths: rootPaths(registry) }, { media: 'json', pretty: true })

function rootPaths({ catalog }: Registry): string[] {
  const paths = ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/']
  for (const { name, versions } of catalog.groups()) {
    if (name !== '') paths.push(`/apis/${name}`, ...versions.map(({ version }) => `/apis/${name}/${version}`))
  }
  paths.push(
    '/flagz',
    ...healthPaths(),
    '/metrics',
    '/metrics/slis',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/statusz',
    '/version',
  )
  return paths.sort((a, b) => (a < b ? -1 : 1))
}

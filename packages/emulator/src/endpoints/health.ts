import type { ApiResponse } from './http.ts'
import { pageNotFound, respondText } from './responses.ts'

const roots = new Set(['healthz', 'livez', 'readyz'])

/** The checks of a kube-apiserver that a client may name; with one store in one process, all of them stand or fall together. */
const checks = [
  'ping',
  'log',
  'loopback-serving-certificate',
  'etcd',
  'etcd-readiness',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/storage-object-count-tracker-hook',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/peer-endpoint-reconciler-controller',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/start-kube-apiserver-identity-lease-controller',
  'poststarthook/start-kube-apiserver-identity-lease-garbage-collector',
  'poststarthook/storage-readiness',
  'poststarthook/start-legacy-token-tracking-controller',
  'poststarthook/start-service-ip-repair-controllers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-status-local-available-controller',
  'poststarthook/apiservice-status-remote-available-controller',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
  'shutdown',
] as const

/** Checks that not all of the three have. */
const only: Readonly<Record<string, readonly string[]>> = {
  'loopback-serving-certificate': ['healthz', 'livez'],
  'etcd-readiness': ['readyz'],
  'informer-sync': ['readyz'],
  shutdown: ['readyz'],
}

const checksOf = (root: string) => checks.filter((name) => only[name]?.includes(root) ?? true)

/** The paths of all checks. */
export const healthPaths = (): string[] => [...roots].flatMap((root) => [`/${root}`, ...checksOf(root).map((name) => `/${root}/${name}`)])

/** Each single check, of each of the three. */
export const healthChecks = () => [...roots].flatMap((type) => checksOf(type).map((name) => ({ name, type })))

export const isHealthPath = (path: string): boolean => roots.has(path.slice(1).split('/', 1)[0]!)

/** The checks that fail without the storage. */
const storageChecks = new Set<string>(['etcd', 'etcd-readiness'])

/**
 * `/healthz`, `/livez`, `/readyz` and their single checks, for any method; undefined for other paths.
 * @param storageFails whether the storage gives no answer
 */
export function serveHealth(path: string, query: URLSearchParams, storageFails = false): ApiResponse | undefined {
  const [root = '', ...rest] = path.slice(1).split('/')
  if (!roots.has(root)) return undefined
  const names = checksOf(root)
  const check = rest.join('/')
  const fails = (name: string) => storageFails && storageChecks.has(name)
  if (rest.length > 0 && fails(check)) return respondText(500, 'internal server error: reason withheld\n')
  if (rest.length > 0) return names.some((name) => name === check) ? plain('ok') : pageNotFound()
  const excluded = new Set(query.getAll('exclude'))
  const failed = names.some((name) => fails(name) && !excluded.has(name))
  if (!query.has('verbose') && !failed) return respondText(200, 'ok')
  const lines = names.map((name) => {
    if (excluded.delete(name)) return `[+]${name} excluded: ok\n`
    return fails(name) ? `[-]${name} failed: reason withheld\n` : `[+]${name} ok\n`
  })
  const unknown = [...excluded].sort().map((name) => JSON.stringify(name))
  if (unknown.length > 0) lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(',')}\n`)
  if (failed) return respondText(500, `${lines.join('')}${root} check failed\n`)
  return respondText(200, `${lines.join('')}${root} check passed\n`)
}

const plain = (text: string): ApiResponse => ({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text })

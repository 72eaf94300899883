import { newMethodNotAllowed } from '../apimachinery/status-error.ts'
import type { ApiRequest, ApiResponse } from './http.ts'
import { pageNotFound, respondText } from './responses.ts'

const roots = new Set(['healthz', 'livez', 'readyz'])

/** The checks of a kube-apiserver that a client may name; with one store in one process, all of them stand or fall together. */
const checks = [
  'ping',
  'log',
  'etcd',
  'etcd-readiness',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/crd-informer-synced',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
  'autoregister-completion',
  'shutdown',
]

/** `/healthz`, `/livez`, `/readyz` and their single checks; undefined for other paths. */
export function serveHealth(request: ApiRequest, path: string, query: URLSearchParams): ApiResponse | undefined {
  const [root = '', ...check] = path.replace(/^\/|\/$/g, '').split('/')
  if (!roots.has(root)) return undefined
  if (check.length > 0 && !checks.includes(check.join('/'))) return pageNotFound()
  if (request.method !== 'GET') throw newMethodNotAllowed()
  if (check.length > 0 || !query.has('verbose')) return respondText(200, 'ok')
  const lines = checks.filter((name) => name !== 'shutdown' || root === 'readyz').map((name) => `[+]${name} ok\n`)
  return respondText(200, `${lines.join('')}${root} check passed\n`)
}

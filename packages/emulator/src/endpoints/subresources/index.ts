import { newBadRequest, newMethodNotAllowed, newResourceNotFound } from '../../apimachinery/status-error.ts'
import { podUpgradeError } from '../../authorization/access-denied.ts'
import type { SubresourceDefinition } from '../../registry/resource.ts'
import { attributesOf } from '../attributes.ts'
import { getObject } from '../handlers/get.ts'
import { patchObject } from '../handlers/patch.ts'
import { updateObject } from '../handlers/update.ts'
import type { ApiResponse } from '../http.ts'
import { checkMedia } from '../negotiation/media.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import type { RequestScope } from '../scope.ts'
import { bindPod } from './binding.ts'
import { admitConnection, connects } from './connect.ts'
import { evictPod } from './eviction.ts'
import { forwardPorts, readLog, streamContainer } from './pod-streams.ts'
import { proxyNode, proxyPod, proxyService } from './proxy.ts'
import { serveScale } from './scale.ts'
import { requestToken } from './token.ts'

/** Answers for `RESOURCE/NAME/SUBRESOURCE`. */
export type Subresource = (scope: RequestScope) => ApiResponse | Promise<ApiResponse>

const verbOfMethod: Record<string, string> = { GET: 'get', PUT: 'update', PATCH: 'patch', POST: 'create', DELETE: 'delete' }
/** Whatever is behind a proxy is asked by all methods. */
const proxyVerbs: Record<string, string> = { HEAD: 'get', OPTIONS: 'get' }

/** Those that are not the object itself under another right, by `group/resource/subresource`; by the subresource alone where all are alike. */
const special: Readonly<Record<string, Subresource>> = {
  scale: serveScale,
  '/serviceaccounts/token': requestToken,
  '/pods/binding': (scope) => bindPod(scope, scope.info.name),
  '/pods/eviction': evictPod,
  '/pods/log': readLog,
  '/pods/exec': streamContainer,
  '/pods/attach': streamContainer,
  '/pods/portforward': forwardPorts,
  '/pods/proxy': proxyPod,
  '/services/proxy': proxyService,
  '/nodes/proxy': proxyNode,
}

/** What is done or asked rather than shown. */
const withoutTables = new Set(['/serviceaccounts/token', '/pods/binding', '/pods/eviction', '/namespaces/finalize'])

/** Whose answers are not the API's own. */
const anyRepresentation = new Set(['log', 'exec', 'attach', 'portforward', 'proxy'])

/** What needs the right to create by whatever method it comes. */
const upgrades = new Set(['/pods/exec', '/pods/attach', '/pods/portforward'])

function refuseUpgrade({ authorizer, info, user }: RequestScope): void {
  const denied = podUpgradeError(authorizer, attributesOf(info, user))
  if (denied !== undefined) throw denied
}

/** @throws StatusError 405 for verbs that the subresource does not have */
export function serveSubresource(scope: RequestScope, { name, verbs }: SubresourceDefinition): ApiResponse | Promise<ApiResponse> {
  const { definition, request } = scope
  const verb = verbOfMethod[request.method] ?? (name === 'proxy' ? proxyVerbs[request.method] : undefined)
  if (verb === undefined || !verbs.has(verb)) throw newMethodNotAllowed()
  const path = `${definition.group}/${definition.resource}/${name}`
  if (!anyRepresentation.has(name)) {
    if (!definition.custom) checkMedia(request, verb)
    negotiateOutput(request, { transforms: true, tables: !withoutTables.has(path) })
  }
  if (upgrades.has(path)) refuseUpgrade(scope)
  const own = special[path] ?? special[name]
  if (connects(path) && scope.query.has('dryRun')) throw newBadRequest('dryRun is not supported')
  if (own !== undefined) return connects(path) ? admitConnection(scope, path).then(own) : own(scope)
  if (verb === 'get') return getObject(scope)
  if (verb === 'update') return updateObject(scope)
  if (verb === 'patch') return patchObject(scope)
  throw newResourceNotFound()
}

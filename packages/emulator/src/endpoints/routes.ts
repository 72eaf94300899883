import { newMethodNotAllowed, newMethodNotSupported, newNotFound, newResourceNotFound } from '../apimachinery/status-error.ts'
import type { ResourceCatalog, ResourceDefinition, SubresourceDefinition } from '../registry/resource.ts'
import type { RequestInfo } from './request-info.ts'

/** Where a resource request leads. */
export interface Route {
  definition: ResourceDefinition
  action: 'list' | 'watch' | 'create' | 'deletecollection' | 'get' | 'update' | 'patch' | 'delete' | 'subresource'
  subresource?: SubresourceDefinition
}

const collectionActions: Record<string, Route['action']> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' }
const objectActions: Record<string, Route['action']> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
/** Subresources whose path goes on. */
const openEnded = new Set(['proxy'])

/**
 * Finds the route of a request; undefined if there is no such group at all.
 * @throws StatusError 404 for unknown resources and subresources, 405 for methods that a path does not have
 */
export function routeOf(catalog: ResourceCatalog, method: string, info: RequestInfo): Route | undefined {
  const { apiGroup, apiVersion, resource, namespace, parts } = info
  if (!catalog.hasGroup(apiGroup)) return undefined
  const definition = catalog.find(apiGroup, apiVersion, resource)
  if (definition === undefined) {
    if (isCustomGroup(catalog, apiGroup)) return undefined
    throw newResourceNotFound()
  }
  if (definition.custom) return customRoute(definition, info)
  const isNamespaces = definition.resource === 'namespaces' && apiGroup === ''
  const namespaced = namespace !== '' && !isNamespaces
  if (namespaced !== definition.namespaced && !(definition.namespaced && parts.length === 1)) throw notThere(definition)
  if (info.legacyVerb !== '') return { definition, action: watchAction(definition, method, info) }
  if (parts.length === 1) return { definition, action: collectionAction(definition, method, namespaced) }
  if (parts.length === 2) return { definition, action: objectAction(definition, method) }
  const subresource = definition.subresources.get(parts[2]!)
  if (subresource === undefined || (parts.length > 3 && !openEnded.has(parts[2]!))) throw notThere(definition)
  return { definition, action: 'subresource', subresource }
}

/** What custom resources have, which another part of the API server answers for. */
function customRoute(definition: ResourceDefinition, { namespace, parts, verb, subresource, name }: RequestInfo): Route | undefined {
  const everywhere = definition.namespaced && (verb === 'list' || verb === 'watch')
  if ((namespace !== '') !== definition.namespaced && !(everywhere && namespace === '')) return undefined
  if (subresource === '' && parts.length <= 2) {
    if (!customVerbs.has(verb)) throw newMethodNotSupported(definition, verb)
    return { definition, action: verb as Route['action'] }
  }
  const found = definition.subresources.get(subresource)
  if (found === undefined || parts.length > 3) throw newNotFound(definition, name)
  if (!found.verbs.has(verb)) throw newMethodNotSupported(definition, verb)
  return { definition, action: 'subresource', subresource: found }
}

const customVerbs = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'])

function isCustomGroup(catalog: ResourceCatalog, group: string): boolean {
  for (const { name, versions } of catalog.groups()) {
    if (name === group) return versions.every(({ resources }) => resources.every(({ custom }) => custom))
  }
  return false
}

const notThere = (_definition: ResourceDefinition) => newResourceNotFound()

function collectionAction({ verbs, namespaced }: ResourceDefinition, method: string, inNamespace: boolean): Route['action'] {
  // Of all namespaces at once there is a path only for what can be listed.
  if (namespaced && !inNamespace && !verbs.has('list')) throw newResourceNotFound()
  const action = collectionActions[method]
  if (action === undefined || !verbs.has(action)) throw verbs.size === 0 ? newResourceNotFound() : newMethodNotAllowed()
  if (namespaced && !inNamespace && action !== 'list') throw newMethodNotAllowed()
  return action
}

function objectAction({ verbs }: ResourceDefinition, method: string): Route['action'] {
  const action = objectActions[method]
  const any = verbs.has('get') || verbs.has('update') || verbs.has('patch') || verbs.has('delete')
  if (!any) throw newResourceNotFound()
  if (action === undefined || !verbs.has(action)) throw newMethodNotAllowed()
  return action
}

/** `/api/v1/watch/…`: a watch of a collection, or of one name. */
function watchAction({ verbs }: ResourceDefinition, method: string, { legacyVerb, parts }: RequestInfo): Route['action'] {
  if (legacyVerb === 'proxy' || !verbs.has('watch') || parts.length > 2) throw newResourceNotFound()
  if (method !== 'GET') throw newMethodNotAllowed()
  return 'watch'
}

import { newMethodNotAllowed, newResourceNotFound } from '../apimachinery/status-error.ts'
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

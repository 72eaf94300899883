import type { Clock } from '../apimachinery/clock.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { Authorizer } from '../authorization/attributes.ts'
import type { Registry } from '../registry/registry.ts'
import { createObject } from './handlers/create.ts'
import { deleteCollection, deleteOne } from './handlers/delete.ts'
import { getObject } from './handlers/get.ts'
import { listOrWatch } from './handlers/list.ts'
import { patchObject } from './handlers/patch.ts'
import { updateObject } from './handlers/update.ts'
import type { ApiRequest, ApiResponse } from './http.ts'
import { checkMedia } from './negotiation/media.ts'
import { representations } from './negotiation/output.ts'
import type { RequestInfo } from './request-info.ts'
import { pageNotFound } from './responses.ts'
import { type Route, routeOf } from './routes.ts'
import type { RequestScope, Warnings } from './scope.ts'
import type { ApiServices } from './services.ts'
import { serveSubresource } from './subresources/index.ts'
import { virtualResources } from './virtual/index.ts'

export interface ResourceDependencies {
  registry: Registry
  services: ApiServices
  authorizer: Authorizer
  clock: Clock
}

/** A request on its way to an answer. */
export interface Walked {
  request: ApiRequest
  info: RequestInfo
  query: URLSearchParams
  user: UserInfo
  warnings: Warnings
  observed: RequestScope['observed']
}

const streaming = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']
const collectionRepresentations = [...representations, ...streaming]

/** Answers a request for a resource that its sender may make. */
export async function serveResource({ registry, services, authorizer, clock }: ResourceDependencies, walked: Walked): Promise<ApiResponse> {
  const route = routeOf(registry.catalog, walked.request.method, walked.info)
  if (route === undefined) return pageNotFound()
  const { definition, action } = route
  if (!definition.custom && action !== 'subresource') {
    checkMedia(walked.request, action, action === 'list' || action === 'watch' ? collectionRepresentations : representations)
  }
  if (definition.deprecationWarning !== undefined) walked.warnings.add(definition.deprecationWarning)
  const scope: RequestScope = { ...walked, definition, store: registry.store(definition), registry, services, authorizer, clock }
  const { namespace, name } = walked.info
  const pending = definition.strategy.prepare?.({
    collection: scope.store.collection,
    key: name === '' ? undefined : scope.store.key(namespace, name),
    writes: walked.request.method !== 'GET',
  })
  if (pending !== undefined) await pending
  const virtual = virtualResources[`${definition.group}/${definition.resource}`]
  if (virtual !== undefined && action !== 'subresource') return virtual(scope, action)
  return serveAction(scope, route)
}

function serveAction(scope: RequestScope, { action, subresource }: Route): ApiResponse | Promise<ApiResponse> {
  switch (action) {
    case 'get':
      return getObject(scope)
    case 'list':
      return listOrWatch(scope)
    case 'watch':
      return listOrWatch(scope, { forceWatch: true })
    case 'create':
      return createObject(scope)
    case 'update':
      return updateObject(scope)
    case 'patch':
      return patchObject(scope)
    case 'delete':
      return deleteOne(scope)
    case 'deletecollection':
      return deleteCollection(scope)
    case 'subresource':
      return serveSubresource(scope, subresource!)
  }
}

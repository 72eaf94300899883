import { expect, test } from 'vitest'
import type { StatusError } from '../apimachinery/status-error.ts'
import { loadFacts } from '../facts/load.ts'
import { createCatalog } from '../registry/catalog.ts'
import type { ObjectCodec } from '../registry/resource.ts'
import { parseRequestInfo } from './request-info.ts'
import { routeOf } from './routes.ts'

const catalog = createCatalog(loadFacts(), () => ({}) as ObjectCodec)

function ask(method: string, path: string): string {
  try {
    const route = routeOf(catalog, method, parseRequestInfo(method, path, new URLSearchParams()))
    if (route === undefined) return 'nowhere'
    return route.subresource === undefined ? route.action : `${route.action} ${route.subresource.name}`
  } catch (error) {
    const { code, reason } = (error as StatusError).status
    return `${code} ${reason}`
  }
}

// As a real API server answers an administrator.
test.each([
  ['GET', '/api/v1/pods', 'list'],
  ['GET', '/api/v1/namespaces/a/pods', 'list'],
  ['POST', '/api/v1/namespaces/a/pods', 'create'],
  ['DELETE', '/api/v1/namespaces/a/pods', 'deletecollection'],
  ['GET', '/api/v1/namespaces/a/pods/b', 'get'],
  ['PUT', '/api/v1/namespaces/a/pods/b', 'update'],
  ['PATCH', '/api/v1/namespaces/a/pods/b', 'patch'],
  ['DELETE', '/api/v1/namespaces/a/pods/b', 'delete'],
  ['GET', '/api/v1/namespaces/a/pods/b/log', 'subresource log'],
  ['GET', '/api/v1/namespaces/a/pods/b/proxy/c/d', 'subresource proxy'],
  ['GET', '/api/v1/namespaces/a', 'get'],
  ['PUT', '/api/v1/namespaces/a/finalize', 'subresource finalize'],
  ['GET', '/api/v1/nodes', 'list'],
  ['GET', '/api/v1/watch/pods', 'watch'],
  ['GET', '/api/v1/watch/namespaces/a/pods/b', 'watch'],
  ['POST', '/api/v1/pods', '405 MethodNotAllowed'],
  ['HEAD', '/api/v1/pods', '405 MethodNotAllowed'],
  ['POST', '/api/v1/namespaces/a/pods/b', '405 MethodNotAllowed'],
  ['POST', '/api/v1/watch/pods', '405 MethodNotAllowed'],
  ['DELETE', '/api/v1/namespaces', '405 MethodNotAllowed'],
  ['GET', '/api/v1/namespaces/a/foos', '404 NotFound'],
  ['GET', '/api/v1/namespaces/a/nodes', '404 NotFound'],
  ['GET', '/api/v1/pods/b', '404 NotFound'],
  ['GET', '/api/v1/namespaces/a/pods/b/nothing', '404 NotFound'],
  ['GET', '/api/v1/namespaces/a/pods/b/log/c', '404 NotFound'],
  ['GET', '/apis/apps/v2/deployments', '404 NotFound'],
  ['GET', '/apis/nowhere.example.com/v1/things', 'nowhere'],
])('%s %s leads to %s', (method, path, expected) => {
  expect(ask(method, path)).toBe(expected)
})

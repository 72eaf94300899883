import { expect, test } from 'vitest'
import { isTrue, parseRequestInfo } from './request-info.ts'

const parse = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?')
  return parseRequestInfo(method, path, new URLSearchParams(query))
}

// From apiserver's own table (pkg/endpoints/request, TestGetAPIRequestInfo).
test.each([
  ['GET', '/api/v1/namespaces', 'list', '', '', 'namespaces', '', '', ['namespaces']],
  ['GET', '/api/v1/namespaces/other', 'get', '', 'other', 'namespaces', '', 'other', ['namespaces', 'other']],
  ['GET', '/api/v1/namespaces/other/pods', 'list', '', 'other', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/namespaces/other/pods/foo', 'get', '', 'other', 'pods', '', 'foo', ['pods', 'foo']],
  ['HEAD', '/api/v1/namespaces/other/pods/foo', 'get', '', 'other', 'pods', '', 'foo', ['pods', 'foo']],
  ['GET', '/api/v1/pods', 'list', '', '', 'pods', '', '', ['pods']],
  ['HEAD', '/api/v1/pods', 'list', '', '', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/proxy/namespaces/other/pods/foo', 'proxy', '', 'other', 'pods', '', 'foo', ['pods', 'foo']],
  ['GET', '/api/v1/proxy/namespaces/other/pods/foo/a/b', 'proxy', '', 'other', 'pods', '', 'foo', ['pods', 'foo', 'a', 'b']],
  ['GET', '/api/v1/watch/pods', 'watch', '', '', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/pods?watch=true', 'watch', '', '', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/pods?watch=false', 'list', '', '', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/watch/namespaces/other/pods', 'watch', '', 'other', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/namespaces/other/pods?watch=1', 'watch', '', 'other', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/namespaces/other/pods?watch=0', 'list', '', 'other', 'pods', '', '', ['pods']],
  ['GET', '/api/v1/namespaces/other/pods/foo/status', 'get', '', 'other', 'pods', 'status', 'foo', ['pods', 'foo', 'status']],
  ['GET', '/api/v1/namespaces/other/pods/foo/proxy/x', 'get', '', 'other', 'pods', 'proxy', 'foo', ['pods', 'foo', 'proxy', 'x']],
  [
    'PUT',
    '/api/v1/namespaces/other/finalize',
    'update',
    '',
    'other',
    'namespaces',
    'finalize',
    'other',
    ['namespaces', 'other', 'finalize'],
  ],
  ['PUT', '/api/v1/namespaces/other/status', 'update', '', 'other', 'namespaces', 'status', 'other', ['namespaces', 'other', 'status']],
  ['PATCH', '/api/v1/namespaces/other/pods/foo', 'patch', '', 'other', 'pods', '', 'foo', ['pods', 'foo']],
  ['DELETE', '/api/v1/namespaces/other/pods/foo', 'delete', '', 'other', 'pods', '', 'foo', ['pods', 'foo']],
  ['POST', '/api/v1/namespaces/other/pods', 'create', '', 'other', 'pods', '', '', ['pods']],
  ['DELETE', '/api/v1/nodes', 'deletecollection', '', '', 'nodes', '', '', ['nodes']],
  ['DELETE', '/api/v1/namespaces', 'deletecollection', '', '', 'namespaces', '', '', ['namespaces']],
  ['DELETE', '/apis/extensions/v1/namespaces/other/pods', 'deletecollection', 'extensions', 'other', 'pods', '', '', ['pods']],
  ['POST', '/apis/extensions/v1/namespaces/other/pods', 'create', 'extensions', 'other', 'pods', '', '', ['pods']],
  ['OPTIONS', '/api/v1/pods', '', '', '', 'pods', '', '', ['pods']],
])('%s %s is a %s', (method, url, verb, apiGroup, namespace, resource, subresource, name, parts) => {
  const info = parse(method, url)
  expect(info).toMatchObject({ isResourceRequest: true, verb, apiGroup, apiVersion: 'v1', namespace, resource, subresource, name, parts })
})

test.each(['/', '', '/api', '/api/v1', '/api/v1/', '/apis/apps/v1/', '/apis/v1/resource', '/not-api/v1/resource'])(
  '%j is no resource',
  (path) => {
    expect(parse('GET', path)).toMatchObject({ isResourceRequest: false, verb: 'get', path })
  },
)

test.each([
  ['fieldSelector=metadata.name%3Dfoo', 'foo'],
  ['fieldSelector=metadata.name%3Dfoo,spec.x%3Dy', 'foo'],
  ['fieldSelector=metadata.name!%3Dfoo', ''],
  ['fieldSelector=metadata.name%3Dfoo&limit=x', ''],
  ['fieldSelector=metadata.name%3Dfoo&labelSelector=(', ''],
  ['fieldSelector=metadata.name%3Da/b', ''],
])('a list with %s has the name %j', (query, name) => {
  expect(parse('GET', `/api/v1/namespaces/x/pods?${query}`).name).toBe(name)
  expect(parse('GET', `/api/v1/namespaces/x/pods?watch=1&${query}`)).toMatchObject({ verb: 'watch', name })
  expect(parse('DELETE', `/api/v1/namespaces/x/pods?${query}`).name).toBe('')
})

test('selectors are told of verbs that select', () => {
  const query = 'labelSelector=a%3Db&fieldSelector=c%3Dd'
  expect(parse('GET', `/api/v1/pods?${query}`)).toMatchObject({ labelSelector: 'a=b', fieldSelector: 'c=d' })
  expect(parse('GET', `/api/v1/namespaces/x/pods/y?${query}`)).toMatchObject({ labelSelector: '', fieldSelector: '' })
})

test('a verb in the path without a resource cannot be read', () => {
  expect(parse('GET', '/api/v1/watch').problem).toBe('unable to determine kind and namespace from url, /api/v1/watch')
})

test('what is not false is true', () => {
  expect(['', '1', 'true', 'yes', 'no'].map(isTrue)).toEqual([true, true, true, true, true])
  expect([null, '0', 'false', 'FALSE'].map(isTrue)).toEqual([false, false, false, false])
})

import type { Random } from '../../random-objects.ts'
import type { Area } from '../area.ts'
import { tableMedia } from '../common.ts'

const paths = [
  ...[
    '/api',
    '/apis',
    '/api/v1',
    '/apis/apps',
    '/apis/apps/v1',
    '/apis/x',
    '/apis/x/v1',
    '/apis/apps/v9',
    '/api/v2',
    '/',
    '/version',
    '/healthz',
    '/livez',
    '/readyz',
    '/healthz/ping',
    '/livez/x',
    '/readyz/etcd',
  ],
  ...[
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/api/v1',
    '/openapi/v3/x',
    '/openid/v1/jwks',
    '/.well-known/openid-configuration',
    '/logs',
    '/metrics/x',
    '/x',
    '/apis/apps/v1/x',
    '/api/v1/x',
    '/api/v1/namespaces/NS/x',
    '/api/v1/namespaces/NS/pods/x/y',
  ],
  ...[
    '/api/v1/namespaces/NS/configmaps',
    '/api/v1/namespaces/NS/configmaps/x',
    '/api/v1/configmaps',
    '/api/v1/configmaps/x',
    '/api/v1/nodes/x/proxy',
    '/api/v1/namespaces/NS/services/x/proxy/',
    '/api/v1/namespaces/NS/pods/x/log',
    '/api/v1/namespaces/NS/pods/x/exec',
  ],
  ...[
    '/api/v1/watch/namespaces/NS/configmaps?timeoutSeconds=1',
    '/api/v1/namespaces/NS/configmaps/',
    '//api/v1',
    '/api//v1',
    '/api/v1/',
    '/apis/',
    '/api/v1/namespaces/NS/configmaps//x',
    '/API/v1',
    '/api/v1/namespaces/%2e%2e/configmaps',
    '/api/v1/namespaces/NS/configmaps/a%2fb',
    '/api/v1/namespaces/A_b/configmaps',
    '/apis/apps/v1/namespaces/NS/deployments/x/scale',
    '/api/v1/componentstatuses',
    '/api/v1/namespaces/NS/bindings',
    '/apis/authentication.k8s.io/v1/tokenreviews',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    '/api/v1/namespaces/NS/finalize',
    '/api/v1/namespaces/none/status',
  ],
]
const accepts = [
  'application/json',
  'application/json',
  '*/*',
  '',
  'text/plain',
  'application/yaml',
  'application/vnd.kubernetes.protobuf;q=0.1,application/json',
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList',
  'x/y',
  tableMedia,
  'application/*',
  'text/html,application/xhtml+xml',
  'garbage',
  'application/json;q=0',
]
const methods = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const queries = [
  '',
  '',
  '',
  'pretty=true',
  'pretty',
  'timeout=1s',
  'timeout=x',
  'timeout=0s',
  'timeout=-1s',
  'verbose',
  'exclude=ping',
  'x=%zz',
  'a;b',
  'watch=maybe',
  'dryRun=x',
  'fieldValidation=x',
  'limit=1&limit=2',
  'resourceVersion=%00',
]
const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/yaml',
  'text/plain',
  '',
  'application/vnd.kubernetes.protobuf',
  'application/json;;',
  'application/merge-patch+json',
  'garbage',
]
const raws = [
  '{}',
  '',
  'null',
  '[]',
  '{"metadata":{"name":"beside-x"}}',
  '{"kind":"Pod"}',
  '{"apiVersion":"v2","kind":"ConfigMap"}',
  '{',
  '"x"',
  '1',
  'a: b',
  '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"beside-x"},"metadata":{"name":"beside-y"},"x":1}',
  '{"kind":1}',
  '\u0000',
  '{"metadata":[]}',
]

/** Paths, methods, queries, media types and bodies of all sorts, where nothing is to be found or changed. */
export const odd: Area = {
  *round(random: Random, namespace) {
    const method = random.pick(methods)
    const path = random.pick(paths).replaceAll('NS', namespace)
    const headers = {
      accept: random.pick(accepts),
      ...(random.chance(0.1) ? { 'user-agent': random.pick(['curl/8.0', 'Mozilla/5.0 (X11)', 'kubectl/v1.36.0']) } : {}),
    }
    const query = random.pick(queries)
    const dry = method === 'GET' || method === 'HEAD' ? '' : 'dryRun=All&'
    const full = `${path}${path.includes('?') ? '&' : '?'}${dry}${query}`
    // The texts of OpenAPI are prose; versions, keys and how the control plane is are each server's own.
    const only = /^.(openapi|openid|version|metrics)|componentstatuses/.test(path) ? { only: [] } : {}
    const writes = ['POST', 'PUT', 'PATCH'].includes(method)
    yield {
      method,
      path: full.replace(/[?&]$/, ''),
      headers,
      ...only,
      managedFields: false,
      ...(writes ? { raw: random.pick(raws), contentType: random.pick(contentTypes) } : {}),
    }
  },
}

import fc from 'fast-check'
import { type Identity, judge } from '../answers.ts'
import type { Area } from '../area.ts'
import { guarded, playground } from '../target.ts'
import type { HostileRequest } from './client.ts'

/** Parts of paths that mean something to somebody. */
const segment = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'api',
      'apis',
      'v1',
      'namespaces',
      guarded,
      playground,
      'pods',
      'secrets',
      'secret',
      'configmaps',
      'config',
      'nodes',
      'apps',
      'watch',
      'proxy',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        'status',
        'log',
        'exec',
        'attach',
        'portforward',
        'scale',
        'token',
        'finalize',
        'eviction',
        'binding',
        'approval',
        'rbac.authorization.k8s.io',
      ],
      ...['clusterroles', 'clusterrolebindings', 'authentication.k8s.io', 'selfsubjectreviews', 'tokenreviews', 'apiextensions.k8s.io'],
      ...[
        'customresourcedefinitions',
        'serviceaccounts',
        'default',
        'services',
        'https:kubernetes:443',
        'healthz',
        'readyz',
        'livez',
        'openapi',
        'v2',
        'v3',
      ],
      ...['version', 'metrics', 'logs', 'debug', '.well-known', 'openid-configuration', 'jwks', 'inpod', 'reset', 'faults', 'clock'],
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        '',
        '.',
        '..',
        '%2e',
        '%2e%2e',
        '%2E%2E',
        '.%2e',
        '%2f',
        '%2F',
        '..%2f',
        '%5c',
        '\\',
        '%00',
        '%',
        '%zz',
        '%u0041',
        '%c0%ae',
        '%c0%af',
        '%e0%80%af',
      ],
      ...[
        '%ff',
        '%ed%a0%80',
        '%f8%88%80%80%80',
        '\xff',
        '\xc3\xa4',
        '%C3%A4',
        ';',
        ';a=b',
        'a;b',
        '*',
        '-',
        '%20',
        '%0a',
        '%0d%0a',
        '%09',
        '+',
        '%2b',
        '#',
        '%23',
      ],
      ...[
        '%3f',
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
        '%25',
        '%252e',
        '%252f',
        'namespaces%2fguarded',
        '@',
        ':',
        '~',
        '0',
        '-1',
        'NaN',
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => text.replace(/[\s\0-\x20\x7f]/g, '%0a')) },
  { weight: 1, arbitrary: fc.constantFrom(1, 63, 64, 253, 254, 300, 2000).map((length) => 'a'.repeat(length)) },
)

const usualPath = fc.constantFrom(
  '/api/v1/namespaces/guarded/secrets/secret',
  '/api/v1/namespaces/guarded/secrets',
  '/api/v1/namespaces/guarded/configmaps',
  '/api/v1/secrets',
  '/api/v1/namespaces/fuzz/configmaps/canary',
  '/api/v1/namespaces/fuzz/pods',
  '/apis/apps/v1/deployments',
  '/apis',
  '/openapi/v3',
)
const path = fc.oneof(
  { weight: 4, arbitrary: fc.array(segment, { maxLength: 9 }).map((parts) => `/${parts.join('/')}`) },
  { weight: 2, arbitrary: fc.tuple(usualPath, fc.array(segment, { maxLength: 3 })).map(([start, more]) => [start, ...more].join('/')) },
  { weight: 1, arbitrary: usualPath },
  { weight: 1, arbitrary: fc.tuple(usualPath, fc.nat()).map(([usual, at]) => encodeAt(usual, at % usual.length)) },
)

/** One character of a path in its encoded form. */
const encodeAt = (text: string, at: number) =>
  `${text.slice(0, at)}%${text.charCodeAt(at).toString(16).padStart(2, '0')}${text.slice(at + 1)}`

const method = fc.constantFrom(
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'TRACE',
  'get',
  'Get',
  'LINK',
)
const identity = fc.constantFrom<Identity[]>('admin', 'pod', 'pod', 'anonymous', 'forged')

/** Paths that lead elsewhere for one reader than for another. The administrator only reads. */
export const paths: Area<HostileRequest> = {
  inputs: () =>
    fc.record({ method, path, as: identity }).map((request) => (request.as === 'admin' ? { ...request, method: 'GET' } : request)),
  async send(request, { client }) {
    const answer = await client.send(request)
    if (answer !== undefined) judge(answer, request.as!)
    return 1
  },
}

import fc from 'fast-check'
import { type Identity, judge } from '../answers.ts'
import type { Area } from '../area.ts'
import { guarded, playground } from '../target.ts'
import type { HostileRequest } from './client.ts'

const path = fc.constantFrom(
  ...[
    `/api/v1/namespaces/${guarded}/configmaps`,
    `/api/v1/namespaces/${playground}/configmaps`,
    `/api/v1/namespaces/${playground}/configmaps/canary`,
    '/api/v1/pods',
    '/api/v1/secrets',
  ],
  ...[
    '/apis/apps/v1/deployments',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    '/api',
    '/apis',
    '/api/v1',
    '/openapi/v3',
    '/version',
    '/readyz',
    '/metrics',
    '/api/v1/namespaces',
  ],
)
const word = fc.constantFrom(
  ...[
    'a',
    'b',
    'in',
    'notin',
    'exists',
    'x/y',
    'metadata.name',
    'metadata.namespace',
    'kubernetes.io/metadata.name',
    'canary',
    '__proto__',
    'constructor',
    'toString',
    '-',
    '_',
    '.',
  ],
  ...[
    '',
    ' ',
    '\0',
    '\xff',
    'ä',
    '1',
    '0',
    '-1',
    '9'.repeat(25),
    'a'.repeat(64),
    `${'a'.repeat(254)}/b`,
    '\\',
    '\\,',
    '\\=',
    '"',
    "'",
    '%',
    '\n',
    '$(x)',
    '{}',
  ],
)
const operator = fc.constantFrom(
  '=',
  '==',
  '!=',
  ' in ',
  ' notin ',
  '!',
  '>',
  '<',
  ',',
  ',,',
  '(',
  ')',
  '()',
  '(a,b)',
  '(a',
  ' ',
  '\t',
  '&&',
  '=!',
  '=~',
)
const selector = fc.oneof(
  { weight: 10, arbitrary: fc.array(fc.oneof(word, operator), { maxLength: 10 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.tuple(word, fc.integer({ min: 1, max: 1500 })).map(([each, times]) => `${each}=b,`.repeat(times)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 1500 }).map((times) => `a in (${'b,'.repeat(times)}c)`) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5000 }).map((times) => '('.repeat(times)) },
)
const number = fc.constantFrom(
  '0',
  '1',
  '-1',
  '',
  'x',
  '1e3',
  '0x1',
  ' 1',
  '1.5',
  '2147483648',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  'NaN',
  '1_0',
  '１',
  '+5',
  '00',
)
const token = fc.oneof(
  fc.constantFrom('', 'x', 'bnVsbA', 'W10', 'e30', '%', '='),
  fc
    .record({
      v: fc.constantFrom('meta.k8s.io/v1', 'v2', '', null),
      rv: fc.constantFrom<unknown>(1, 0, -1, 1e18, 'x', null),
      start: fc.constantFrom('a', '../secrets', '/', '', '\0', 'a/b/c', '\uffff'),
    })
    .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
)
const flag = fc.constantFrom('true', 'false', '1', '0', '', 'yes', 'x', 'TRUE')
const parameter = fc.oneof(
  fc.tuple(fc.constantFrom('labelSelector', 'fieldSelector', 'labelSelector', 'fieldSelector', 'LabelSelector'), selector),
  fc.tuple(fc.constantFrom('limit', 'timeoutSeconds', 'resourceVersion', 'gracePeriodSeconds', 'tailLines', 'limitBytes'), number),
  fc.tuple(fc.constant('continue'), token),
  fc.tuple(
    fc.constantFrom('resourceVersionMatch', 'propagationPolicy', 'dryRun', 'fieldValidation', 'includeObject', 'timeout', 'as'),
    fc.constantFrom('Exact', 'NotOlderThan', 'All', 'Strict', 'x', '', '__proto__', '1h', '1ns', '-1s'),
  ),
  fc.tuple(
    fc.constantFrom('watch', 'allowWatchBookmarks', 'sendInitialEvents', 'pretty', 'follow', 'force', 'verbose', 'orphanDependents'),
    flag,
  ),
  fc.tuple(fc.constantFrom('', '__proto__', 'constructor', 'exclude', 'hash', 'x'), word),
)
const escaped = (characters: string) => [...Buffer.from(characters)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const rawQuery = fc.oneof(
  fc.constantFrom('%', '%zz', 'a;b=c', '&&&&', '=', '?', '??', 'a=%ff%fe', 'watch=%00', 'a=+', '%3d%26', 'limit=1#x', 'limit=\xff'),
  fc.integer({ min: 1, max: 5000 }).map((times) => 'a=b&'.repeat(times)),
  fc.integer({ min: 1, max: 2000 }).map((times) => Array.from({ length: times }, (_, index) => `k${index}`).join('&')),
)
const query = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.array(parameter, { maxLength: 5 }).map((pairs) => pairs.map(([name, value]) => `${name}=${escaped(value)}`).join('&')),
  },
  { weight: 1, arbitrary: rawQuery },
)

const media = fc.constantFrom(
  ...[
    'application/json',
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
    'application/cbor',
    'text/html',
    'text/plain',
    '*/*',
    'application/*',
    '*/json',
    '*',
    '/',
    '',
    'json',
    '\xff',
  ],
  ...[
    'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/json;as=Table',
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  ],
  ...[
    'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io',
    'application/json;as=__proto__;v=constructor;g=toString',
    'application/json;stream=watch',
    'application/json;charset="',
  ],
)
const quality = fc.constantFrom('', '', '', ';q=0', ';q=1', ';q=0.5', ';q=NaN', ';q=-1', ';q=9', ';q', ';q=', ';;', ';q=0.0001', ';Q=1')
const accept = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(
        fc.tuple(media, quality).map((parts) => parts.join('')),
        { maxLength: 5 },
      )
      .map((ranges) => ranges.join(',')),
  },
  { weight: 1, arbitrary: fc.tuple(media, fc.integer({ min: 1, max: 2000 })).map(([each, times]) => `${each},`.repeat(times)) },
)
const header = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('Accept'), accept) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('Accept-Encoding', 'Content-Encoding'),
      fc.constantFrom('gzip', 'gzip;q=0', 'br, zstd', '*', 'gzip, gzip', '', 'x'.repeat(3000), 'identity;q=0'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('Range', 'If-Range', 'If-Match', 'If-None-Match', 'If-Modified-Since'),
      fc.constantFrom('bytes=0-1', 'bytes=-', 'bytes=0-0,1-1,9-5', '*', 'W/"x"', 'x'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('User-Agent', 'Audit-Id', 'Origin', 'Referer', 'X-Http-Method-Override', 'X-Original-Url', 'Content-Type'),
      fc.constantFrom('', 'x', '\xff\xfe', 'curl/1', 'Mozilla', 'DELETE', '/api/v1/secrets', 'null', 'y'.repeat(5000)),
    ),
  },
)

/** Readers with odd queries and odd wishes for the form of the answer. */
export const queries: Area<HostileRequest> = {
  inputs: () =>
    fc.record({
      method: fc.constant('GET'),
      path: fc.tuple(path, query).map((parts) => parts.join('?')),
      headers: fc.array(header, { maxLength: 3 }),
      as: fc.constantFrom<Identity[]>('admin', 'admin', 'admin', 'pod', 'anonymous'),
    }),
  async send(request, { client }) {
    const answer = await client.send(request)
    if (answer !== undefined) judge(answer, request.as!)
    return 1
  },
}

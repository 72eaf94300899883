import fc from 'fast-check'
import { judge } from '../answers.ts'
import { type Area, promise } from '../area.ts'
import type { Target } from '../target.ts'
import { forgeries } from './forgeries.ts'
import { type Question, whoAmI } from './who-am-i.ts'

type Header = readonly [string, string]

const scheme = fc.constantFrom(
  'Bearer ',
  'Bearer  ',
  'bearer ',
  'BEARER ',
  'Bearer\t',
  'Bearer',
  'Basic ',
  'Digest ',
  'Negotiate ',
  '',
  ' Bearer ',
  'Bearer ,',
)
const text = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    'admin',
    'system:admin',
    'system:masters',
    'system:serviceaccount:kube-system:default',
    'system:node:n1',
    '%zz',
    'a,b',
    '\xff',
    '\xc3\xa4',
    '__proto__',
    '\t',
  ),
  fc.integer({ min: 1, max: 2000 }).map((length) => 'u'.repeat(length)),
)
const claimed: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'Impersonate-User',
      'impersonate-user',
      'Impersonate-Group',
      'Impersonate-Uid',
      'Impersonate-Foo',
      'Impersonate-',
      'Impersonate_User',
    ),
    text,
  ),
  fc.tuple(
    fc
      .constantFrom(
        '',
        'scopes',
        'a%2fb',
        '%zz',
        '%ff',
        '%00',
        '__proto__',
        'constructor',
        'acme.io%2Fx',
        'authentication.kubernetes.io%2fcredential-id',
      )
      .map((key) => `Impersonate-Extra-${key}`),
    text,
  ),
  fc.tuple(
    fc.constantFrom(
      'X-Remote-User',
      'X-Remote-Group',
      'X-Remote-Extra-Scopes',
      'X-Remote-Uid',
      'X-Forwarded-User',
      'Proxy-Authorization',
      'Cookie',
      'X-SSL-Client-Cert',
    ),
    text,
  ),
  fc.tuple(
    fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'Connection', 'Upgrade', 'Sec-WebSocket-Protocol'),
    fc.constantFrom('x', 'upgrade', 'websocket', 'Authorization'),
  ),
)

/** Headers that claim to be somebody, in any number and order, of somebody who has a token without rights. */
export const credentials: Area<Question> = {
  inputs: (target) => {
    const token = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(target.tokens.pod!, target.tokens.forged!, '', 'x', 'YWRtaW46YWRtaW4=') },
      { weight: 1, arbitrary: forgeries({ token: target.tokens.pod!, keys: target.keys }) },
    )
    const authorization: fc.Arbitrary<Header> = fc
      .tuple(scheme, token)
      .map(([first, second]) => ['Authorization', `${first}${second}`.replace(/[\r\n]/g, '')] as const)
    const protocol: fc.Arbitrary<Header> = fc
      .array(
        fc.oneof(
          token.map((each) => `base64url.bearer.authorization.k8s.io.${Buffer.from(each).toString('base64url')}`),
          fc.constantFrom('v4.channel.k8s.io', '', 'base64url.bearer.authorization.k8s.io.!', 'x y'),
        ),
        { maxLength: 3 },
      )
      .map((protocols) => ['Sec-WebSocket-Protocol', protocols.join(', ')] as const)
    const header = fc.oneof({ weight: 4, arbitrary: authorization }, { weight: 4, arbitrary: claimed }, { weight: 1, arbitrary: protocol })
    return fc.record({ headers: fc.array(header, { maxLength: 7 }) })
  },
  async send(question, target) {
    const { answer, user } = await whoAmI(target, question)
    if (answer === undefined) return 1
    judge(answer, 'pod')
    promise(user === undefined || own(target).has(user), `who has no rights became ${user}`)
    return 1
  },
}

const own = (target: Target) => new Set(['system:anonymous', target.podUser])

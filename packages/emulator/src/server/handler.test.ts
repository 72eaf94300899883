import { expect, test } from 'vitest'
import { createApiServer } from '../api-server.ts'
import type { ApiRequest } from '../endpoints/http.ts'
import type { ObservedRequest } from './handler.ts'

const admin = { name: 'admin', uid: '', groups: ['system:masters', 'system:authenticated'], extra: {} }

function server() {
  const seen: ObservedRequest[] = []
  const api = createApiServer({
    clock: { now: () => Date.parse('2026-01-01T00:00:00Z') },
    caCertificate: '',
    staticTokens: new Map([['secret', admin]]),
    clientSigner: () => Promise.reject(new Error('none')),
    serverAddress: () => '127.0.0.1:6443',
    observe: (each) => seen.push(each),
  })
  const ask = async (method: string, url: string, headers: Record<string, string> = {}, body = '') => {
    const request: ApiRequest = {
      method,
      url,
      headers,
      headerLines: () => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      host: '127.0.0.1:6443',
      remoteAddress: '127.0.0.1',
      body: async () => Buffer.from(body),
    }
    const response = await api.handle(request)
    const text = typeof response.body === 'string' ? response.body : Buffer.from(response.body ?? []).toString()
    return { ...response, text, json: () => JSON.parse(text) }
  }
  return { ask, seen }
}

const asAdmin = { authorization: 'Bearer secret' }

test('each answer has an audit id, the client’s own if it sent one', async () => {
  const { ask } = server()
  expect((await ask('GET', '/version')).headers['audit-id']).toMatch(/^[\da-f-]{36}$/)
  expect((await ask('GET', '/version', { 'audit-id': 'mine' })).headers).toMatchObject({
    'audit-id': 'mine',
    'cache-control': 'no-cache, private',
  })
})

test('who comes first, then whether they may, then what they ask for', async () => {
  const { ask } = server()
  expect((await ask('GET', '/nowhere', { authorization: 'Bearer wrong' })).status).toBe(401)
  const denied = await ask('GET', '/apis/nowhere.example.com/v1/things')
  expect([denied.status, denied.headers['x-content-type-options']]).toEqual([403, 'nosniff'])
  expect((await ask('GET', '/apis/nowhere.example.com/v1/things', asAdmin)).text).toBe('404 page not found\n')
})

test('a path is authorized decoded, and named so in denials', async () => {
  const { ask } = server()
  expect((await ask('GET', '/api/v1/namespaces/%64efault', asAdmin)).json()).toMatchObject({ metadata: { name: 'default' } })
  expect((await ask('GET', '/n%6Fwhere')).json().message).toBe('forbidden: User "system:anonymous" cannot get path "/nowhere"')
  expect((await ask('GET', '/%zz', asAdmin)).status).toBe(400)
})

test('impersonation needs the right to it', async () => {
  const { ask } = server()
  const whoAmI = (headers: Record<string, string>) =>
    ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { ...headers, 'content-type': 'application/json' }, '{}')
  const jane = await whoAmI({ ...asAdmin, 'impersonate-user': 'jane' })
  expect(jane.json().status.userInfo).toEqual({ username: 'jane', groups: ['system:authenticated'] })
  expect((await whoAmI({ 'impersonate-user': 'jane' })).status).toBe(403)
})

test('warnings come as headers, each once', async () => {
  const { ask } = server()
  const { headers } = await ask('GET', '/api/v1/componentstatuses', asAdmin)
  expect(headers['warning']).toEqual(['299 - "v1 ComponentStatus is deprecated in v1.19+"'])
})

test('who watches the handler is told of each request and what became of it', async () => {
  const { ask, seen } = server()
  await ask('GET', '/api/v1/nodes')
  await ask('GET', '/version', asAdmin)
  expect(seen.map(({ response, user, decision }) => [response.status, user?.name, decision?.verdict])).toEqual([
    [403, 'system:anonymous', expect.not.stringMatching('allow')],
    [200, 'admin', 'allow'],
  ])
})

import { expect, test } from 'vitest'
import { isWebSocketRequest, offeredProtocols, protocolToken } from './web-socket-protocol.ts'

const upgrade = { connection: 'keep-alive, Upgrade', upgrade: 'WebSocket' }
const offer = (protocols: string) => ({ ...upgrade, 'sec-websocket-protocol': protocols })
const bearer = 'base64url.bearer.authorization.k8s.io.'

test('an upgrade is told by both headers, in any case', () => {
  expect(isWebSocketRequest(upgrade)).toBe(true)
  expect(isWebSocketRequest({ upgrade: 'websocket' })).toBe(false)
  expect(isWebSocketRequest({ connection: 'upgrade', upgrade: 'SPDY/3.1' })).toBe(false)
})

test.each([
  ['v5.channel.k8s.io', undefined],
  [`${bearer}dG9rZW4, v5.channel.k8s.io`, 'token'],
  [`v5.channel.k8s.io,${bearer}dG9rZW4`, 'token'],
  // Nothing is left to choose.
  [`${bearer}dG9rZW4`, ''],
  [`${bearer}a, ${bearer}b, v5.channel.k8s.io`, ''],
  [`${bearer}%%%, v5.channel.k8s.io`, ''],
  [`${bearer}, v5.channel.k8s.io`, undefined],
])('the token of %j is %j', (protocols, token) => {
  expect(protocolToken(offer(protocols))).toBe(token)
})

test('subprotocols of requests that do not upgrade hold no credentials', () => {
  expect(protocolToken({ 'sec-websocket-protocol': `${bearer}dG9rZW4, a` })).toBeUndefined()
})

test('credentials are not among what is offered', () => {
  expect(offeredProtocols(offer(`a, ${bearer}dG9rZW4 ,b`))).toEqual(['a', 'b'])
  expect(offeredProtocols(upgrade)).toEqual([])
})

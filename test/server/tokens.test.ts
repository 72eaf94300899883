import { type Emulator, startEmulator } from 'inpod'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { call } from './call.ts'

const token = async (emulator: Emulator, spec: object = {}, account = 'default') => {
  const path = `/api/v1/namespaces/default/serviceaccounts/${account}/token`
  const { body } = await call(emulator, 'POST', path, { body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec } })
  return body.status.token as string
}
const status = async (emulator: Emulator, bearer: string) => (await call(emulator, 'GET', '/version', { token: bearer })).status

test('a token ends with its time, by the clock of the emulator', async () => {
  await using emulator = await startEmulator()
  emulator.clock.freeze(new Date('2026-01-01T00:00:00Z'))
  const short = await token(emulator, { expirationSeconds: 600 })
  expect(await status(emulator, short)).toBe(200)
  emulator.clock.advance('10m30s')
  expect(await status(emulator, short)).toBe(200)
  emulator.clock.advance('1m')
  expect(await status(emulator, short)).toBe(401)
})

test('keys rotate with overlap: old tokens are good until their key is retired', async () => {
  await using emulator = await startEmulator()
  const before = await token(emulator)
  const oldKey = JSON.parse(Buffer.from(before.split('.')[0]!, 'base64url').toString()).kid
  const newKey = await emulator.signingKeys.rotate()
  const after = await token(emulator)
  expect(JSON.parse(Buffer.from(after.split('.')[0]!, 'base64url').toString()).kid).toBe(newKey)
  expect([await status(emulator, before), await status(emulator, after)]).toEqual([200, 200])
  const keys = await call(emulator, 'GET', '/openid/v1/jwks', { accept: '*/*' })
  expect(keys.body.keys.map(({ kid }: { kid: string }) => kid)).toEqual([newKey, oldKey])
  emulator.signingKeys.retire(oldKey)
  expect([await status(emulator, before), await status(emulator, after)]).toEqual([401, 200])
})

test('a stock JWT library verifies tokens against the key set that discovery names', async () => {
  await using emulator = await startEmulator()
  const configuration = await call(emulator, 'GET', '/.well-known/openid-configuration')
  expect(configuration.body.jwks_uri).toBe(`${emulator.url}/openid/v1/jwks`)
  const { body } = await call(emulator, 'GET', '/openid/v1/jwks', { accept: '*/*' })
  const audience = ['vault']
  const { payload } = await jwtVerify(await token(emulator, { audiences: audience }), createLocalJWKSet(body), {
    issuer: configuration.body.issuer,
    audience,
  })
  expect(payload.sub).toBe('system:serviceaccount:default:default')
})

test('tokens of a deleted and of a re-created account are refused', async () => {
  await using emulator = await startEmulator()
  const accounts = '/api/v1/namespaces/default/serviceaccounts'
  const make = () => call(emulator, 'POST', accounts, { body: { metadata: { name: 'bot' } } })
  await make()
  const bearer = await token(emulator, {}, 'bot')
  expect(await status(emulator, bearer)).toBe(200)
  await call(emulator, 'DELETE', `${accounts}/bot`)
  expect(await status(emulator, bearer)).toBe(401)
  await make()
  expect(await status(emulator, bearer)).toBe(401)
})

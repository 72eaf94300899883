import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compactVerify } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { createTokenIssuer } from './issuer.ts'
import { createKeyRing } from './key-ring.ts'
import { keptSigningKey } from './signing-key.ts'

const scratch = mkdtempSync(join(tmpdir(), 'inpod-keys-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('a kept key is taken up only while it is sound and private', async () => {
  const folder = join(scratch, 'kept')
  const file = join(folder, 'token-signing-v1.json')
  const first = await keptSigningKey(folder)
  expect((await keptSigningKey(folder)).id).toBe(first.id)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(file).mode & 0o777).toBe(0o600)

  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 300))
  const second = await keptSigningKey(folder)
  expect(second.id).not.toBe(first.id)
  chmodSync(file, 0o644)
  expect((await keptSigningKey(folder)).id).not.toBe(second.id)
})

test('tokens are what a JOSE library verifies', async () => {
  const key = await keptSigningKey(join(scratch, 'signing'))
  const issuer = createTokenIssuer(createKeyRing({ load: async () => [key] }), { now: () => 1_700_000_000_000 }, 'https://issuer.example')
  const account = { namespace: 'a', name: 'b', uid: 'u' }
  const { token, expires } = await issuer.issue({ account, audiences: ['x'], expirationSeconds: 600 })
  expect(expires).toBe(1_700_000_600_000)
  const { payload, protectedHeader } = await compactVerify(token, key.publicKey, { algorithms: ['RS256'] })
  expect(protectedHeader).toEqual({ alg: 'RS256', kid: key.id })
  expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ aud: ['x'], sub: 'system:serviceaccount:a:b', iat: 1_700_000_000 })
})

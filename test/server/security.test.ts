// What docs/security.md promises and no other test shows.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { request } from 'node:https'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { runInpod } from '../cli/inpod.ts'
import { call } from './call.ts'

const hasProc = existsSync('/proc/net/tcp')

/** Addresses that this process listens at, as the kernel writes them. */
function listening(): string[] {
  const own = new Set(
    readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`)
      } catch {
        return ''
      }
    }),
  )
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && own.has(`socket:[${inode}]`))
      .map(([, local]) => local!),
  )
}

test.skipIf(!hasProc)('the server listens at 127.0.0.1 and nowhere else (needs /proc)', async () => {
  const before = listening()
  await using emulator = await startEmulator()
  const added = listening().filter((address) => !before.includes(address))
  expect(added).toEqual([`0100007F:${emulator.port.toString(16).toUpperCase().padStart(4, '0')}`])
})

test('an address of the machine is refused', async () => {
  const address = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
  if (address === undefined) return
  await using emulator = await startEmulator()
  const failed = new Promise((resolve) => request({ host: address, port: emulator.port }).on('error', resolve).end())
  expect(await failed).toMatchObject({ code: 'ECONNREFUSED' })
})

test('nobody is anybody without credentials', async () => {
  await using emulator = await startEmulator()
  expect((await call(emulator, 'GET', '/api/v1/secrets', { token: '' })).status).toBe(403)
  expect((await call(emulator, 'GET', '/api/v1/secrets', { token: 'guessed' })).status).toBe(401)
})

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

test('tokens that somebody else made, or nobody signed, are refused', async () => {
  await using emulator = await startEmulator()
  await using other = await startEmulator()
  const [header, payload, signature] = emulator.pod.files.token.split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const admin = encode({ ...claims, sub: 'system:serviceaccount:kube-system:default' })
  const forged = [
    `${encode({ alg: 'none' })}.${payload}.`,
    `${encode({ alg: 'HS256' })}.${payload}.${signature}`,
    `${header}.${admin}.${signature}`,
    `${header}.${payload}.`,
    `${header}.${payload}.${signature}`.slice(0, -4),
    'a.b.c',
    `${header}.${'A'.repeat(200_000)}.${signature}`,
    other.pod.files.token,
  ]
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  for (const token of forged) expect((await call(emulator, 'POST', path, { token, body })).status, token.slice(0, 80)).toBe(401)
  expect((await call(emulator, 'POST', path, { token: emulator.pod.files.token, body })).status).toBe(201)
})

test("the program has no credentials but its service account's", async () => {
  const program = `
    const { readFileSync } = require('node:fs')
    const token = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8')
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
    const secret = /^[0-9a-f]{48}$|PRIVATE KEY|^eyJ/
    console.log(JSON.stringify({ sub: claims.sub, others: Object.values(process.env).filter((value) => secret.test(value)) }))`
  const { out, err } = await runInpod(['exec', '--', process.execPath, '-e', program])
  expect(JSON.parse(out), err).toEqual({ sub: 'system:serviceaccount:default:default', others: [] })
})

test('no package runs anything when it is installed', () => {
  for (const name of ['emulator', 'fixtures']) {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../packages', name, 'package.json'), 'utf8'))
    const scripts = Object.keys(manifest.scripts ?? {})
    expect(scripts.filter((script) => /^(pre|post)?(install|prepare)|^prepublish$/.test(script))).toEqual([])
    expect(manifest.publishConfig).toMatchObject({ provenance: true })
  }
})

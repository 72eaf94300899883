import { execFile, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCertificateAuthority } from './authority.ts'

const openssl = (...args: string[]) => promisify(execFile)('openssl', args).then(({ stdout }) => stdout)
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const withOpenssl = hasOpenssl ? test : test.skip
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inpod-pki-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function save(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

withOpenssl('the serving certificate passes strict verification for every name (needs openssl)', async () => {
  const { caCertificate, serving } = await createCertificateAuthority({
    cacheFolder: false,
    names: ['api.example'],
    addresses: ['10.0.0.7'],
  })
  const ca = save('ca.pem', caCertificate)
  const leaf = save('leaf.pem', serving.cert)
  expect(await openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, leaf)).toContain('OK')
  for (const address of ['127.0.0.1', '::1', '10.96.0.1', '10.0.0.7'])
    expect(await openssl('verify', '-x509_strict', '-CAfile', ca, '-verify_ip', address, leaf)).toContain('OK')
  for (const name of ['localhost', 'kubernetes', 'kubernetes.default.svc.cluster.local', 'api.example'])
    expect(await openssl('verify', '-x509_strict', '-CAfile', ca, '-verify_hostname', name, leaf)).toContain('OK')
  const text = await openssl('x509', '-in', ca, '-noout', '-text')
  expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE/)
  expect(text).toMatch(/Key Usage: critical\s+.*Certificate Sign/)
})

test('a client certificate carries user and groups as they are, and is signed by the client authority', async () => {
  const authority = await createCertificateAuthority({ cacheFolder: join(folder, 'client') })
  const signer = await authority.clientSigner()
  const user = 'jane, "the admin"+x=y\\'
  const { cert, key } = await signer.issueClientCertificate({ user, groups: ['system:masters', 'a,b'] })
  const certificate = new X509Certificate(cert)
  const { subject } = certificate.toLegacyObject()
  expect(subject).toMatchObject({ CN: user, O: ['system:masters', 'a,b'] })
  expect(certificate.verify(new X509Certificate(signer.caCertificate).publicKey)).toBe(true)
  expect(key).toContain('BEGIN PRIVATE KEY')
})

withOpenssl('a certificate request keeps its subject and gets the usages asked for (needs openssl)', async () => {
  const authority = await createCertificateAuthority({ cacheFolder: join(folder, 'client') })
  const signer = await authority.clientSigner()
  const csr = join(folder, 'me.csr')
  await openssl(
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(folder, 'me.key'),
    '-subj',
    '/O=dev/CN=me',
    '-out',
    csr,
  )
  const notAfter = new Date(Date.now() + 3_600_000)
  const usages = ['digital signature', 'client auth']
  const cert = save('me.pem', await signer.signCertificateRequest(readFileSync(csr, 'utf8'), { usages, notAfter }))
  const ca = save('client-ca.pem', signer.caCertificate)
  expect(await openssl('verify', '-purpose', 'sslclient', '-CAfile', ca, cert)).toContain('OK')
  const certificate = new X509Certificate(readFileSync(cert))
  expect(certificate.toLegacyObject().subject).toMatchObject({ CN: 'me', O: 'dev' })
  expect(certificate.validToDate.getTime()).toBeLessThanOrEqual(notAfter.getTime())
  await expect(signer.signCertificateRequest('nonsense', { usages, notAfter })).rejects.toMatchObject({ code: 'ERR_CERTIFICATE_REQUEST' })
})

test('kept certificates are taken up only while they are sound, current and private', async () => {
  const cacheFolder = join(folder, 'kept')
  const file = join(cacheFolder, 'serving-v1.json')
  const make = (now = new Date()) => createCertificateAuthority({ cacheFolder, now: () => now }).then(({ caCertificate }) => caCertificate)
  const first = await make()
  expect(await make()).toBe(first)
  expect(statSync(cacheFolder).mode & 0o777).toBe(0o700)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8').match(/PRIVATE KEY/g)).toHaveLength(2)

  const expired = await make(new Date(Date.now() + 340 * 86_400_000))
  expect(expired).not.toBe(first)
  const kept = readFileSync(file, 'utf8')
  writeFileSync(file, kept.slice(0, 500))
  const afterCorruption = await make()
  expect(afterCorruption).not.toBe(first)
  const mixed = { ...JSON.parse(kept), ca: afterCorruption }
  writeFileSync(file, JSON.stringify(mixed))
  expect(await make()).not.toBe(afterCorruption)
  const last = await make()
  chmodSync(file, 0o644)
  expect(await make()).not.toBe(last)
})

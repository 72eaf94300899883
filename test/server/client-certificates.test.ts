import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEmulator } from 'inpod'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)

interface Credentials {
  cert?: string
  key?: string
  token?: string
}

function call(url: string, ca: string, { cert, key, token }: Credentials, method: string, path: string, body?: unknown) {
  return new Promise<{ status: number; body: any }>((resolve, reject) => {
    const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), 'content-type': 'application/json' }
    const req = request(new URL(path, url), { method, ca, cert, key, headers, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk) => chunks.push(chunk))
      res.on('end', () => resolve({ status: res.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString()) }))
    })
    req.on('error', reject)
    req.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const whoAmI = (url: string, ca: string, credentials: Credentials) =>
  call(url, ca, credentials, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}).then(({ body }) => body.status.userInfo)

test('a client certificate of the emulator authenticates its user', async () => {
  await using emulator = await startEmulator()
  const admin = await emulator.clientCertificate()
  const ca = emulator.caCertificate
  expect(await whoAmI(emulator.url, ca, admin)).toMatchObject({
    username: 'kubernetes-admin',
    groups: ['system:masters', 'system:authenticated'],
  })
  const jane = await emulator.clientCertificate({ user: 'jane', groups: ['developers', 'testers'] })
  expect(await whoAmI(emulator.url, ca, jane)).toMatchObject({
    username: 'jane',
    groups: ['developers', 'testers', 'system:authenticated'],
  })
  const denied = await call(emulator.url, ca, jane, 'GET', '/api/v1/nodes')
  expect(denied.body.message).toBe('nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope')
})

test('a kubeconfig may hold a client certificate', async () => {
  await using emulator = await startEmulator()
  const config = JSON.parse(emulator.kubeconfig(await emulator.clientCertificate()))
  const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0].user
  const decode = (text: string) => Buffer.from(text, 'base64').toString()
  const { status } = await call(emulator.url, emulator.caCertificate, { cert: decode(cert), key: decode(key) }, 'GET', '/api/v1/nodes')
  expect(status).toBe(200)
})

test('an approved CertificateSigningRequest gets a certificate that authenticates as its CN and O', async () => {
  await using emulator = await startEmulator()
  const { url, caCertificate: ca, adminToken: token } = emulator
  const folder = await mkdtemp(join(tmpdir(), 'inpod-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [key, csr] = [join(folder, 'key.pem'), join(folder, 'csr.pem')]
  const subject = '/O=ops/O=night/CN=rosa'
  await run('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', csr, '-subj', subject])
  const request64 = (await readFile(csr)).toString('base64')
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const spec = { request: request64, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], expirationSeconds: 600 }
  const made = await call(url, ca, { token }, 'POST', requests, { metadata: { name: 'rosa' }, spec })
  expect(made.status).toBe(201)
  const approved = made.body
  approved.status = { conditions: [{ type: 'Approved', status: 'True', reason: 'Test', message: 'approved' }] }
  expect((await call(url, ca, { token }, 'PUT', `${requests}/rosa/approval`, approved)).status).toBe(200)
  await expect
    .poll(async () => (await call(url, ca, { token }, 'GET', `${requests}/rosa`)).body.status.certificate, { timeout: 5000 })
    .toBeTruthy()
  const { body } = await call(url, ca, { token }, 'GET', `${requests}/rosa`)
  const cert = Buffer.from(body.status.certificate, 'base64').toString()
  const credentials = { cert, key: (await readFile(key)).toString() }
  expect(await whoAmI(url, ca, credentials)).toMatchObject({ username: 'rosa', groups: ['ops', 'night', 'system:authenticated'] })
})

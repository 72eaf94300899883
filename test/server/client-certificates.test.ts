import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Emulator, startEmulator } from 'inpod'
import { expect, onTestFinished, test } from 'vitest'
import { call } from './call.ts'

const run = promisify(execFile)

interface Credentials {
  cert: string
  key: string
}

const whoAmI = async (emulator: Emulator, clientCertificate: Credentials) => {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const { body } = await call(emulator, 'POST', path, { body: {}, token: '', clientCertificate })
  return body.status.userInfo
}

test('a client certificate of the emulator authenticates its user', async () => {
  await using emulator = await startEmulator()
  const admin = await whoAmI(emulator, await emulator.clientCertificate())
  expect(admin).toMatchObject({ username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] })
  const jane = await emulator.clientCertificate({ user: 'jane', groups: ['developers', 'testers'] })
  expect(await whoAmI(emulator, jane)).toMatchObject({ username: 'jane', groups: ['developers', 'testers', 'system:authenticated'] })
  const denied = await call(emulator, 'GET', '/api/v1/nodes', { token: '', clientCertificate: jane })
  expect(denied.body.message).toBe('nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope')
})

test('whose client certificates are known is told to aggregated API servers, which may read it by the Role that is there for them', async () => {
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reads-authorities', namespace: 'kube-system' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'extension-apiserver-authentication-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
  }
  await using emulator = await startEmulator({ manifests: [binding] })
  const authorities = async () => {
    const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication'
    return (await call(emulator, 'GET', path, { token: emulator.pod.files.token })).body.data
  }
  expect(await authorities()).toMatchObject({
    'client-ca-file': emulator.caCertificate,
    'requestheader-client-ca-file': emulator.caCertificate,
    'requestheader-allowed-names': '["front-proxy-client"]',
  })
  const { cert } = await emulator.clientCertificate()
  const { 'client-ca-file': clientCa, ...others } = await authorities()
  expect(new X509Certificate(cert).verify(new X509Certificate(clientCa).publicKey)).toBe(true)
  expect(others).toMatchObject({ 'requestheader-client-ca-file': emulator.caCertificate })
})

/** As whom, or with which status, somebody is seen who presents a certificate and perhaps a token. */
const seenAs = async (emulator: Emulator, clientCertificate: Credentials, token = '') => {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const { status, body } = await call(emulator, 'POST', path, { body: {}, token, clientCertificate })
  return status === 201 ? body.status.userInfo.username : status
}

test('a certificate of another CA or another time is worse than none, and a token beside it is as good as ever', async () => {
  await using emulator = await startEmulator()
  await using other = await startEmulator()
  const expired = await emulator.clientCertificate({ user: 'jane', groups: ['system:masters'], notAfter: new Date(Date.now() - 60_000) })
  for (const certificate of [expired, await other.clientCertificate()]) {
    expect(await seenAs(emulator, certificate)).toBe(401)
    expect(await seenAs(emulator, certificate, 'wrong')).toBe(401)
    expect(await seenAs(emulator, certificate, emulator.adminToken)).toBe('kubernetes-admin')
  }
})

test('a certificate without a name is as good as none, whatever groups it has', async () => {
  await using emulator = await startEmulator()
  const nameless = await emulator.clientCertificate({ user: '', groups: ['system:masters'] })
  expect(await seenAs(emulator, nameless)).toBe(403)
  expect(await seenAs(emulator, nameless, 'wrong')).toBe(401)
  expect(await seenAs(emulator, nameless, emulator.adminToken)).toBe('kubernetes-admin')
})

test('a kubeconfig may hold a client certificate', async () => {
  await using emulator = await startEmulator()
  const config = JSON.parse(emulator.kubeconfig(await emulator.clientCertificate()))
  const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0].user
  const decode = (text: string) => Buffer.from(text, 'base64').toString()
  const clientCertificate = { cert: decode(cert), key: decode(key) }
  expect((await call(emulator, 'GET', '/api/v1/nodes', { token: '', clientCertificate })).status).toBe(200)
})

test('an approved CertificateSigningRequest gets a certificate that authenticates as its CN and O', async () => {
  await using emulator = await startEmulator()
  const folder = await mkdtemp(join(tmpdir(), 'inpod-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [key, csr] = [join(folder, 'key.pem'), join(folder, 'csr.pem')]
  const subject = '/O=ops/O=night/CN=rosa'
  await run('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', csr, '-subj', subject])
  const request = (await readFile(csr)).toString('base64')
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], expirationSeconds: 600 }
  const { body: made } = await call(emulator, 'POST', requests, { body: { metadata: { name: 'rosa' }, spec } })
  made.status = { conditions: [{ type: 'Approved', status: 'True', reason: 'Test', message: 'approved' }] }
  expect((await call(emulator, 'PUT', `${requests}/rosa/approval`, { body: made })).status).toBe(200)
  const certificate = async () => (await call(emulator, 'GET', `${requests}/rosa`)).body.status.certificate
  await expect.poll(certificate, { timeout: 5000 }).toBeTruthy()
  const credentials = { cert: Buffer.from(await certificate(), 'base64').toString(), key: (await readFile(key)).toString() }
  expect(await whoAmI(emulator, credentials)).toMatchObject({ username: 'rosa', groups: ['ops', 'night', 'system:authenticated'] })
})

test('a certificate for system:masters cannot be had by a CertificateSigningRequest', async () => {
  await using emulator = await startEmulator()
  const folder = await mkdtemp(join(tmpdir(), 'inpod-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const csr = join(folder, 'csr.pem')
  const args = ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'key.pem')]
  await run('openssl', [...args, '-out', csr, '-subj', '/O=system:masters/CN=eve'])
  const spec = {
    request: (await readFile(csr)).toString('base64'),
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
  }
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const { status, body } = await call(emulator, 'POST', path, { body: { metadata: { name: 'eve' }, spec } })
  expect(status).toBe(403)
  expect(body.message).toBe(
    'certificatesigningrequests.certificates.k8s.io "eve" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
  )
})

// Tokens that expire while a program runs, and Pods that have none.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { type Emulator, startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { manifestsOf, runInPod } from './pod.ts'
import { describeClient } from './suite.ts'

const folder = 'var/run/secrets/kubernetes.io/serviceaccount'

/** What the kubelet asks the server for. */
function requestToken({ url, caCertificate, adminToken }: Emulator): Promise<string> {
  const path = '/api/v1/namespaces/team-a/serviceaccounts/demo-sa/token'
  const headers = { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asking = request(new URL(path, url), { method: 'POST', ca: caCertificate, headers }, (response) => {
      text(response).then((body) => resolve(JSON.parse(body).status.token), reject)
    })
    asking.on('error', reject)
    asking.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3607 } }))
  })
}

describeClient('reload', (command) => {
  test('an expired token is 401, and clients that read the file again then go on', { timeout: 120_000 }, async () => {
    const time = { now: Date.now() }
    await using emulator = await startEmulator({
      clock: { now: () => time.now },
      manifests: manifestsOf('allowed'),
      pod: { namespace: 'team-a', serviceAccountName: 'demo-sa' },
    })
    const { argv, environment } = command()
    const [program, ...args] = [...argv, join(emulator.pod.root, folder)]
    const env = { ...process.env, ...environment, ...emulator.pod.env }
    using child = spawn(program!, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const nextStep = async () => JSON.parse((await lines.next()).value ?? 'null')
    const ask = async () => {
      child.stdin.write('\n')
      return [await nextStep(), await nextStep()]
    }
    const listed = ['lightkube', 'kr8s'].map((step) => ({ step, ok: true, count: 0 }))
    const refused = ['lightkube', 'kr8s'].map((step) => ({ step, ok: false, status: 401, message: 'Unauthorized' }))

    expect(await ask()).toEqual(listed)
    time.now += 2 * 3_600_000
    expect(await ask()).toEqual(refused)
    writeFileSync(join(emulator.pod.root, folder, 'token'), await requestToken(emulator))
    expect(await ask()).toEqual(listed)
  })
})

const complaints = {
  'client-go': 'open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
  'controller-runtime': 'open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
  'kubernetes-python': 'kubernetes.config.config_exception.ConfigException: Service token file does not exist.',
  kr8s: 'ValueError: Unable to find valid credentials',
  lightkube: 'lightkube.core.exceptions.ConfigError: Configuration file ~/.kube/config not found',
  'client-java': 'java.nio.file.NoSuchFileException: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
  'kube-rs': 'in_cluster: ReadDefaultNamespace(Os { code: 2, kind: NotFound, message: "No such file or directory" })',
}

for (const [client, complaint] of Object.entries(complaints)) {
  describeClient(client, (command) => {
    test('with automountServiceAccountToken: false, says what it always says', { timeout: 120_000 }, async () => {
      const { exitCode, stderr } = await runInPod(command(), 'unmounted')
      expect(exitCode).toBe(1)
      expect(stderr).toContain(complaint)
    })
  })
}

// What a developer's machine has about it must not lead a client astray: proxies, kubeconfigs, variables of other tools.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runInPod } from './pod.ts'
import { describeClient } from './suite.ts'

const home = mkdtempSync(join(tmpdir(), 'inpod-clients-'))
mkdirSync(join(home, '.kube'))
for (const file of ['.kube/config', 'kubeconfig']) writeFileSync(join(home, file), 'this: [is no kubeconfig')
afterAll(() => rmSync(home, { recursive: true, force: true }))

const deadProxy = 'http://127.0.0.1:9'

const surroundings = {
  HOME: home,
  KUBECONFIG: join(home, 'kubeconfig'),
  KUBERNETES_MASTER: 'http://127.0.0.1:9',
  KUBERNETES_SERVICE_HOST: '127.0.0.9',
  KUBERNETES_SERVICE_PORT: '9',
  KUBERNETES_NAMESPACE: 'elsewhere',
  KUBE_TOKEN: 'nobody',
  POD_NAMESPACE: 'elsewhere',
  HTTP_PROXY: deadProxy,
  HTTPS_PROXY: deadProxy,
  ALL_PROXY: deadProxy,
  http_proxy: deadProxy,
  https_proxy: deadProxy,
  all_proxy: deadProxy,
}

const clients = [
  'client-go',
  'controller-runtime',
  'kubernetes-python',
  'kr8s',
  'lightkube',
  'client-node',
  'client-java',
  'fabric8',
  'kube-rs',
  'kubectl',
  'curl',
]

for (const client of clients) {
  describeClient(client, (command) => {
    test('is not led astray', { timeout: 120_000 }, async () => {
      const { argv, environment } = command()
      const { steps, stderr } = await runInPod({ argv, environment: { ...environment, ...surroundings } }, 'denied')
      expect(steps[0], stderr).toMatchObject({ step: 'list-pods', ok: false, status: 403 })
      expect(steps[0]!.message).toContain('in the namespace "team-a"')
    })
  })
}

// Tokens that expire while a program runs, and Pods that have none.
import { expect, test } from 'vitest'
import { runInPod } from './pod.ts'
import { describeClient } from './suite.ts'

describeClient('reload', (command) => {
  test('clients that read the token again after a 401 never notice that it expires', { timeout: 120_000 }, async () => {
    const { argv, environment } = command()
    const { exitCode, steps, stderr } = await runInPod({ argv: [...argv, '12'], environment }, 'allowed', ['--token-expiration', '4s'])
    expect(exitCode, stderr).toBe(0)
    expect(steps[0]!['tokens']).toBeGreaterThanOrEqual(3)
  })
})

// client-go reads the file again after 50 seconds: by then the kubelet has replaced a token of 60 seconds, which is still valid.
describeClient('informer', (command) => {
  const slow = process.env['CI'] !== 'true'
  test.skipIf(slow)(`client-go outlives its token${slow ? ' (takes 70 s: only with CI=true)' : ''}`, { timeout: 120_000 }, async () => {
    const { argv } = command()
    const { exitCode, steps, stderr } = await runInPod({ argv: [...argv, '70'] }, 'allowed', ['--token-expiration', '60s'])
    expect(exitCode, stderr).toBe(0)
    const { rounds, ...counted } = steps[0]!
    expect(counted).toEqual({ step: 'informer', ok: true, added: rounds, updated: rounds, deleted: rounds, failures: 0, terms: 1 })
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

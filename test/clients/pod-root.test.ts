// Where there are no namespaces, a folder and variables: whom that serves, and whom not, as the warning says.
import { expect, test } from 'vitest'
import { runInPod } from './pod.ts'
import { describeClient } from './suite.ts'

const options = ['--sandbox', 'pod-root']

for (const client of ['kubectl', 'helm', 'fabric8']) {
  describeClient(client, (command) => {
    test('finds the emulator by its variables', { timeout: 120_000 }, async () => {
      const { steps, exitCode, stderr } = await runInPod(command(), 'allowed', options)
      expect(steps.length).toBeGreaterThan(0)
      expect(
        steps.filter(({ ok }) => !ok),
        stderr,
      ).toEqual([])
      expect(exitCode).toBe(0)
    })
  })
}

for (const [client, complaint] of [
  ['client-go', /unable to load in-cluster configuration|no such file or directory/],
  ['kubernetes-python', /Service token file does not exist/],
  ['client-node', /ENOENT|no such file/],
] as const) {
  describeClient(client, (command) => {
    test('insists on the real path, and says so; inpod has warned of that', { timeout: 120_000 }, async () => {
      const { exitCode, stdout, stderr } = await runInPod(command(), 'allowed', options)
      expect(exitCode).not.toBe(0)
      expect(stdout + stderr).toMatch(complaint)
      expect(stderr).toMatch(/clients that insist on the fixed path do not/)
    })
  })
}

// kubectl and helm without a kubeconfig: they fall back to the service account.
import { expect, test } from 'vitest'
import { runInPod, user } from './pod.ts'
import { describeClient } from './suite.ts'

const refusal = (subject: string, verb: string, resource: string) =>
  `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" in the namespace "team-a"`

// The one on the PATH may be years older than the pinned one.
for (const client of ['kubectl', 'kubectl-of-the-machine']) {
  describeClient(client, (command) => {
    test('lists, creates, waits for a change, applies, explains and deletes', { timeout: 120_000 }, async () => {
      const { steps, stderr } = await runInPod(command(), 'allowed')
      expect(
        steps.filter(({ ok }) => !ok),
        stderr,
      ).toEqual([])
      expect(steps[0]).toEqual({ step: 'list-pods', ok: true, count: 1 })
      expect(steps.map(({ step }) => step).toSorted()).toEqual([
        'apply-creates',
        'apply-patches',
        'apply-server-side',
        'create-configmap',
        'delete-again',
        'delete-configmap',
        'explain',
        'list-pods',
        'update-configmap',
        'watch-configmaps',
      ])
    })

    test('without rights is told why, word for word', { timeout: 120_000 }, async () => {
      const { steps } = await runInPod(command(), 'denied')
      const messages = Object.fromEntries(steps.map(({ step, message }) => [step, message]))
      const name = 'configmaps "kubectl"'
      expect(messages).toMatchObject({
        'list-pods': refusal('pods', 'list', 'pods'),
        'create-configmap': `error when creating "STDIN": ${refusal('configmaps', 'create', 'configmaps')}`,
        'update-configmap': `error when replacing "STDIN": ${refusal(name, 'update', 'configmaps')}`,
        'watch-configmaps': refusal(name, 'get', 'configmaps'),
        'apply-server-side': refusal(name, 'patch', 'configmaps'),
        'delete-configmap': refusal(name, 'delete', 'configmaps'),
      })
    })
  })
}

describeClient('helm', (command) => {
  test('installs, lists, upgrades and uninstalls a chart', { timeout: 120_000 }, async () => {
    const { steps, stderr } = await runInPod(command(), 'allowed')
    expect(
      steps.map(({ step, ok }) => [step, ok]),
      stderr + JSON.stringify(steps),
    ).toEqual(['install', 'list', 'upgrade', 'status', 'uninstall'].map((step) => [step, true]))
    const output = Object.fromEntries(steps.map(({ step, output }) => [step, output]))
    expect(output).toMatchObject({ list: 'helm', uninstall: 'release "helm" uninstalled' })
    const status = JSON.parse(String(output['status']))
    expect(status).toMatchObject({ name: 'helm', namespace: 'team-a', version: 2, info: { status: 'deployed' }, config: { value: 'two' } })
  })

  test('without rights is told why, word for word', { timeout: 120_000 }, async () => {
    const { steps } = await runInPod(command(), 'denied')
    const messages = Object.fromEntries(steps.map(({ step, message }) => [step, message]))
    const list = refusal('secrets', 'list', 'secrets')
    expect(messages).toMatchObject({
      install: expect.stringMatching(/^Error: INSTALLATION FAILED: .* is forbidden: /),
      list: `Error: list: failed to list: ${list}`,
      uninstall: expect.stringContaining(list),
    })
  })
})

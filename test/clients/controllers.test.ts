// What a controller is made of: a cache, and leader election with a Lease.
import { expect, test } from 'vitest'
import { runInPod, user } from './pod.ts'
import { describeClient } from './suite.ts'

describeClient('controller-runtime', (command) => {
  test('a manager leads, fills its cache and reconciles', { timeout: 120_000 }, async () => {
    const { exitCode, steps, stderr } = await runInPod(command(), 'allowed')
    expect(exitCode, stderr).toBe(0)
    expect(steps.filter(({ step }) => step !== undefined)).toEqual([
      { step: 'list-pods', ok: true, count: 1 },
      { step: 'lead', ok: true },
      { step: 'create-configmap', ok: true },
      { step: 'update-configmap', ok: true },
      { step: 'watch-configmaps', ok: true, event: 'RECONCILED', name: 'controller-runtime', value: 'two' },
      { step: 'delete-configmap', ok: true },
    ])
  })

  test('without rights is told why, word for word', { timeout: 120_000 }, async () => {
    const { steps } = await runInPod(command(), 'denied')
    const refusal = (subject: string, verb: string, resource: string) =>
      `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" in the namespace "team-a"`
    const common = { ok: false, status: 403, reason: 'Forbidden' }
    const name = 'configmaps "controller-runtime"'
    expect(steps).toEqual([
      { step: 'list-pods', ...common, message: refusal('pods', 'list', 'pods') },
      { step: 'create-configmap', ...common, message: refusal('configmaps', 'create', 'configmaps') },
      { step: 'update-configmap', ...common, message: refusal(name, 'update', 'configmaps') },
      { step: 'delete-configmap', ...common, message: refusal(name, 'delete', 'configmaps') },
    ])
  })
})

// Real client libraries, unmodified, with nothing but their documented in-cluster configuration.
import { expect, test } from 'vitest'
import { type Outcome, runInPod, type Step, user } from './pod.ts'
import { describeClient } from './suite.ts'

interface Expectation {
  client: string
  /** Events by which the client tells of the change. */
  event?: string
  /** Verbs of the requests by which it does a step; `undefined` where it keeps the server's message to itself. */
  verbs?: { 'update-configmap'?: string; 'watch-configmaps'?: string | undefined }
}

const expectations: Expectation[] = [
  { client: 'client-go', event: 'MODIFIED' },
  { client: 'kubernetes-python', event: 'MODIFIED' },
  { client: 'kr8s', event: 'MODIFIED', verbs: { 'update-configmap': 'patch' } },
  { client: 'lightkube', event: 'MODIFIED', verbs: { 'watch-configmaps': undefined } },
  { client: 'client-node', event: 'MODIFIED', verbs: { 'watch-configmaps': undefined } },
  { client: 'client-java', event: 'MODIFIED' },
  { client: 'fabric8', event: 'MODIFIED', verbs: { 'update-configmap': 'get', 'watch-configmaps': undefined } },
  { client: 'kube-rs', event: 'APPLY', verbs: { 'watch-configmaps': 'list' } },
  { client: 'curl', event: 'MODIFIED' },
]

const names = ['list-pods', 'create-configmap', 'update-configmap', 'watch-configmaps', 'delete-configmap']

const stepsByName = ({ steps, stderr }: Outcome): Record<string, Step> => {
  expect(steps.map(({ step }) => step).sort(), stderr).toEqual([...names].sort())
  return Object.fromEntries(steps.map((step) => [step.step, step]))
}

const refusal = (subject: string, verb: string, resource: string) =>
  `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" in the namespace "team-a"`

for (const { client, event, verbs = {} } of expectations) {
  describeClient(client, (command) => {
    test('lists, creates, updates, watches and deletes', { timeout: 120_000 }, async () => {
      const outcome = await runInPod(command(), 'allowed')
      const steps = stepsByName(outcome)
      expect(steps).toMatchObject(Object.fromEntries(names.map((step) => [step, { step, ok: true }])))
      expect(steps['list-pods']).toEqual({ step: 'list-pods', ok: true, count: 1 }) // its own Pod
      expect(steps['watch-configmaps']).toEqual({ step: 'watch-configmaps', ok: true, event, name: client, value: 'two' })
      expect(outcome.exitCode, outcome.stderr).toBe(0)
    })

    test('without rights is told why, word for word', { timeout: 120_000 }, async () => {
      const steps = stepsByName(await runInPod(command(), 'denied'))
      const by = { 'update-configmap': 'update', 'watch-configmaps': 'watch', ...verbs }
      const watched = by['watch-configmaps']
      const messages = {
        'list-pods': refusal('pods', 'list', 'pods'),
        'create-configmap': refusal('configmaps', 'create', 'configmaps'),
        'update-configmap': refusal(`configmaps "${client}"`, by['update-configmap'], 'configmaps'),
        'watch-configmaps': watched ? refusal('configmaps', watched, 'configmaps') : 'Forbidden',
        'delete-configmap': refusal(`configmaps "${client}"`, 'delete', 'configmaps'),
      }
      for (const [step, message] of Object.entries(messages)) expect(steps[step]).toMatchObject({ step, ok: false, status: 403, message })
    })
  })
}

describeClient('typed', (command) => {
  test('client-go and the server agree on the protobuf of 25 kinds, and on the other ways to ask', { timeout: 120_000 }, async () => {
    const { exitCode, steps, stderr } = await runInPod(command(), 'admin')
    expect(exitCode, stderr).toBe(0)
    expect(steps.filter(({ ok }) => !ok)).toEqual([])
    expect(steps).toHaveLength(34)
  })
})

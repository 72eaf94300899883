// The streams of client libraries: each runs in a Pod, and reads its log, executes a command in it and connects to one of its ports.
import { expect, test } from 'vitest'
import { hasNetworkNamespaces } from '../cli/inpod.ts'
import { type Outcome, runInPod } from './pod.ts'
import { describeClient } from './suite.ts'

/** `-spdy`: where a client has both protocols. */
const programs = [
  { client: 'client-go-streams', steps: ['exec-spdy', 'exec', 'log', 'port-forward-spdy', 'port-forward'] },
  { client: 'kubernetes-python-streams', steps: ['exec', 'log', 'port-forward'] },
  { client: 'client-node-streams', steps: ['exec', 'log', 'port-forward'] },
  { client: 'client-java-streams', steps: ['exec', 'log', 'port-forward'] },
  { client: 'fabric8-streams', steps: ['exec', 'log', 'port-forward'] },
]

for (const { client, steps } of programs) {
  describeClient(client, (command) => {
    const check = (outcome: Outcome) => {
      expect(outcome.steps.map(({ step }) => step).sort(), outcome.stderr).toEqual([...steps].sort())
      for (const { step, ...facts } of outcome.steps) {
        if (step.startsWith('exec')) expect(facts).toEqual({ ok: true, out: 'got typed\n', err: 'wrong\n', code: 3 })
        if (step.startsWith('port-forward')) expect(facts).toMatchObject({ ok: true, answer: 'served request' })
        if (step === 'log') expect(facts).toMatchObject({ ok: true, text: expect.stringContaining('to the log\n') })
      }
      expect(outcome.stderr).toContain('to the log\n')
      expect(outcome.exitCode, outcome.stderr).toBe(0)
    }
    test('log, exec and port-forward', { timeout: 120_000 }, async () => check(await runInPod(command(), 'admin')))
    // One will do: what differs is on our side.
    if (client !== 'client-node-streams') return
    test.skipIf(!hasNetworkNamespaces)('the same in a network of its own (needs network namespaces)', { timeout: 120_000 }, async () => {
      check(await runInPod(command(), 'admin', ['--network', 'isolated']))
    })
  })
}

// The serving certificate before the strictest verifiers; Go, Java, Node and rustls judge it in clients.test.ts.
import { expect, test } from 'vitest'
import { runInPod, type Step } from './pod.ts'
import { describeClient } from './suite.ts'

const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']

const refused = (steps: Step[]) => steps.filter(({ ok }) => !ok)

describeClient('openssl', (command) => {
  test('finds nothing wrong with the handshake, the certificate for any of its names, and the CA', async () => {
    const { steps, stderr } = await runInPod(command(), 'denied')
    expect(refused(steps), stderr).toEqual([])
    expect(steps.map(({ step }) => step)).toEqual([
      'handshake tls1_2',
      'handshake tls1_3',
      ...['127.0.0.1', '::1', ...names].map((name) => `verify ${name}`),
      'verify the CA',
    ])
  })
})

describeClient('python-strict', (command) => {
  test('finds nothing wrong, and agrees on a protocol', async () => {
    const { steps, stderr } = await runInPod(command(), 'denied')
    expect(refused(steps), stderr).toEqual([])
    expect(steps.map(({ step, protocol }) => [step, protocol])).toEqual([
      ...['127.0.0.1', ...names].map((name) => [name, 'h2']),
      ['h2,http/1.1', 'h2'],
      ['http/1.1', 'http/1.1'],
      ['no ALPN', null],
    ])
  })
})

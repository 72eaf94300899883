import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  hasMountNamespaces,
  hasNetworkNamespaces,
  hasUserNamespaces,
  type RunOptions,
  runInpod,
  scratchFolder,
  startInpod,
} from './inpod.ts'

const scratch = scratchFolder()
const file = (name: string) => join(scratch.path, name)
const hasNamespaces = hasMountNamespaces || hasUserNamespaces
const options: RunOptions = { cwd: scratch.path }
const exec = (...args: string[]) => runInpod(['exec', ...args], options)

const rights = `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: view}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
`
const pod = (container: object, spec: object = {}) =>
  `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one' },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 20,
      ...spec,
      containers: [{ name: 'app', image: 'x', volumeMounts: [{ name: 'own', mountPath: '/own' }], ...container }],
      volumes: [{ name: 'own', emptyDir: {} }],
    },
  })}${rights}`

/** For programs in the Pod: asks the API. */
const api = `
  const { get } = require('node:https')
  const { createServer } = require('node:http')
  const { existsSync, readFileSync, writeFileSync } = require('node:fs')
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount/'
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
  const ask = (what) => new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer ' + readFileSync(folder + 'token') }
    get({ host, port, path: '/api/v1/namespaces/default/' + what, ca: readFileSync(folder + 'ca.crt'), headers, agent: false }, async (answer) => {
      resolve(JSON.parse((await answer.toArray()).join('')))
    }).on('error', reject)
  })
  const health = async () => {
    const { status } = await ask('pods/one')
    const [{ ready, started, state }] = status.containerStatuses
    const conditions = status.conditions.filter(({ type }) => /Ready$/.test(type) || type === 'Ready')
    return [Object.keys(state)[0], started, ready, ...conditions.map(({ type, status, reason }) => [type, status, reason].join(' ').trim())].join(', ')
  }
  const events = async () => (await ask('events')).items
    .filter(({ source, involvedObject }) => source.component === 'kubelet' && involvedObject.name === 'one' && involvedObject.fieldPath === 'spec.containers{app}')
    .map(({ type, reason, message }) => [type, reason, message.trim()].join(' ')).sort()
  const until = async (wanted) => { while ((await health()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50)) }
`

beforeAll(() => {
  const web = { path: '/healthz', port: 'web', httpHeaders: [{ name: 'X-Asked', value: 'yes' }] }
  const every = { periodSeconds: 1 }
  writeFileSync(
    file('ready.yaml'),
    pod({
      ports: [{ name: 'web', containerPort: 18481 }],
      startupProbe: { tcpSocket: { port: 18481 }, ...every, failureThreshold: 30 },
      readinessProbe: { httpGet: web, ...every, failureThreshold: 1 },
      livenessProbe: { exec: { command: ['sh', '-c', 'test -e /own/started'] }, ...every, failureThreshold: 1 },
    }),
  )
  writeFileSync(
    file('dead.yaml'),
    pod({
      livenessProbe: { exec: { command: ['sh', '-c', 'echo "is $MOOD"; exit 1'] }, ...every, failureThreshold: 2 },
      env: [{ name: 'MOOD', value: 'bad' }],
    }),
  )
  writeFileSync(
    file('slow.yaml'),
    pod({ startupProbe: { exec: { command: ['sleep', '60'] }, ...every, failureThreshold: 1, terminationGracePeriodSeconds: 1 } }),
  )
  const said = (text: string) => ({ exec: { command: ['sh', '-c', `echo ${text} $COLOR >>/own/said; sleep 0.3`] } })
  writeFileSync(
    file('hooks.yaml'),
    pod({ lifecycle: { postStart: said('start'), preStop: said('stop') }, env: [{ name: 'COLOR', value: 'green' }] }),
  )
  writeFileSync(file('refused.yaml'), pod({ lifecycle: { postStart: { httpGet: { port: 1 } } } }))
  writeFileSync(
    file('late.yaml'),
    pod({ lifecycle: { preStop: { exec: { command: ['sleep', '60'] } } } }, { terminationGracePeriodSeconds: 1 }),
  )
  writeFileSync(file('grpc.yaml'), pod({ livenessProbe: { grpc: { port: 1 } } }))
})
afterAll(() => scratch.remove())

const inNamespaces = test.runIf(hasNamespaces)

describe('inpod exec --probes', () => {
  const networks = [
    { where: "in this machine's network", network: [], podIP: '127.0.0.1', possible: hasNamespaces },
    { where: 'in its own', network: ['--network', 'isolated'], podIP: '10.244.0.5', possible: hasNamespaces && hasNetworkNamespaces },
  ]
  test.each(networks)('the Pod is started and ready as its probes say, each in its turn, $where', async ({ network, podIP, possible }) => {
    if (!possible) return
    const program = `${api}
      const notReady = 'Ready False ContainersNotReady, ContainersReady False ContainersNotReady'
      const main = async () => {
        await until('running, false, false, ' + notReady)
        let answer = 503
        const asked = []
        const server = createServer((request, response) => {
          asked.push([request.url, request.headers['x-asked'], request.headers['user-agent']].join(' '))
          response.writeHead(answer).end()
        })
        writeFileSync('/own/started', '')
        await new Promise((resolve) => server.listen(18481, resolve))
        await until('running, true, false, ' + notReady)
        answer = 200
        await until('running, true, true, Ready True, ContainersReady True')
        answer = 500
        await until('running, true, false, ' + notReady)
        console.log([...new Set(asked)].join())
        console.log((await events()).join('\\n'))
        process.exit()
      }
      main()`
    const { code, out, err } = await exec('--pod', 'ready.yaml', '--probes', ...network, '--', process.execPath, '-e', program)
    expect(out.split('\n')).toEqual([
      '/healthz yes kube-probe/1.36',
      'Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 500',
      'Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503',
      `Warning Unhealthy Startup probe failed: dial tcp ${podIP}:18481: connect: connection refused`,
      '',
    ])
    expect(err).toBe('inpod: warning: not honoured here: image\n')
    expect(code).toBe(0)
  })

  inNamespaces('a failed liveness probe ends the program, once it has failed often enough', async () => {
    const program = `${api}
      process.on('SIGTERM', async () => { console.log((await events()).join('\\n')); process.exit(3) })
      setInterval(() => {}, 1000)`
    const { code, out, err } = await exec('--pod', 'dead.yaml', '--probes', '--', process.execPath, '-e', program)
    expect(out).toBe('Normal Killing Container app failed liveness probe\nWarning Unhealthy Liveness probe failed: is bad\n')
    expect(err).toContain('one: Container app failed liveness probe (Liveness probe failed: is bad): it is ended\n')
    expect(code).toBe(3)
  })

  inNamespaces("a probe's own grace period, and a command that takes too long", async () => {
    const begun = performance.now()
    const { code, err } = await exec('--pod', 'slow.yaml', '--probes', '--', 'sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done')
    expect(err).toContain('(Startup probe failed: command timed out: "sleep 60" timed out after 1s)')
    expect(code).toBe(137)
    expect(performance.now() - begun).toBeLessThan(15_000)
  })

  inNamespaces('without the option the Pod is ready at once; what cannot be done is listed', async () => {
    const program = `${api} until('running, true, true, Ready True, ContainersReady True')`
    const plain = await exec('--pod', 'ready.yaml', '--', process.execPath, '-e', program)
    expect(plain).toMatchObject({ code: 0, err: 'inpod: warning: not honoured here: image, livenessProbe, readinessProbe, startupProbe\n' })
    expect((await exec('--pod', 'grpc.yaml', '--probes', '--', 'true')).err).toContain('not honoured here: image, livenessProbe (grpc)\n')
  })
})

describe('inpod exec --hooks', () => {
  const waiting = 'echo "trapped $(cat /own/said)"; exit 4'
  const program = `trap '${waiting}' TERM; echo up; while :; do sleep 0.05; done`

  inNamespaces('postStart runs beside the program, preStop before it is told to end', async () => {
    const running = startInpod(
      ['exec', '--pod', 'hooks.yaml', '--hooks', '--', 'sh', '-c', `until [ -e /own/said ]; do sleep 0.05; done; ${program}`],
      options,
    )
    await running.said(/up/)
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({
      code: 4,
      out: 'up\ntrapped start green\nstop green\n',
      err: 'inpod: warning: not honoured here: image\n',
    })
  })

  inNamespaces('in each of several Pods', async () => {
    const manifest = pod({ lifecycle: { preStop: { exec: { command: ['sh', '-c', 'echo stop $HOSTNAME >/own/said'] } } } })
    const { spec } = JSON.parse(manifest.split('\n')[0]!)
    const labels = { app: 'web' }
    const set = {
      serviceName: 'web',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...spec, restartPolicy: 'Always' } },
    }
    writeFileSync(file('set.yaml'), JSON.stringify({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' }, spec: set }))
    const running = startInpod(['exec', '--pod', 'set.yaml', '--replicas', '2', '--hooks', '--', 'sh', '-c', program], options)
    await running.said(/up\n.*up/)
    running.child.kill('SIGTERM')
    const { code, out } = await running.finished
    expect(
      out
        .trim()
        .split('\n')
        .filter((line) => line.includes('trapped'))
        .sort(),
    ).toEqual([0, 1].map((n) => `[web-${n}] trapped stop web-${n}`))
    expect(code).toBe(4)
  })

  inNamespaces('a postStart hook that fails ends the program', async () => {
    const { code, err } = await exec('--pod', 'refused.yaml', '--hooks', '--', 'sleep', '600')
    expect(err).toMatch(
      /one: the postStart hook of container app failed \(Get "http:\/\/127\.0\.0\.1:1\/": dial tcp 127\.0\.0\.1:1: connect: connection refused\): it is ended\n/,
    )
    expect(code).toBe(143)
  })

  inNamespaces('the time of a preStop hook is a part of the grace period', async () => {
    const running = startInpod(
      ['exec', '--pod', 'late.yaml', '--hooks', '--', 'sh', '-c', 'trap "echo told" TERM; echo up; while :; do sleep 0.05; done'],
      options,
    )
    await running.said(/up/)
    const begun = performance.now()
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 137, out: 'up\ntold\n' })
    // One second for the hook, and two that the program has in any case.
    expect(performance.now() - begun).toBeGreaterThan(2_900)
  })

  test.each([
    [['--probes', '--', 'true'], /--probes without --pod/],
    [['--hooks', '--', 'true'], /--hooks without --pod/],
  ])('%j is refused', async (args, message) => {
    expect(await exec(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) })
  })
})
